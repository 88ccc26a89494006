"""Shapley value sampling: what each unit adds when units come in one by one, in random orders."""

from __future__ import annotations

import math
import random

import torch

from core.progress import Progress
from explainers.base import Target, TokenScores, explainer
from explainers.perturbation import unit_count, values
from explainers.shapley import ALL, Order, antithetic, contributions, every_order, passed
from models.base import PREDICT, Encoded, ExplainedModel

ORDERS = 8  # even, for antithetic pairs; each takes as many variants as there are units


@explainer(needs=[PREDICT], signed=True, complete=True, grouped=True, seeded=True)
def shapley_sampling(
    model: ExplainedModel, encoded: Encoded, target: Target, seed: int, progress: Progress
) -> TokenScores:
    """Shapley values: what a unit adds to the target, averaged over random orders in which units come in.

    Scores [unit], in the target's unit; they sum to f(input) − f(all units neutral) exactly. Each order comes with its
    reverse; variants that orders share are computed once. Captum's draws from the global generator. Castro et al. 2009,
    doi 10.1016/j.cor.2008.04.004.
    """
    chosen = orders(unit_count(encoded), seed)
    wanted = passed(chosen)
    keep = torch.zeros(len(wanted), unit_count(encoded), dtype=torch.bool)
    for place, present in enumerate(wanted):
        keep[place, sorted(present)] = True
    found = dict(zip(wanted, values(model, encoded, target, keep, progress).tolist(), strict=True))
    scores = contributions(found, chosen)
    change = found[frozenset(chosen[0])] - found[frozenset()]
    return TokenScores(scores, abs(math.fsum(scores) - change), model.neutral)


def orders(count: int, seed: int) -> tuple[Order, ...]:
    """Orders of the units: all of few, else random ones in antithetic pairs."""
    return every_order(count) if count <= ALL else antithetic(count, ORDERS // 2, random.Random(seed))
