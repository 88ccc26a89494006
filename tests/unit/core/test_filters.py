"""Filters: each class, and what and, or, not make of them."""

from __future__ import annotations

import pytest

from core.data import Instance
from core.filters import (
    And,
    ById,
    ByLabel,
    ByLanguage,
    ByLength,
    ByPrediction,
    Filter,
    Includes,
    Not,
    Or,
    Previous,
    among,
    ids,
    length,
    listed,
    ordered,
)

ROW = Instance((("text", "Der Akku war leer. Niemand half!"),), id=7, label="negative", language="de")


class World:
    """The model calls everything positive; the answer before was about 7."""

    def prediction(self, instance: Instance) -> str:
        return "positive"

    def previous(self) -> frozenset[int]:
        return frozenset({7})


@pytest.mark.parametrize(
    ("where", "kept"),
    [
        (ById(7), True),
        (ById(8), False),
        (Includes("AKKU"), True),
        (Includes("Kamera"), False),
        (Includes("niemand"), True),
        (Includes("kk"), False),
        (Includes("mand"), False),
        (ByLabel("negative"), True),
        (ByPrediction("negative"), False),
        (ByPrediction("positive"), True),
        (ByLength("words", "equal", 6), True),
        (ByLength("sents", "greater", 2), False),
        (ByLength("chars", "not equal", 32), False),
        (ByLength("chars", "less equal", 32), True),
        (ByLanguage("de"), True),
        (ByLanguage("te"), False),
        (Previous(), True),
        (Not(Previous()), False),
        (And((ById(7), ByLabel("positive"))), False),
        (Or((ById(8), ByLabel("negative"))), True),
    ],
)
def test_what_a_filter_keeps(where: Filter, kept: bool) -> None:
    assert where.keeps(ROW, World()) is kept


def test_words_in_scripts_without_spaces() -> None:
    assert length("电池两天就没电了", "words") == 8
    assert length("బ్యాటరీ రెండు రోజుల్లో అయిపోయింది", "words") == 4
    assert length("ఆన్\u200cలైన్ సైట్", "words") == 2


def test_ids_in_the_order_said() -> None:
    assert ids(Or((ById(5), ById(3), ById(5)))) == (5, 3)
    assert ids(Includes("x")) == () and ids(None) == ()


def test_parts_said_in_another_order_are_the_same_filter() -> None:
    long, bad, either = ByLength("words", "greater", 20), ByLabel("negative"), Or((ById(5), ById(3)))
    assert ordered(And((long, bad, either))) == ordered(And((either, bad, long))) == And((bad, long, either))
    assert ordered(Not(And((long, bad)))) == Not(And((bad, long)))
    assert ordered(either) == either != ordered(Or((ById(3), ById(5)))), "ids are answered in the order said"


def test_rows_that_are_named_and_nothing_else() -> None:
    few = Or((ById(5), ById(3)))
    assert listed(few) == (5, 3) and listed(ById(7)) == (7,)
    assert listed(Or((ById(5), Includes("x")))) == listed(And((few, Includes("x")))) == listed(None) == ()
    assert among(And((Includes("x"), few))) == (5, 3)
    assert among(few) == among(And((Or((ById(5), Includes("x"))), Includes("y")))) == among(None) == ()


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ('He said "Great."', 1),
        ("It is 3.5 stars.", 1),
        ("Well… no.", 2),
        ("Der Akku z. B. hielt nicht. Am 3. Mai kam er an.", 2),
        ("هل هذا جيد؟ نعم.", 2),
        ("第一句。第二句！", 2),
        ("यह अच्छा है। हाँ।", 2),
        ("One. Two. Three", 3),
        ("!!!", 0),
    ],
)
def test_sentences_are_stretches_that_say_something(text: str, sentences: int) -> None:
    assert length(text, "sents") == sentences
