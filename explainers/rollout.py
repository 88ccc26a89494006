"""Rollout: maps of single layers multiplied through, from where the label is decided down to the tokens."""

from __future__ import annotations

import torch
from torch import Tensor

from models.base import LayerMaps


def rollout(found: LayerMaps, residual: float) -> Tensor:
    """What each of the user's tokens gives to the decision [token], mean over the points.

    Heads are averaged; `residual` is the share that a position keeps of itself in every layer. Abnar and Zuidema 2020, arXiv
    2005.00928, eq. 1.
    """
    layers = found.maps.float().mean(dim=2)  # [point, layer, from, to]
    itself = torch.eye(layers.shape[-1], device=layers.device)
    flow = found.deciding[:, None, :].to(layers)
    for layer in reversed(layers.unbind(dim=1)):
        flow = flow @ (residual * itself + (1 - residual) * layer)
    return flow[:, 0].mean(dim=0)[found.places]
