"""Shapley value sampling: what each unit adds when units come in one by one, in random orders."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Sequence

import torch

from core.progress import Progress
from explainers.base import Target, TokenScores, explainer
from explainers.perturbation import unit_count, values
from models.base import PREDICT, Encoded, ExplainedModel

ORDERS = 8  # even, for antithetic pairs; each takes as many variants as there are units
ALL = 4  # up to so many units all their orders are taken, which is exact


@explainer(needs=[PREDICT], signed=True, complete=True, grouped=True, seeded=True)
def shapley_sampling(
    model: ExplainedModel, encoded: Encoded, target: Target, seed: int, progress: Progress
) -> TokenScores:
    """Shapley values: what a unit adds to the target, averaged over random orders in which units come in.

    Scores [unit], in the target's unit; they sum to f(input) − f(all units neutral) exactly. Each order comes with its
    reverse; variants that orders share are computed once. Captum's draws from the global generator. Castro et al. 2009,
    doi 10.1016/j.cor.2008.04.004; antithetic orders: Mitchell et al. 2022, arXiv 2104.12199.
    """
    chosen = orders(unit_count(encoded), seed)
    wanted = sorted({frozenset(order[:size]) for order in chosen for size in range(len(order) + 1)}, key=sorted)
    keep = torch.zeros(len(wanted), unit_count(encoded), dtype=torch.bool)
    for place, present in enumerate(wanted):
        keep[place, sorted(present)] = True
    found = dict(zip(wanted, values(model, encoded, target, keep, progress).tolist(), strict=True))
    scores = [0.0] * unit_count(encoded)
    for order in chosen:
        for size, unit in enumerate(order):
            scores[unit] += (found[frozenset(order[: size + 1])] - found[frozenset(order[:size])]) / len(chosen)
    change = found[frozenset(chosen[0])] - found[frozenset()]
    return TokenScores(scores, abs(math.fsum(scores) - change), model.neutral)


def orders(count: int, seed: int) -> tuple[Sequence[int], ...]:
    """Orders of the units: all of few, else random ones in antithetic pairs."""
    if count <= ALL:
        return tuple(itertools.permutations(range(count)))
    source = random.Random(seed)
    drawn = [source.sample(range(count), count) for _ in range(ORDERS // 2)]
    return tuple(order for one in drawn for order in (one, one[::-1]))
