"""Sufficiency: what the target lacks when only the words that the map names first are left."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

from core.explanations import Attribution
from explainers.metrics.base import LOWER, metric, top


@metric(best=LOWER, low=-1.0, high=1.0, unit="probability", keeps=top)
def sufficiency(attribution: Attribution, full: float, parts: Sequence[float]) -> float:
    """Mean drop of the target's probability when only the top 10, 20, 30 and 50 % of the words are kept.

    −1 to 1 (−2 to 2 for a contrast of two labels), lower is better. DeYoung et al. 2020 (ERASER), arXiv 1911.03429, eq. 2,
    as the area over the perturbation curve of section 4.
    """
    return fmean(full - part for part in parts)
