"""Stability: does a method that draws at random give the same map again?"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

from core.explanations import Attribution
from explainers.metrics.base import HIGHER, metric, rank_correlation
from explainers.metrics.others import SEEDS, other_seeds


@metric(best=HIGHER, low=-1.0, high=1.0, unit="correlation", asks=other_seeds, reason="no_draws", deep=True)
def stability(attribution: Attribution, full: float, parts: Sequence[float]) -> float | None:
    """Mean Kendall's τ-b between the scores and those of the same method with three other seeds.

    −1 to 1, higher is better; only for methods that draw at random, and from two units on. Visani et al. 2022,
    arXiv 2001.11757, measure the same for LIME by its coefficients.
    """
    count = len(attribution.scores)
    if not parts or count < 2:
        return None
    maps = [parts[first : first + count] for first in range(0, SEEDS * count, count)]
    return fmean(rank_correlation(attribution.scores, one) for one in maps)
