"""Fluency of edits: ratios on paper, measured on the field that changed; what nobody could measure is said."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from core.data import Instance
from core.explanations import COUNTERFACTUAL, Edit, Edits, Prediction
from explainers.edits.fluency import UNMEASURED, changed_text, fluencies, unmeasured, with_fluency


class Words:
    """Finds each good word half likely and every other an eighth."""

    def log_probs(self, texts):
        return [tuple(math.log(0.5 if word == "good" else 0.125) for word in text.split()) for text in texts]


def row(*texts):
    return Instance(tuple((name, text) for name, text in zip(("premise", "hypothesis"), texts, strict=False)))


def predicted(instance):
    return Prediction(instance, ("negative", "positive"), (0.1, 0.9))


def test_the_ratio_is_that_of_the_perplexities():
    assert fluencies(Words(), "good bad", ["good good", "bad bad", "good bad", ""]) == [
        pytest.approx(0.5),  # 2 over 4
        pytest.approx(2.0),  # 8 over 4
        pytest.approx(1.0),
        None,
    ]


def test_only_the_field_that_changed_is_read():
    assert changed_text(row("a man", "he runs"), row("a man", "he sleeps")) == ("he sleeps", "he runs")


def test_every_edit_and_the_attempt_are_measured():
    before = predicted(row("good bad"))
    edits = tuple(Edit(predicted(row(text)), 0.9, 1) for text in ("good good", "bad bad"))
    attempt = Edit(predicted(row("bad bad")), 0.9, 1)
    measured = with_fluency(Edits(before, COUNTERFACTUAL, edits, attempt=attempt), Words())
    assert [one.fluency for one in measured.edits] == [pytest.approx(0.5), pytest.approx(2.0)]
    assert measured.attempt is not None and measured.attempt.fluency == pytest.approx(2.0)


def test_what_could_not_be_measured_is_said_where_there_is_something_to_measure():
    none = Edits(predicted(row("good")), COUNTERFACTUAL, ())
    assert unmeasured(none, "Gemma") == none
    tried = replace(none, attempt=Edit(predicted(row("bad")), 0.9, 1))
    assert unmeasured(tried, "Gemma").provenance.notes == ((UNMEASURED, (("judge", "Gemma"),)),)
