"""The line that says what was understood, in human words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.replying.settings_said import METHOD, TOP, WORDS
from agent.state import ANSWERED, Answer, Message, Turn
from core import filters
from core.data import Schema
from core.dialogue import Call, Parse, Reply, Request, Span
from core.domains import Choice
from core.explanations import Card
from core.faithfulness import NOT_APPLICABLE, Faithfulness
from core.languages import complete
from core.operation import OPERATIONS
from ui.understood import title_of, understood

SCHEMA = Schema("reviews", ("text",), ("positive",), label_words=(("positive", (("de", "gut"), ("en", "good"))),))


def line(parse: Parse, language: str = "en", schema: Schema | None = None) -> str:
    return understood(Turn(Message("…"), ANSWERED, Reply(()), parse=parse), language, schema)


def test_operation_text_and_default_method() -> None:
    parse = Parse((Call("attribute"),), custom=(Span("The battery died", 0, 16),))
    assert line(parse) == "Word importance · your text · default method"


def test_ids_and_settings() -> None:
    where = filters.Or((filters.ById(5), filters.ById(7)))
    parse = Parse((Call("attribute", (("k", 3), ("method", "input_x_gradient"))),), where)
    assert line(parse) == "Word importance · id 5, 7 · top 3 · input × gradient"


def test_labels_in_the_words_of_the_page() -> None:
    parse = Parse((Call("attribute", (("label", "positive"), ("method", "lime"))),), filters.ById(1))
    assert line(parse, "de", SCHEMA).endswith("ID 1 · Label: gut · LIME")
    both = Parse((Call("compare", (("method", "lime"), ("other", "occlusion"))),), filters.ById(1))
    assert line(both, "es").endswith("LIME · comparado con: oclusión")


def test_settings_in_the_words_of_the_page() -> None:
    parse = Parse((Call("rationalize", (("audience", "novice"), ("style", "step_by_step"))),), filters.ById(1))
    assert line(parse, "de").endswith("ID 1 · erklärt: in einfachen Worten · Stil: Schritt für Schritt")
    assert line(parse, "te").endswith("వివరణ: తేలిక మాటల్లో · శైలి: దశలవారీగా")


def test_topics_and_terms_by_their_names() -> None:
    counterfactual = Parse((Call("tutorial", (("topic", "counterfactual"),)),))
    assert line(counterfactual, "ru").endswith("тема: Контрфактический пример")
    assert line(Parse((Call("tutorial", (("topic", "count"),)),)), "te").endswith(title_of("count", "te"))
    terms = Parse((Call("define", (("term", "integrated_gradients, lime"),)),))
    assert line(terms, "zh").endswith("术语: 积分梯度, LIME")


@pytest.mark.parametrize("language", complete())
def test_every_slot_has_a_word_and_so_has_every_choice(language: str) -> None:
    words = WORDS.tables[language]
    for one in OPERATIONS:
        for slot in one.slots:
            assert slot.name in (METHOD, TOP) or slot.name in words["slot"]
            for value in slot.domain.values if isinstance(slot.domain, Choice) else ():
                assert value in words["value"]


def test_filters_stand_as_they_are_written() -> None:
    parse = Parse(
        (Call("count"),), filters.And((filters.ByLabel("negative"), filters.ByLength("words", "greater", 20)))
    )
    assert line(parse) == "Size of the data · label = negative and words > 20"


def test_several_operations_and_unknown_ones() -> None:
    assert line(Parse((Call("predict"), Call("same")), filters.ById(3))) == "Prediction + same · id 3"


def test_words_that_the_model_wrote_are_quoted_and_never_translated() -> None:
    for word in ("no", "count", "user"):
        parse = Parse((Call("attribute", (("written", word),)),), filters.ById(12))
        assert f"geschrieben: „{word}“" in line(parse, "de") and f"“{word}”" in line(parse, "te")
    assert (
        line(Parse((Call("attribute", (("written", "*"),)),), filters.ById(12)))
        == "Word importance · id 12 · default method"
    )


def test_settings_are_those_of_every_question_that_was_answered() -> None:
    def answered(*requests: Request) -> str:
        answers = tuple(Answer(one, Card(()), Faithfulness(NOT_APPLICABLE)) for one in requests)
        return understood(Turn(Message("…"), ANSWERED, Reply(()), answers=answers), "en", SCHEMA)

    plain, lime = Request("predict", ids=(12,)), Request("attribute", (("method", "lime"),), ids=(12,))
    assert answered(plain, lime) == "Prediction + Word importance · id 12 · LIME"
    assert answered(lime, replace(plain, operation="counterfactual", slots=(("label", "positive"),))).endswith(
        "id 12 · LIME · label: good"
    )
    assert answered(replace(lime, slots=()), replace(lime, slots=())).endswith("id 12 · default method")
    assert answered(lime, replace(lime, ids=(13,))).endswith("id 12, 13 · LIME")


def test_titles_of_queries() -> None:
    assert title_of("attribute(k=3) where id = 1", "en") == "Word importance"
    assert title_of("../../etc", "en") == "../../etc"
