"""Whether a model's gradients are true: finite differences against the gradient, on a fixed text, when a quantized model is loaded."""

from __future__ import annotations

import logging
import math

import torch
from torch import Tensor

from core.data import Instance, Schema
from models.base import Encoded, ExplainedModel

LOG = logging.getLogger("polylens")
TEXT = "The battery was empty after two days and nobody answered."  # any text will do; it must not change
# shares of the embeddings' length: rounded activations drown small steps (int8), a broken network bends within large ones (2 bit)
STEPS = (0.001, 0.003, 0.01, 0.02, 0.04)
TOLERANCE = 0.25  # a wrong gradient is off by 1 (torchao int8 dynamic: cosine .002)
AGREE = 2  # steps that must be within it; by luck alone one may be


def gradients_hold(model: ExplainedModel, schema: Schema) -> bool:
    """Whether the gradient exists and is the slope that finite differences measure."""
    try:
        ratios = slope_ratios(model, model.encode(Instance(tuple((field, TEXT) for field in schema.fields))))
    except (RuntimeError, NotImplementedError, ValueError) as error:
        LOG.debug("no gradients in %s: %s", model.precision, error)
        return False
    LOG.debug("gradient check in %s: measured slope / gradient = %s", model.precision, ratios)
    return sum(abs(ratio - 1) <= TOLERANCE for ratio in ratios) >= AGREE


def slope_ratios(model: ExplainedModel, encoded: Encoded) -> list[float]:
    """(f(x + hu) − f(x − hu)) / 2h over |∇f|, along u = ∇f / |∇f|, for each step size h: 1 for a true gradient.

    f is the first label's score less the mean of all; along the claimed gradient a wrong one shows most, since there the
    slope is the cosine between claimed and true gradient times the latter's length. Central differences, error O(h²).
    """
    start = model.embeddings(encoded)
    with torch.enable_grad():
        inputs = start[None].detach().requires_grad_(True)
        (gradient,) = torch.autograd.grad(_centred(model.scores_of_embeddings(encoded, inputs)).sum(), inputs)
    length = float(gradient.norm())
    if not length or not math.isfinite(length):
        return []
    direction = gradient[0].float() / length
    sizes = [share * float(start.norm()) for share in STEPS]
    with torch.no_grad():
        moved = [_at(model, encoded, start, size * direction) for size in sizes]
    return [pair / (2 * size) / length for pair, size in zip(moved, sizes, strict=True)]


def _at(model: ExplainedModel, encoded: Encoded, start: Tensor, step: Tensor) -> float:
    ahead, back = _centred(model.scores_of_embeddings(encoded, torch.stack([start + step, start - step]))).tolist()
    return float(ahead - back)


def _centred(scores: Tensor) -> Tensor:
    """[row]: the first label's score less the mean of all."""
    return scores[:, 0] - scores.mean(-1)
