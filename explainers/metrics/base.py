"""Metrics of an attribution: how one is declared, and which units it keeps or removes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.explanations import Attribution
from core.registry import Registry
from core.words import Words, words

HIGHER, LOWER = "higher", "lower"
SHARES = (0.1, 0.2, 0.3, 0.5)  # DeYoung et al. 2020 take 1, 5, 10, 20, 50 %: below 10 % a short text has no word

Order = tuple[int, ...]
"""Units from the most to the least supporting: indices into an attribution's tokens."""
Kept = frozenset[int]
"""The units that stay in the text; all others are removed."""
Keeps = Callable[[Order], tuple[Kept, ...]]
Measure = Callable[[Attribution, float, Sequence[float]], float | None]


@dataclass(frozen=True)
class Metric:
    """One figure of an attribution. `keeps` names the variants of the text it looks at, none for a metric of the scores alone.

    `measure` takes the attribution, the target's probability on the whole text and on each variant (for a contrast the
    difference of two probabilities), and gives None where the metric does not apply; `reason` then says why.
    """

    name: str
    best: str
    low: float | None
    high: float | None
    unit: str
    keeps: Keeps
    measure: Measure
    reason: str

    @property
    def about(self) -> str:
        """First line of the docstring."""
        return (self.measure.__doc__ or "").strip().splitlines()[0]


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
) -> Callable[[Measure], Metric]:
    """Declare the function below as the metric of its name; no `unit` means the attribution's own."""

    def declare(measure: Measure) -> Metric:
        return METRICS.add(Metric(measure.__name__, best, low, high, unit, keeps, measure, reason))

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
