"""Comprehensiveness: what the target loses without the words that the map names first."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

from core.explanations import Attribution
from explainers.metrics.base import HIGHER, metric, without_top


@metric(best=HIGHER, low=-1.0, high=1.0, unit="probability", keeps=without_top)
def comprehensiveness(attribution: Attribution, full: float, parts: Sequence[float]) -> float:
    """Mean drop of the target's probability when the top 10, 20, 30 and 50 % of the words are removed.

    −1 to 1 (−2 to 2 for a contrast of two labels), higher is better. DeYoung et al. 2020 (ERASER), arXiv 1911.03429, eq. 1,
    as the area over the perturbation curve of section 4.
    """
    return fmean(full - part for part in parts)
