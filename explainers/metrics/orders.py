"""Random orders of words to compare a map with: all that differ where the text is short, else seeded antithetic draws.

Marks come last in all of them, in reading order: nearly nothing hangs on a comma, so an order that also draws marks is beaten by any
map that knows words from marks.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterator, Sequence

from core.explanations import Token
from core.script import is_word
from explainers.metrics.base import Order, sizes


def words_first(tokens: Sequence[Token]) -> tuple[Order, int]:
    """The units with those that are words in front, and how many these are: all, where there are none but marks."""
    words = [unit for unit, token in enumerate(tokens) if is_word(token.text)]
    marks = [unit for unit in range(len(tokens)) if unit not in words]
    return (*words, *marks), len(words) or len(marks)


def arrangements(units: Order, moved: int) -> int:
    """How many orders in which the first `moved` units change places differ in at least one of the sets that are removed or kept."""
    return math.factorial(moved) // math.prod(math.factorial(block) for block in _blocks(len(units), moved))


def orders(units: Order, moved: int, draws: int, seed: int) -> tuple[Order, ...]:
    """Such orders to compare with: every arrangement once if there are at most `draws`, else `draws` random ones."""
    found = _every(_blocks(len(units), moved))
    if arrangements(units, moved) > draws:
        found = itertools.islice(_antithetic(moved, random.Random(seed)), draws)
    return tuple((*(units[place] for place in order), *units[moved:]) for order in found)


def _antithetic(count: int, source: random.Random) -> Iterator[Order]:
    """A random order, then the same reversed, and so on: half the variance, and the two share their halves of the text."""
    while True:
        order = source.sample(range(count), count)
        yield tuple(order)
        yield tuple(reversed(order))


def _blocks(count: int, moved: int) -> tuple[int, ...]:
    """Sizes of the stretches of an order within which the units may change places without any effect."""
    cuts = sorted({0, moved, *(min(size, moved) for size in sizes(count))})
    return tuple(high - low for low, high in itertools.pairwise(cuts))


def _every(blocks: tuple[int, ...]) -> Iterator[Order]:
    """One order of each arrangement."""
    count = sum(blocks)

    def extend(head: Order, blocks: tuple[int, ...]) -> Iterator[Order]:
        if not blocks:
            yield head
            return
        rest = [unit for unit in range(count) if unit not in head]
        for chosen in itertools.combinations(rest, blocks[0]):
            yield from extend(head + chosen, blocks[1:])

    yield from extend((), blocks)
