"""Simulatability: can a reader of nothing but the rationale tell what the model answered?"""

from __future__ import annotations

from core.faithfulness import Score
from explainers.metrics.rationale_base import Case, rationale_metric


@rationale_metric
def simulatability(case: Case) -> Score:
    """1 where a reader guesses the model's answer from the rationale alone, else 0; higher is better.

    Words that name a label are hidden from the reader. Beside it the same for rationales of other texts, which tells how often
    it guesses so anyway. Doshi-Velez and Kim 2017, arXiv 1702.08608; leakage as in Hase et al. 2020, arXiv 2010.04119.
    """
    if case.reader is None:
        return Score("simulatability", None, low=0.0, high=1.0, reason="no_reader")
    answer = case.made.prediction.label
    guessed, *chance = (float(label == answer) for label in case.reader.labels_of([case.made.text, *case.others]))
    return Score("simulatability", guessed, tuple(chance), 0.0, 1.0)
