"""Human rationales beside a map: which units people marked, and which the map names first."""

from __future__ import annotations

from collections.abc import Sequence

from core.explanations import Attribution
from core.progress import Progress
from explainers.metrics.base import order_of
from models.base import ExplainedModel


def marked(attribution: Attribution) -> frozenset[int]:
    """The units that overlap a marked stretch of the text; none where nobody marked any."""
    spans = attribution.prediction.instance.rationale
    return frozenset(
        place
        for place, token in enumerate(attribution.tokens)
        for field, start, end in spans
        if token.field == field and token.start < end and start < token.end
    )


def named(attribution: Attribution) -> frozenset[int]:
    """As many units as people marked: those that the map puts first."""
    return frozenset(order_of(attribution.scores)[: len(marked(attribution))])


def testable(attribution: Attribution) -> bool:
    """Whether people marked some of the units, but not all."""
    return 0 < len(marked(attribution)) < len(attribution.tokens)


def scores_alone(model: ExplainedModel, made: Attribution, seed: int, progress: Progress) -> Sequence[float]:
    """Nothing is asked of the model: the metric reads scores and marks, and so do those of random maps."""
    return ()
