"""Insertion area: how fast the probability comes back while the words that the map names first come in one by one."""

from __future__ import annotations

from collections.abc import Sequence

from core.explanations import Attribution
from explainers.metrics.base import HIGHER, area, metric, prefixes


@metric(best=HIGHER, low=0.0, high=1.0, unit="probability", keeps=prefixes, deep=True)
def insertion_area(attribution: Attribution, full: float, parts: Sequence[float]) -> float:
    """Area under the target's probability while units come into an empty text, most supporting first, until all are there.

    0 to 1 (−1 to 1 for a contrast of two labels), higher is better. Petsiuk et al. 2018 (RISE), arXiv 1806.07421, section 4.2.
    """
    return area(parts)
