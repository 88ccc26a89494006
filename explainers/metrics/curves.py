"""Curves for the eye: the probability as words go or come, from the variants that the judge has computed anyway."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean, stdev

from core.faithfulness import DELETION, INSERTION, Curve
from explainers.metrics.base import Keeps, Kept, Order, sizes, top, without_top


def curves(own: Order, others: Sequence[Order], found: Mapping[Kept, float], contrast: bool) -> tuple[Curve, ...]:
    """Deletion from the whole text on and insertion up to the whole text (Petsiuk et al. 2018, RISE, arXiv 1806.07421), at the
    shares of comprehensiveness and sufficiency, so they cost no pass of the model. () for a single unit, which has no order.
    """
    if len(own) < 2:
        return ()
    low = -1.0 if contrast else 0.0
    return tuple(_curve(kind, keeps, own, others, found, low) for kind, keeps in KINDS.items())


def _curve(
    kind: str, keeps: Keeps, own: Order, others: Sequence[Order], found: Mapping[Kept, float], low: float
) -> Curve:
    count = len(own)
    whole = 0 if kind == DELETION else count  # units that have gone, or are kept, where the text is whole
    places = sorted({whole, *sizes(count)})

    def heights(order: Order) -> list[float]:
        parts = dict(zip(sizes(count), keeps(order), strict=True)) | {whole: frozenset(range(count))}
        return [found[parts[place]] for place in places]

    chance = list(zip(*map(heights, others), strict=True))
    return Curve(
        kind,
        shares=tuple(place / count for place in places),
        own=tuple(heights(own)),
        random=tuple(map(fmean, chance)),
        spread=tuple(map(stdev, chance)) if len(others) > 1 else (),
        low=low,
    )


KINDS: dict[str, Keeps] = {DELETION: without_top, INSERTION: top}
