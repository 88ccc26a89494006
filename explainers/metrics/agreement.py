"""Agreement: does a method that errs in other places rank the words alike?"""

from __future__ import annotations

from collections.abc import Sequence

from core.explanations import Attribution
from explainers.metrics.base import HIGHER, metric, rank_correlation
from explainers.metrics.others import second


@metric(best=HIGHER, low=-1.0, high=1.0, unit="correlation", asks=second, reason="no_second", deep=True)
def agreement(attribution: Attribution, full: float, parts: Sequence[float]) -> float | None:
    """Kendall's τ-b between the scores and those of a second method: occlusion, or integrated gradients for occlusion.

    −1 to 1, higher is better; unsigned maps are compared with the second map's sizes. Methods that agree can be wrong
    together. Krishna et al. 2022, arXiv 2202.01602, section 3: their pairwise rank agreement, over all units and rescaled.
    """
    if len(parts) < 2:
        return None
    return rank_correlation(attribution.scores, parts if attribution.signed else [abs(part) for part in parts])
