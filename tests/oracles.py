"""Oracles: the same figures as the fast code, slow and plain, one forward pass at a time."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression

from core.data import Instance
from models.base import Encoded, ExplainedModel

SHARES = (0.1, 0.2, 0.3, 0.5)


def riemann(model: ExplainedModel, encoded: Encoded, label: int, steps: int = 1000) -> list[float]:
    """Integrated gradients by the midpoint rule, one gradient a step; scores [token]."""
    start, end = model.baseline(encoded), model.embeddings(encoded)
    total = torch.zeros(len(encoded.tokens))
    for step in range(steps):
        point = (start + (step + 0.5) / steps * (end - start)).requires_grad_(True)
        score = model.scores_of_embeddings(encoded, point[None])[0, label]
        (gradient,) = torch.autograd.grad(score, point)
        total += (gradient * (end - start)).sum(-1) / steps
    return [float(part) for part in total]


def occlude(model: ExplainedModel, encoded: Encoded, label: int) -> list[float]:
    """f(input) − f(input without the token), one token at a time."""
    every = [True] * len(encoded.tokens)
    whole = _score(model, encoded, every, label)
    found = []
    for place in range(len(encoded.tokens)):
        keep = list(every)
        keep[place] = False
        found.append(whole - _score(model, encoded, keep, label))
    return found


def shapley(value: Callable[[frozenset[int]], float], count: int) -> list[float]:
    """Shapley values by their definition, over every subset of the others."""
    found = []
    for unit in range(count):
        others = [one for one in range(count) if one != unit]
        total = 0.0
        for size in range(count):
            weight = math.factorial(size) * math.factorial(count - size - 1) / math.factorial(count)
            for chosen in map(frozenset, itertools.combinations(others, size)):
                total += weight * (value(chosen | {unit}) - value(chosen))
        found.append(total)
    return found


def eraser(model: ExplainedModel, instance: Instance, label: int, scores: Sequence[float], share_kept: bool) -> float:
    """Sufficiency (`share_kept`) or comprehensiveness, one variant at a time, where every token is a word."""
    encoded = model.encode(instance)
    count = len(encoded.tokens)
    ranked = sorted(range(count), key=lambda place: (-scores[place], place))
    full = _probability(model, encoded, [True] * count, label)
    total = 0.0
    for share in SHARES:
        size = max(1, math.floor(share * count + 0.5))
        first = set(ranked[:size])
        keep = [(place in first) == share_kept for place in range(count)]
        total += full - _probability(model, encoded, keep, label)
    return total / len(SHARES)


def _score(model: ExplainedModel, encoded: Encoded, keep: Sequence[bool], label: int) -> float:
    return float(model.scores(encoded, torch.tensor([keep]))[0, label])


def _probability(model: ExplainedModel, encoded: Encoded, keep: Sequence[bool], label: int) -> float:
    logits = [float(score) for score in model.scores(encoded, torch.tensor([keep]), delete=True)[0]]
    return math.exp(logits[label]) / sum(math.exp(logit) for logit in logits)


def retrained(
    points: np.ndarray, answers: np.ndarray, strength: float, point: np.ndarray, label: int
) -> tuple[float, list[float]]:
    """The label's logit at `point` [hidden], and what it loses when each row is left out and scikit-learn fits from nothing."""

    def logit(rows: list[int]) -> float:
        fit = LogisticRegression(C=strength, tol=1e-11, max_iter=100_000).fit(points[rows], answers[rows])
        found = np.asarray(fit.decision_function(point[None])[0])
        return float(found[label]) if found.ndim else float(found) / 2 * (1 if label else -1)

    every = list(range(len(points)))
    whole = logit(every)
    return whole, [whole - logit(every[:row] + every[row + 1 :]) for row in every]
