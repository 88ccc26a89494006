"""What the gradient methods share: values and gradients, batch by batch, nothing left behind, and seeded noise."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from explainers.base import Target
from models.base import Encoded, ExplainedModel

POSITIONS = 1024  # rows × positions in one batch: activations of a base-size encoder stay under about 0.5 GB


def gradients(
    model: ExplainedModel, encoded: Encoded, target: Target, points: Tensor, between: Callable[[int], None]
) -> Iterator[tuple[Tensor, Tensor]]:
    """The target at each point [row] and its gradient there [row, token, hidden], batch by batch; points are [row, token, hidden].

    Gradients go to the points alone, so that the model's parameters keep theirs. `between` is told how many rows are done.
    """
    done = 0
    for part in torch.split(points, max(1, POSITIONS // len(encoded.ids))):
        between(done)
        with torch.enable_grad():
            inputs = part.detach().requires_grad_(True)
            value = target.of(model.scores_of_embeddings(encoded, inputs))
            (gradient,) = torch.autograd.grad(value.sum(), inputs)
        done += len(part)
        yield value.detach().float(), gradient


def slopes(
    model: ExplainedModel,
    encoded: Encoded,
    target: Target,
    points: Tensor,
    direction: Tensor,
    between: Callable[[int], None],
) -> tuple[Tensor, Tensor]:
    """The target at each point [row], and gradient · direction [token, hidden] a token: [row, token]."""
    values: list[Tensor] = []
    found: list[Tensor] = []
    for value, gradient in gradients(model, encoded, target, points, between):
        values.append(value)
        found.append((gradient * direction).sum(-1).float())
    return torch.cat(values), torch.cat(found)


def noise(like: Tensor, rows: int, deviation: float, seed: int) -> Tensor:
    """Gaussian noise [row, …] of the shape of `like` in antithetic pairs, which add up to nothing. `rows` is even.

    The deviation is a share of the range of values in `like` (Smilkov et al. 2017). The global generator is not touched.
    """
    source = torch.Generator().manual_seed(seed)
    half = torch.randn(rows // 2, *like.shape, generator=source).to(like) * deviation * (like.max() - like.min())
    return torch.stack([half, -half], dim=1).flatten(0, 1)
