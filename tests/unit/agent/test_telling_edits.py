"""Edits told: sentences, word diffs and figures, in six languages."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.telling.base import Teller
from agent.telling.edits import edits
from core.blocks import Diff, Fold, Rows, Text
from core.data import Instance, Schema
from core.explanations import ADVERSARIAL, AUGMENT, COUNTERFACTUAL, Edit, Edits, Prediction
from core.languages import complete
from core.settings import ROOT
from core.words import words
from tests.toys import instance

SCHEMA = Schema("reviews", ("text",), ("negative", "positive"), label_words=(("positive", (("de", "positiv"),)),))


def predicted(text: str, chance: float, fields: tuple[tuple[str, str], ...] = ()) -> Prediction:
    return Prediction(Instance(fields or (("text", text),)), ("negative", "positive"), (1 - chance, chance))


BEFORE = predicted("The food was cold.", 0.2)
AFTER = Edit(predicted("The food was hot.", 0.75), 0.9123, 1, judge="positive")
FURTHER = Edit(predicted("The food was good.", 0.7), 0.9, 1, fluency=1.25)


def attempted(before: Prediction, attempt: Edit, target: str = "positive") -> Edits:
    return Edits(before, COUNTERFACTUAL, (), target, attempt, 123)


def teller(operation: str, language: str) -> Teller:
    return Teller(words(ROOT / "operations" / f"{operation}.toml"), SCHEMA, language)


def test_flips_are_told_with_their_differences() -> None:
    blocks = edits(teller("counterfactual", "en"), Edits(BEFORE, COUNTERFACTUAL, (AFTER, FURTHER), tried=40))
    assert [type(block) for block in blocks] == [Text, Diff, Text, Diff, Fold]
    assert blocks[0].plain == (
        "The model calls this text “negative” (80%). Changed like this, it calls it “positive” (75%):"
    )
    assert [blocks[1].plain, blocks[3].plain] == [
        "The food was [-cold-]{+hot+}.",
        "The food was [-cold-]{+good+}.",
    ]


def test_figures_stand_in_the_fold_and_dashes_for_what_is_not_known() -> None:
    fold = edits(teller("counterfactual", "de"), Edits(BEFORE, COUNTERFACTUAL, (AFTER, FURTHER)))[-1]
    assert isinstance(fold, Fold) and isinstance(fold.blocks[0], Rows)
    assert fold.blocks[0].cells == (
        ("1", "positiv", "75\xa0%", "1", "0,912", "–", "positiv"),
        ("2", "positiv", "70\xa0%", "1", "0,900", "1,25", "–"),
    )


def test_no_flip_is_told_with_the_attempt() -> None:
    near = Edit(predicted("The food was mild.", 0.45), 0.9, 1)
    made = Edits(BEFORE, COUNTERFACTUAL, (), "positive", near, 123)
    blocks = edits(teller("counterfactual", "en"), made)
    assert blocks[0].plain == (
        "None of the 123 changes tried makes the model answer “positive”; for the text as it stands it says “negative” (80%)."
    )
    assert blocks[1].plain == "This one comes closest; the model still says “negative” (55%):"
    assert isinstance(blocks[2], Diff)


def test_an_attempt_that_gets_another_answer_is_not_told_to_keep_the_old_one() -> None:
    labels = ("negative", "neutral", "positive")
    before = Prediction(BEFORE.instance, labels, (0.8, 0.1, 0.1))
    other = Edit(Prediction(instance("The food was mild."), labels, (0.3, 0.45, 0.25)), 0.95, 1)
    none, closest = (block.plain for block in edits(teller("counterfactual", "en"), attempted(before, other))[:2])
    assert "makes the model answer “positive”" in none
    assert closest == "This one comes closest; the model then says “neutral” (45%):"


@pytest.mark.parametrize("language", complete())
@pytest.mark.parametrize(("kind", "target"), [(COUNTERFACTUAL, "positive"), (COUNTERFACTUAL, ""), (ADVERSARIAL, "")])
def test_a_flip_that_does_not_count_is_not_told_to_be_none(kind: str, target: str, language: str) -> None:
    reached = replace(attempted(BEFORE, Edit(predicted("Cold.", 0.71), 0.6, 3), target), kind=kind)
    kept = replace(reached, attempt=Edit(predicted("The food was cool.", 0.4), 0.95, 1))
    told = [[block.plain for block in edits(teller(kind, language), made)[:2]] for made in (reached, kept)]
    assert told[0][0] != told[1][0] and told[0][1].split("(")[0] != told[1][1].split("(")[0]
    if language == "en":
        assert "clearly" in told[0][0] and "the model then says “positive” (71%)" in told[0][1]


def test_only_the_field_that_changed_is_shown() -> None:
    old = predicted("", 0.2, (("claim", "Cats bark."), ("evidence", "Cats meow.")))
    new = predicted("", 0.8, (("claim", "Cats meow."), ("evidence", "Cats meow.")))
    made = Edits(old, COUNTERFACTUAL, (Edit(new, 0.9, 1),))
    shown = [block for block in edits(teller("counterfactual", "en"), made) if isinstance(block, Diff)]
    assert [block.plain for block in shown] == ["claim: Cats [-bark-]{+meow+}."]


@pytest.mark.parametrize("language", complete())
@pytest.mark.parametrize("kind", [COUNTERFACTUAL, ADVERSARIAL, AUGMENT])
def test_no_slot_stays_open_in_any_language(kind: str, language: str) -> None:
    attempt = None if kind == AUGMENT else AFTER
    for made in (Edits(BEFORE, kind, (AFTER, FURTHER)), Edits(BEFORE, kind, (), attempt=attempt, tried=7)):
        for block in edits(teller(kind, language), made):
            assert not isinstance(block, Text) or "{" not in block.plain
