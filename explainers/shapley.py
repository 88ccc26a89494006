"""Shapley values over orders: in which orders units come in, which sets of units these pass, and what each unit adds."""

from __future__ import annotations

import itertools
import random
from collections.abc import Mapping, Sequence

Order = tuple[int, ...]
Present = frozenset[int]
ALL = 4  # up to so many units all their orders are taken, which is exact


def every_order(count: int) -> tuple[Order, ...]:
    """All orders of the units."""
    return tuple(itertools.permutations(range(count)))


def antithetic(count: int, pairs: int, source: random.Random) -> tuple[Order, ...]:
    """Random orders, each with its reverse, which halves the variance. Mitchell et al. 2022, arXiv 2104.12199."""
    drawn = [tuple(source.sample(range(count), count)) for _ in range(pairs)]
    return tuple(order for one in drawn for order in (one, one[::-1]))


def passed(orders: Sequence[Order]) -> list[Present]:
    """The sets of units that are present on the way, from none to all, each once."""
    return sorted({frozenset(order[:size]) for order in orders for size in range(len(order) + 1)}, key=sorted)


def contributions(found: Mapping[Present, float], orders: Sequence[Order]) -> list[float]:
    """What each unit adds when it comes in, mean over the orders [unit]; `found` holds the value of every set that is passed."""
    scores = [0.0] * len(orders[0])
    for order in orders:
        for size, unit in enumerate(order):
            scores[unit] += (found[frozenset(order[: size + 1])] - found[frozenset(order[:size])]) / len(orders)
    return scores
