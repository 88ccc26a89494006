"""Token F1 against a human rationale: are the words that the map names first those that people marked?"""

from __future__ import annotations

from collections.abc import Sequence

from core.explanations import Attribution
from explainers.metrics.base import HIGHER, metric
from explainers.metrics.human import marked, named, scores_alone, testable


@metric(best=HIGHER, low=0.0, high=1.0, unit="share", reason="no_rationale", deep=True, asks=scores_alone)
def rationale_f1(attribution: Attribution, full: float, parts: Sequence[float]) -> float | None:
    """F1 of the units that the map puts first, as many as people marked, against those.

    0 to 1, higher is better: plausibility, not faithfulness. With equal numbers precision, recall and F1 are the same; papers that
    cut all texts at the data set's average length get lower figures. DeYoung et al. 2020 (ERASER), arXiv 1911.03429, section 4.
    """
    if not testable(attribution):
        return None
    human = marked(attribution)
    return len(human & named(attribution)) / len(human)
