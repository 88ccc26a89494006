"""Metrics of an attribution: how one is declared, and which units it keeps or removes."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from scipy.stats import kendalltau

from core.explanations import Attribution
from core.progress import Progress
from core.registry import Registry
from core.words import Words, words
from models.base import ExplainedModel

HIGHER, LOWER = "higher", "lower"
SHARES = (0.1, 0.2, 0.3, 0.5)  # DeYoung et al. 2020 take 1, 5, 10, 20, 50 %: below 10 % a short text has no word
STEPS = 16  # points of an insertion or deletion curve beside the first; short texts have one a unit

Order = tuple[int, ...]
"""Units from the most to the least supporting: indices into an attribution's tokens."""
Kept = frozenset[int]
"""The units that stay in the text; all others are removed."""
Keeps = Callable[[Order], tuple[Kept, ...]]
Measure = Callable[[Attribution, float, Sequence[float]], float | None]
Asks = Callable[[ExplainedModel, Attribution, int, Progress], Sequence[float]]
"""Figures that a metric needs beside the variants, computed once a map: other maps' scores, say. Takes a seed."""


@dataclass(frozen=True)
class Metric:
    """One figure of an attribution. `keeps` names the variants of the text it looks at, none for a metric of the scores alone.

    `measure` takes the attribution, the target's probability on the whole text and on each variant (for a contrast the
    difference of two probabilities; or, for a metric that `asks`, those figures), and gives None where the metric does not
    apply; `reason` then says why. `deep`: too dear for the chat. `chance`: random maps have a value to compare with.
    """

    name: str
    best: str
    low: float | None
    high: float | None
    unit: str
    keeps: Keeps
    measure: Measure
    reason: str
    deep: bool
    asks: Asks | None
    chance: bool


METRICS: Registry[Metric] = Registry("unknown_metric")


def nothing(order: Order) -> tuple[Kept, ...]:
    """No variants: the metric reads the scores alone."""
    return ()


def metric(
    *,
    best: str,
    low: float | None,
    high: float | None,
    unit: str = "",
    keeps: Keeps = nothing,
    reason: str = "",
    deep: bool = False,
    asks: Asks | None = None,
    chance: bool = True,
) -> Callable[[Measure], Metric]:
    """Declare the function below as the metric of its name; no `unit` means the attribution's own."""

    def declare(measure: Measure) -> Metric:
        compared = chance and (asks is not None or keeps is not nothing)
        return METRICS.add(
            Metric(measure.__name__, best, low, high, unit, keeps, measure, reason, deep, asks, compared)
        )

    return declare


def metric_words() -> Words:
    """Titles, meanings, verdicts and reasons in every language."""
    return words(Path(__file__).with_name("words.toml"))


def order_of(scores: Sequence[float]) -> Order:
    """Units by score, highest first; equals in reading order."""
    return tuple(sorted(range(len(scores)), key=lambda unit: -scores[unit]))


def sizes(count: int) -> tuple[int, ...]:
    """How many of `count` units each of SHARES is: rounded half up, at least one."""
    return tuple(max(1, int(share * count + 0.5)) for share in SHARES)


def top(order: Order) -> tuple[Kept, ...]:
    """For each of SHARES, the units that the order puts first."""
    return tuple(frozenset(order[:size]) for size in sizes(len(order)))


def without_top(order: Order) -> tuple[Kept, ...]:
    """For each of SHARES, the units that are left without the first ones."""
    return tuple(frozenset(order[size:]) for size in sizes(len(order)))


def without_each(order: Order) -> tuple[Kept, ...]:
    """The text without each of its units alone, in reading order."""
    everything = frozenset(range(len(order)))
    return tuple(everything - {unit} for unit in range(len(order)))


def prefixes(order: Order) -> tuple[Kept, ...]:
    """The units that come first, from none to all, in at most STEPS evenly spaced steps."""
    count = len(order)
    steps = min(STEPS, count)
    return tuple(frozenset(order[: int(step * count / steps + 0.5)]) for step in range(steps + 1))


def suffixes(order: Order) -> tuple[Kept, ...]:
    """The units that are left when those that come first are taken away, from all to none, in the steps of `prefixes`."""
    everything = frozenset(order)
    return tuple(everything - first for first in prefixes(order))


def area(parts: Sequence[float]) -> float:
    """Mean height of the curve through evenly spaced points, by the trapezoid rule."""
    if len(parts) < 2:
        return fmean(parts)
    return fmean((before + after) / 2 for before, after in itertools.pairwise(parts))


def dealt(scores: Sequence[float], order: Order) -> tuple[float, ...]:
    """The same scores given to other units: the highest to the first of `order`, and so on."""
    found = [0.0] * len(scores)
    for unit, score in zip(order, sorted(scores, reverse=True), strict=True):
        found[unit] = score
    return tuple(found)


def rank_correlation(one: Sequence[float], other: Sequence[float]) -> float:
    """Kendall's τ-b, −1 to 1; 0 where either is the same everywhere, since then nothing is ordered."""
    if len(set(one)) < 2 or len(set(other)) < 2:
        return 0.0
    return float(kendalltau(one, other).statistic)
