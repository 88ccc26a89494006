"""Kendall's τ with leave-one-out: do the scores rank words as their removal does?"""

from __future__ import annotations

from collections.abc import Sequence

from core.explanations import Attribution
from explainers.metrics.base import HIGHER, metric, rank_correlation, without_each


@metric(best=HIGHER, low=-1.0, high=1.0, unit="correlation", keeps=without_each, reason="too_few", deep=True)
def leave_one_out_tau(attribution: Attribution, full: float, parts: Sequence[float]) -> float | None:
    """Kendall's τ-b between the scores and how far the target's probability falls without each unit alone.

    −1 to 1, higher is better; unsigned maps are compared with the size of the change. From two units on; 0 where all scores
    are the same. Deep, since its removals are mostly not those of comprehensiveness. Jain and Wallace 2019, arXiv 1902.10186.
    """
    if len(parts) < 2:
        return None
    falls = [full - part for part in parts]
    return rank_correlation(attribution.scores, falls if attribution.signed else [abs(fall) for fall in falls])
