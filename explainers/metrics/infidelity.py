"""Infidelity: how badly the scores of removed words foretell what their removal does."""

from __future__ import annotations

import random
from collections.abc import Sequence
from statistics import fmean

from core.explanations import Attribution
from explainers.metrics.base import LOWER, Kept, Order, metric

REMOVALS = 40  # random sets of units, the same for every map of a text as long
SEED = 0


def removals(order: Order) -> tuple[Kept, ...]:
    """What stays when random sets of units are removed: sizes from one to all, even chances; depends on the count alone."""
    count, source = len(order), random.Random(SEED)
    chosen = [frozenset(source.sample(range(count), source.randint(1, count))) for _ in range(REMOVALS)]
    return tuple(frozenset(range(count)) - gone for gone in chosen)


@metric(best=LOWER, low=0.0, high=1.0, unit="share", keeps=removals, reason="nothing_moves", deep=True)
def infidelity(attribution: Attribution, full: float, parts: Sequence[float]) -> float | None:
    """Mean of (β · sum of the removed units' scores − fall of the target's probability)², as a share of the mean squared fall.

    0 to 1, lower is better: 0 foretells every fall, 1 is as good as foretelling none. β is the factor that fits best, since
    scores may have any unit. Yeh et al. 2019, arXiv 1901.09392, definition 2.1, with removals as the perturbation and β as
    in the authors' code and Captum; divided by the mean squared fall, so that texts can be compared.
    """
    kept = removals(tuple(range(len(attribution.scores))))
    told = [
        sum(attribution.scores[unit] for unit in range(len(attribution.scores)) if unit not in left) for left in kept
    ]
    falls = [full - part for part in parts]
    size = fmean(fall * fall for fall in falls)
    if size == 0:
        return None
    own = fmean(one * one for one in told)
    beta = fmean(one * fall for one, fall in zip(told, falls, strict=True)) / own if own else 0.0
    return fmean((beta * one - fall) ** 2 for one, fall in zip(told, falls, strict=True)) / size
