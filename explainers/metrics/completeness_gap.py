"""Completeness gap: how far the scores miss what they promise to sum to."""

from __future__ import annotations

from collections.abc import Sequence

from core.explanations import Attribution
from explainers.metrics.base import LOWER, metric


@metric(best=LOWER, low=0.0, high=None, reason="not_promised")
def completeness_gap(attribution: Attribution, full: float, parts: Sequence[float]) -> float | None:
    """|sum of the scores − (f(input) − f(baseline))|, in the attribution's unit; only for methods that promise 0.

    0 upwards, lower is better. Sundararajan et al. 2017, arXiv 1703.01365, proposition 1.
    """
    return attribution.gap
