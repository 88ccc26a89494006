"""Fluency of edits: ratios on paper, measured on the field that changed, and only by a model that is there."""

from __future__ import annotations

import math
from types import SimpleNamespace

import pytest

from agent.run import _to_keep
from core.data import Dataset, Instance, Schema
from core.errors import UserError
from core.explanations import COUNTERFACTUAL, Edit, Edits, Prediction
from core.operation import Context
from core.progress import Progress
from core.settings import Settings
from explainers.edits import fluency
from explainers.edits.fluency import JUDGE, changed_text, fluencies, judge_of, with_fluency

DATA = Dataset(Schema("toys", ("text",), ("negative", "positive")), ())


class Words:
    """Finds each good word half likely and every other an eighth."""

    def log_probs(self, texts):
        return [tuple(math.log(0.5 if word == "good" else 0.125) for word in text.split()) for text in texts]


def row(*texts):
    return Instance(tuple((name, text) for name, text in zip(("premise", "hypothesis"), texts, strict=False)))


def predicted(instance):
    return Prediction(instance, ("negative", "positive"), (0.1, 0.9))


def context(setting="auto", has=False, generator=None):
    def missing(*_):
        raise UserError("no_network")

    library = SimpleNamespace(settings=Settings(fluency=setting), has=lambda _: has, generator=generator or missing)
    return Context(lambda: None, DATA, (), Progress(), library=library)


def test_the_ratio_is_that_of_the_perplexities():
    assert fluencies(Words(), "good bad", ["good good", "bad bad", "good bad", ""]) == [
        pytest.approx(0.5),  # 2 over 4
        pytest.approx(2.0),  # 8 over 4
        pytest.approx(1.0),
        None,
    ]


def test_only_the_field_that_changed_is_read():
    assert changed_text(row("a man", "he runs"), row("a man", "he sleeps")) == ("he sleeps", "he runs")


def test_every_edit_and_the_attempt_are_measured(monkeypatch):
    monkeypatch.setattr(fluency, "judge_of", lambda _: Words())
    before = predicted(row("good bad"))
    edits = tuple(Edit(predicted(row(text)), 0.9, 1) for text in ("good good", "bad bad"))
    made = with_fluency(
        Edits(before, COUNTERFACTUAL, edits, attempt=Edit(predicted(row("bad bad")), 0.9, 1)), context()
    )
    assert [one.fluency for one in made.edits] == [pytest.approx(0.5), pytest.approx(2.0)]
    assert made.attempt is not None and made.attempt.fluency == pytest.approx(2.0)


def test_nothing_is_downloaded_unasked():
    assert judge_of(context(has=False)) is None
    assert judge_of(context(setting="off", has=True)) is None
    assert judge_of(context(has=True)) is None, "it is there, but does not fit in memory or cannot be read"
    assert judge_of(Context(lambda: None, DATA, (), Progress())) is None
    edits = Edits(predicted(row("good")), COUNTERFACTUAL, ())
    assert with_fluency(edits, context()) == edits


def test_a_judge_that_cannot_be_loaded_is_said_and_the_answer_is_not_kept():
    edits = Edits(predicted(row("good")), COUNTERFACTUAL, (Edit(predicted(row("bad")), 0.9, 1),))
    made = with_fluency(edits, context(has=True))
    assert made.edits == edits.edits and made.provenance.notes == (("no_fluency", (("judge", "Gemma 3 270M"),)),)
    assert _to_keep(made) is None and _to_keep(with_fluency(edits, context(setting="off"))) == edits


def test_a_model_that_was_named_must_be_there():
    with pytest.raises(UserError, match="no_network"):
        judge_of(context(setting=JUDGE))
    with pytest.raises(UserError, match="unknown_model"):
        judge_of(context(setting="gemma-3-27m"))
