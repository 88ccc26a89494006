"""Runs: which contiguous stretch of positions is the custom text, scored as a whole."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from parsers.tuned.network import FIRST, INSIDE, LAST, PAIR

DOUBT = 1.5  # log-odds below which no text is taken; of 344 found in development rows, 1 drops 8 wrong and 2 right, 2 drops 12 and 6


def run_scores(scores: Tensor) -> Tensor:
    """Log-odds against "no custom text" of every run [first, last] of positions, −∞ where last < first.

    `scores` [position, 3 + 2·PAIR] as the span head gives them: a run has the sum of its insides, its first's and its last's score,
    and the product of its first's and its last's vector. A semi-Markov model with at most one segment: Sarawagi & Cohen 2004,
    "Semi-Markov conditional random fields"; borders that know of each other: Yu et al. 2020, arXiv 2005.07150, eq. 3.
    """
    total = torch.cat([scores.new_zeros(1), scores[:, INSIDE].cumsum(0)])
    found = total[None, 1:] - total[:-1, None] + scores[:, FIRST, None] + scores[None, :, LAST]
    pairs = scores[:, LAST + 1 :]
    found += pairs[:, :PAIR] @ pairs[:, PAIR:].T / PAIR**0.5
    return found.masked_fill(torch.ones_like(found, dtype=torch.bool).tril(-1), -torch.inf)


def run_loss(scores: Tensor, wanted: tuple[int, int] | None) -> Tensor:
    """Negative log-likelihood of the run [first, last], or of none."""
    found = run_scores(scores)
    every = torch.cat([found.flatten(), found.new_zeros(1)]).logsumexp(0)
    return every if wanted is None else every - found[wanted]


def best_run(scores: Tensor) -> tuple[int, int] | None:
    """The likeliest run [first, last], or None where that there is one is not likely enough."""
    found = run_scores(scores)
    if not len(found) or found.flatten().logsumexp(0) <= DOUBT:
        return None
    place = int(found.argmax())
    return place // len(found), place % len(found)


def inside_loss(scores: Tensor, wanted: tuple[int, int] | None) -> Tensor:
    """Cross-entropy of every position's inside score: what the whole-run likelihood teaches only late."""
    inside = torch.zeros(len(scores))
    if wanted is not None:
        inside[wanted[0] : wanted[1] + 1] = 1.0
    return nn.functional.binary_cross_entropy_with_logits(scores[:, INSIDE], inside)
