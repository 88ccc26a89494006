"""What the gradient methods share: a target's value and its slope along a direction, batch by batch, nothing left behind."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from explainers.base import Target
from models.base import Encoded, ExplainedModel

POSITIONS = 1024  # rows × positions in one batch: activations of a base-size encoder stay under about 0.5 GB


def slopes(
    model: ExplainedModel,
    encoded: Encoded,
    target: Target,
    points: Tensor,
    direction: Tensor,
    between: Callable[[int], None],
) -> tuple[Tensor, Tensor]:
    """The target at each point [row], and gradient · direction a token [row, token]; points are [row, token, hidden].

    Gradients go to the points alone, so that the model's parameters keep theirs. `between` is told how many rows are done.
    """
    values: list[Tensor] = []
    found: list[Tensor] = []
    for part in torch.split(points, max(1, POSITIONS // len(encoded.ids))):
        between(sum(len(value) for value in values))
        with torch.enable_grad():
            inputs = part.detach().requires_grad_(True)
            value = target.of(model.scores_of_embeddings(encoded, inputs))
            (gradient,) = torch.autograd.grad(value.sum(), inputs)
        values.append(value.detach().float())
        found.append((gradient * direction).sum(-1).float())
    return torch.cat(values), torch.cat(found)
