"""Variants of a text with units removed, each computed once, in few batched calls."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import torch
from torch import Tensor

from core.errors import UserError
from core.explanations import Attribution
from core.progress import Progress
from explainers.base import Target, explained_units
from explainers.metrics.base import Kept
from models.base import Encoded, ExplainedModel
from models.pieces import Unit

STEP = "judge"  # the key under `step` that judging reports its progress with
ROWS = 16  # variants in one call: on a processor more make none faster, and between two calls a stop takes hold
PADDING = 32  # positions: a call of its own costs as much as so many more positions in another


def units_of(model: ExplainedModel, attribution: Attribution) -> tuple[Encoded, tuple[Unit, ...]]:
    """The text as the model reads it, and the units that have the scores. Raises UserError("other_model") where it reads others."""
    encoded = model.encode(attribution.prediction.instance)
    units = explained_units(encoded, attribution.granularity)
    if [(unit.start, unit.end) for unit in units] != [(token.start, token.end) for token in attribution.tokens]:
        raise UserError("other_model", model=model.name)
    return encoded, units


def probabilities(
    model: ExplainedModel,
    encoded: Encoded,
    units: Sequence[Unit],
    target: Target,
    wanted: Iterable[Kept],
    progress: Progress,
) -> dict[Kept, float]:
    """The target's probability (for a contrast the difference of two) on each variant, every distinct one once.

    Units are cut out rather than masked: see docs/explanations.md for what was measured. Shortest variants first, so that
    the rows of one call are of like length.
    """
    ordered = sorted(set(wanted), key=lambda kept: (sum(len(units[unit].members) for unit in kept), sorted(kept)))
    keep = mask(ordered, units, len(encoded.tokens))
    found: list[float] = []
    for rows in torch.split(keep, calls(keep.sum(dim=1).tolist())):
        progress(STEP, len(found) / len(ordered))
        scores = model.scores(encoded, rows, delete=True)
        found += target.of(scores.float().softmax(dim=-1)).tolist()
    return dict(zip(ordered, found, strict=True))


def calls(lengths: Sequence[int]) -> list[int]:
    """How many of the variants go into each call; lengths in tokens, in rising order."""
    sizes = [0]
    filled = 0
    for length in lengths:
        if sizes[-1] and (sizes[-1] == ROWS or sizes[-1] * length - filled > PADDING):
            sizes.append(0)
            filled = 0
        sizes[-1] += 1
        filled += length
    return sizes


def mask(variants: Sequence[Kept], units: Sequence[Unit], tokens: int) -> Tensor:
    """Which tokens stay: boolean [variant, token]."""
    keep = torch.zeros(len(variants), tokens, dtype=torch.bool)
    for row, kept in enumerate(variants):
        keep[row, [member for unit in kept for member in units[unit].members]] = True
    return keep
