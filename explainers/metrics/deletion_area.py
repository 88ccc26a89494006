"""Deletion area: how much of the probability is left while the words that the map names first go one by one."""

from __future__ import annotations

from collections.abc import Sequence

from core.explanations import Attribution
from explainers.metrics.base import LOWER, area, metric, suffixes


@metric(best=LOWER, low=0.0, high=1.0, unit="probability", keeps=suffixes, deep=True)
def deletion_area(attribution: Attribution, full: float, parts: Sequence[float]) -> float:
    """Area under the target's probability while units are removed, most supporting first, until none is left.

    0 to 1 (−1 to 1 for a contrast of two labels), lower is better. Petsiuk et al. 2018 (RISE), arXiv 1806.07421, section 4.2.
    """
    return area(parts)
