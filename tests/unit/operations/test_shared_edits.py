"""Edits are judged for fluency only by a model that is there; one that cannot be loaded is said, and the answer is not kept."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from agent.running.run import _to_keep
from core.data import Dataset, Instance, Schema
from core.errors import UserError
from core.explanations import COUNTERFACTUAL, Edit, Edits, Prediction
from core.operation import Context
from core.progress import Progress
from core.settings import Settings
from models.generation.fluency_judge import JUDGE, judge_of
from operations.shared.edits import judged

DATA = Dataset(Schema("toys", ("text",), ("negative", "positive")), ())


def library(setting="auto", has=False):
    def missing(*_):
        raise UserError("no_network")

    return SimpleNamespace(settings=Settings(fluency=setting), has=lambda _: has, generator=missing)


def context(**there):
    return Context(lambda: None, DATA, (), Progress(), library=library(**there))


def predicted(text):
    return Prediction(Instance((("text", text),)), ("negative", "positive"), (0.1, 0.9))


def test_nothing_is_downloaded_unasked():
    assert judge_of(library(has=False)) is None
    assert judge_of(library(setting="off", has=True)) is None
    assert judge_of(library(has=True)) is None, "it is there, but does not fit in memory or cannot be read"
    assert judge_of(None) is None
    edits = Edits(predicted("good"), COUNTERFACTUAL, ())
    assert judged(edits, context()) == edits


def test_a_judge_that_cannot_be_loaded_is_said_and_the_answer_is_not_kept():
    edits = Edits(predicted("good"), COUNTERFACTUAL, (Edit(predicted("bad"), 0.9, 1),))
    noted = judged(edits, context(has=True))
    assert noted.edits == edits.edits and noted.provenance.notes == (("no_fluency", (("judge", "Gemma 3 270M"),)),)
    assert _to_keep(noted) is None and _to_keep(judged(edits, context(setting="off"))) == edits


def test_a_model_that_was_named_must_be_there():
    with pytest.raises(UserError, match="no_network"):
        judge_of(library(setting=JUDGE))
    with pytest.raises(UserError, match="unknown_model"):
        judge_of(library(setting="gemma-3-27m"))
