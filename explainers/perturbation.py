"""What the perturbation methods share: the target on variants of a text with units taken out, in batches."""

from __future__ import annotations

import torch
from torch import Tensor

from core.progress import Progress
from explainers.base import STEP, Target
from models.base import Encoded, ExplainedModel

ROWS = 64  # variants between two looks at the stop button; the model cuts them into batches that fit its memory


def unit_count(encoded: Encoded) -> int:
    """How many units are moved: groups of tokens where there are any, else tokens."""
    return len(encoded.groups or encoded.tokens)


def values(model: ExplainedModel, encoded: Encoded, target: Target, keep: Tensor, progress: Progress) -> Tensor:
    """The target [row], double, on variants of the text; keep [row, unit] is boolean.

    All tokens of a unit that is not kept are replaced by the neutral token together. Rows that are the same are computed once.
    """
    distinct, places = torch.unique(keep, dim=0, return_inverse=True)
    tokens = spread(distinct, encoded)
    parts = []
    for first in range(0, len(tokens), ROWS):
        progress(STEP, first / len(tokens))
        parts.append(target.of(model.scores(encoded, tokens[first : first + ROWS])).double().cpu())
    return torch.cat(parts)[places]


def spread(keep: Tensor, encoded: Encoded) -> Tensor:
    """[row, unit] → [row, token]: a token stays where its unit does."""
    if not encoded.groups:
        return keep
    unit_of = torch.zeros(len(encoded.tokens), dtype=torch.long)
    for unit, members in enumerate(encoded.groups):
        unit_of[list(members)] = unit
    return keep[:, unit_of]


def ends(count: int) -> Tensor:
    """The whole text and the empty one: boolean [2, unit]."""
    return torch.tensor([[True], [False]]).expand(-1, count)
