"""KernelSHAP: Shapley values by weighted least squares over coalitions of units; exact where all fit into the budget."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.progress import Progress
from explainers.base import Target, TokenScores, explainer
from explainers.perturbation import ends, unit_count, values
from models.base import PREDICT, Encoded, ExplainedModel

SAMPLES = 160  # coalitions beside the whole text and the empty one; all there are up to 7 units
A_UNIT = 4  # coalitions a unit at least, for long texts: half of them hold or lack one unit


@explainer(needs=[PREDICT], signed=True, complete=True, grouped=True, seeded=True)
def kernel_shap(model: ExplainedModel, encoded: Encoded, target: Target, seed: int, progress: Progress) -> TokenScores:
    """Shapley values: what a unit adds to the target, averaged over all orders in which units could come in.

    Scores [unit], in the target's unit; they sum to f(input) − f(all units neutral) exactly. Coalitions of one unit, and of all
    but one, come first, then of two, as long as the budget holds all of a size; the rest is drawn from the kernel, each with
    its complement. Captum's draws from the global generator and no pairs. Lundberg and Lee 2017, arXiv 1705.07874, theorem 2.
    """
    count = unit_count(encoded)
    keep, weights = coalitions(count, max(SAMPLES, A_UNIT * count), seed)
    found = values(model, encoded, target, torch.cat([ends(count), keep]), progress).numpy()
    scores = solve(keep.numpy(), weights, found[2:] - found[1], float(found[0] - found[1]))
    gap = abs(math.fsum(scores) - float(found[0] - found[1]))
    return TokenScores(scores.tolist(), gap, model.neutral)


def coalitions(count: int, budget: int, seed: int) -> tuple[Tensor, NDArray[np.float64]]:
    """Coalitions [row, unit] in pairs with their complements, and their weights [row] in the regression."""
    rows: list[frozenset[int]] = []
    weights: list[float] = []
    size = 1
    while size <= count // 2 and len(rows) + _pairs(count, size) <= budget:
        rows += (both for inner in _all(count, size) for both in inner)
        weights += [_kernel(count, size) / math.comb(count, size)] * (len(rows) - len(weights))
        size += 1
    if size <= count // 2 and (pairs := (budget - len(rows)) // 2):
        drawn = list(_drawn(count, size, pairs, seed))
        left = sum(_kernel(count, one) for one in range(size, count - size + 1))
        rows += (both for inner in drawn for both in inner)
        weights += [left / (2 * len(drawn))] * (2 * len(drawn))
    keep = torch.zeros(len(rows), count, dtype=torch.bool)
    for place, row in enumerate(rows):
        keep[place, sorted(row)] = True
    return keep, np.array(weights)


def solve(
    keep: NDArray[np.bool_], weights: NDArray[np.float64], gains: NDArray[np.float64], whole: float
) -> NDArray[np.float64]:
    """Weighted least squares of gains [row] on keep [row, unit], under the condition that the scores sum to `whole`.

    The last unit's score is put as what the others leave, which turns it into a regression without conditions.
    """
    if keep.shape[1] == 1:
        return np.array([whole])
    last = keep[:, -1].astype(float)
    inner = keep[:, :-1] - last[:, None]
    root = np.sqrt(weights)
    scores, *_ = np.linalg.lstsq(inner * root[:, None], (gains - last * whole) * root, rcond=None)
    return np.append(scores, whole - scores.sum())


def _kernel(count: int, size: int) -> float:
    """Weight of all coalitions of one size together: (M − 1) / (s (M − s))."""
    return (count - 1) / (size * (count - size))


def _pairs(count: int, size: int) -> int:
    """How many coalitions have this size or leave out so many."""
    return math.comb(count, size) * (1 if 2 * size == count else 2)


def _all(count: int, size: int) -> Iterator[tuple[frozenset[int], ...]]:
    """Every coalition of a size with its complement; of half the units each once."""
    everything = frozenset(range(count))
    for inner in map(frozenset, itertools.combinations(range(count), size)):
        yield (inner,) if 2 * size == count else (inner, everything - inner)


def _drawn(count: int, least: int, pairs: int, seed: int) -> Iterator[tuple[frozenset[int], frozenset[int]]]:
    """Random coalitions of at least `least` units that leave out as many, by the kernel's weight, with their complements."""
    source = np.random.default_rng(seed)
    sizes = np.arange(least, count - least + 1)
    chances = np.array([_kernel(count, int(size)) for size in sizes])
    everything = frozenset(range(count))
    for size in source.choice(sizes, size=pairs, p=chances / chances.sum()):
        inner = frozenset(source.choice(count, size=int(size), replace=False).tolist())
        yield inner, everything - inner
