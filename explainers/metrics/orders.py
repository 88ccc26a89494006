"""Random orders of words to compare a map with: all that differ where the text is short, else seeded antithetic draws."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterator

from explainers.metrics.base import Order, sizes


def arrangements(count: int) -> int:
    """How many orders of `count` units differ in at least one of the sets that are removed or kept."""
    return math.factorial(count) // math.prod(math.factorial(block) for block in _blocks(count))


def orders(count: int, draws: int, seed: int) -> tuple[Order, ...]:
    """Orders to compare with: every arrangement once if there are at most `draws`, else `draws` random ones."""
    if arrangements(count) <= draws:
        return tuple(_every(count))
    return tuple(itertools.islice(_antithetic(count, random.Random(seed)), draws))


def _antithetic(count: int, source: random.Random) -> Iterator[Order]:
    """A random order, then the same reversed, and so on: half the variance, and the two share their halves of the text."""
    while True:
        order = source.sample(range(count), count)
        yield tuple(order)
        yield tuple(reversed(order))


def _blocks(count: int) -> tuple[int, ...]:
    """Sizes of the stretches of an order within which the units may change places without any effect."""
    cuts = [0, *sorted(set(sizes(count))), count]
    return tuple(high - low for low, high in itertools.pairwise(cuts) if high > low)


def _every(count: int) -> Iterator[Order]:
    """One order of each arrangement."""

    def extend(head: Order, blocks: tuple[int, ...]) -> Iterator[Order]:
        if not blocks:
            yield head
            return
        rest = [unit for unit in range(count) if unit not in head]
        for chosen in itertools.combinations(rest, blocks[0]):
            yield from extend(head + chosen, blocks[1:])

    yield from extend((), _blocks(count))
