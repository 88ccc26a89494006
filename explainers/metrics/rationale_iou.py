"""Intersection over union with a human rationale: how much of what either names do both name?"""

from __future__ import annotations

from collections.abc import Sequence

from core.explanations import Attribution
from explainers.metrics.base import HIGHER, metric
from explainers.metrics.human import marked, named, scores_alone, testable


@metric(best=HIGHER, low=0.0, high=1.0, unit="share", reason="no_rationale", deep=True, asks=scores_alone)
def rationale_iou(attribution: Attribution, full: float, parts: Sequence[float]) -> float | None:
    """Units that people marked and that the map puts first (as many), over those that either names.

    0 to 1, higher is better: plausibility, not faithfulness. Over all units of a text at once, as in ferret (Attanasio et al. 2023,
    arXiv 2208.01575); ERASER counts spans that overlap by half. DeYoung et al. 2020, arXiv 1911.03429, section 4.
    """
    if not testable(attribution):
        return None
    human, own = marked(attribution), named(attribution)
    return len(human & own) / len(human | own)
