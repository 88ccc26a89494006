"""Small statistics: intervals of shares, a paired test of two readers, and how far confidence can be believed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np

from core.values import value

Z = 1.959964  # of a two-sided 95 % interval
FEWEST = 6  # pairs or texts for a verdict: a sign test of fewer never comes below p = .05, and the bootstrap of one has no width


def wilson(right: int, total: int) -> tuple[float, float]:
    """95 % interval of a share, 0 to 1. Wilson 1927, JASA 22:209–212."""
    n, share = max(total, 1), right / max(total, 1)
    middle = (share + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z / (1 + Z * Z / n) * math.sqrt(share * (1 - share) / n + Z * Z / (4 * n * n))
    return max(0.0, middle - half), min(1.0, middle + half)


@value
class Share:
    """How many of `total` are so."""

    hits: int
    total: int

    @property
    def rate(self) -> float:
        """0 to 1; 0 where there are none."""
        return self.hits / self.total if self.total else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval."""
        return wilson(self.hits, self.total)


def sign_test(one: int, other: int) -> float:
    """The exact two-sided p-value for so many pairs that differ one way and the other, if both ways are as likely."""
    tail: float = sum(math.comb(one + other, hits) for hits in range(min(one, other) + 1)) / 2 ** (one + other)
    return min(1.0, 2 * tail)


def mcnemar(first: Sequence[bool], second: Sequence[bool]) -> tuple[int, int, float]:
    """Rows that only the first has right, rows that only the second has, and the exact two-sided p-value.

    Both judged on the same rows. McNemar 1947, Psychometrika 12:153; the exact form is a sign test on the rows that differ.
    """
    only_first = sum(one and not two for one, two in zip(first, second, strict=True))
    only_second = sum(two and not one for one, two in zip(first, second, strict=True))
    return only_first, only_second, sign_test(only_first, only_second)


def holm(p_values: Sequence[float]) -> list[float]:
    """p-values of several tests, corrected: by chance any of them falls below .05 in 5 % of cases at most. In the order given.

    Holm 1979, Scandinavian Journal of Statistics 6:65–70.
    """
    found, largest = [0.0] * len(p_values), 0.0
    for rank, place in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[place]))
        found[place] = largest
    return found


def bootstrap(values: Sequence[float], resamples: int = 2000, seed: int = 0) -> tuple[float, float]:
    """The 2.5 and 97.5 % points of the mean of `values` over resamples, in their own unit; of paired rows give the differences.

    Efron 1979, doi 10.1214/aos/1176344552. Equal numbers have an interval of no width. Raises ValueError without values.
    """
    if not values:
        raise ValueError("no values to resample")
    found, count = np.asarray(values, dtype=np.float64), len(values)
    means = found[np.random.default_rng(seed).integers(0, count, (resamples, count))].mean(axis=1)
    low, high = np.percentile(means, (2.5, 97.5))
    return float(low), float(high)


@dataclass(frozen=True)
class Mean:
    """A mean over `n` values with its 95 % bootstrap interval."""

    mean: float
    low: float
    high: float
    n: int

    @classmethod
    def of(cls, values: Iterable[float | None]) -> Mean | None:
        """Of the values there are; None where there are none."""
        known = [one for one in values if one is not None]
        return cls(fmean(known), *bootstrap(known), len(known)) if known else None


@value
class Bin:
    """Rows whose confidence lies in [low, high): how many, their mean confidence, and the share that was right."""

    low: float
    high: float
    count: int
    confidence: float
    right: float


def reliability(confidences: Sequence[float], right: Sequence[bool], bins: int = 10) -> tuple[Bin, ...]:
    """The non-empty bins of a reliability diagram, equally wide. Guo et al. 2017, arXiv 1706.04599."""
    groups: list[list[tuple[float, bool]]] = [[] for _ in range(bins)]
    for sure, good in zip(confidences, right, strict=True):
        groups[min(int(sure * bins), bins - 1)].append((sure, good))
    return tuple(
        Bin(
            place / bins,
            (place + 1) / bins,
            len(group),
            sum(sure for sure, _ in group) / len(group),
            sum(good for _, good in group) / len(group),
        )
        for place, group in enumerate(groups)
        if group
    )


def calibration_error(found: Sequence[Bin]) -> float:
    """Expected calibration error: mean distance of confidence and accuracy over rows, 0 to 1. Naeini et al. 2015."""
    total = sum(one.count for one in found)
    return sum(one.count * abs(one.confidence - one.right) for one in found) / total if total else 0.0
