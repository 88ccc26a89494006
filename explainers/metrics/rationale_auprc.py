"""Area under precision and recall against a human rationale: do the scores rank marked words above the others?"""

from __future__ import annotations

from collections.abc import Sequence

from sklearn.metrics import average_precision_score

from core.explanations import Attribution
from explainers.metrics.base import HIGHER, metric
from explainers.metrics.human import marked, scores_alone, testable


@metric(best=HIGHER, low=0.0, high=1.0, unit="share", reason="no_rationale", deep=True, asks=scores_alone)
def rationale_auprc(attribution: Attribution, full: float, parts: Sequence[float]) -> float | None:
    """Average precision of the scores as a ranking of the units that people marked; equal scores count as one step.

    0 to 1, higher is better: plausibility, not faithfulness; a random ranking gets about the share of marked units. No threshold
    is needed. DeYoung et al. 2020 (ERASER), arXiv 1911.03429, section 4.
    """
    if not testable(attribution):
        return None
    human = marked(attribution)
    truth = [place in human for place in range(len(attribution.tokens))]
    return float(average_precision_score(truth, attribution.scores))
