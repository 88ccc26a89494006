"""Self-consistency: does the writer say the same again with another seed?"""

from __future__ import annotations

from statistics import fmean

from core.faithfulness import Score
from explainers.edits.figures import similarities
from explainers.metrics.rationale_base import Case, rationale_metric

NAME = "self_consistency"


@rationale_metric
def self_consistency(case: Case) -> Score:
    """Mean cosine of the rationale's sentence vector with those of other seeds, −1 to 1, higher is better.

    Beside it the cosines with rationales of other texts. Agreement is not truth: a writer that always says the same agrees
    with itself perfectly, and then the control is as high. In the spirit of Wang et al. 2023, arXiv 2203.11171.
    """
    if case.encoder is None or not case.drawn:
        return Score(NAME, None, low=-1.0, high=1.0, reason="one_rationale")
    own = similarities(case.encoder, case.made.text, [one.text for one in case.drawn])
    chance = similarities(case.encoder, case.made.text, case.others)
    return Score(NAME, fmean(own), tuple(chance), -1.0, 1.0)
