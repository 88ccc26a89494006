"""Room for weights: what the machine has free, and no more than a ceiling for all that are in use together."""

from __future__ import annotations

import weakref

import torch
from transformers import PreTrainedModel

from models.weights.memory import MEGABYTE, free_memory

ANY = 1 << 62  # bytes, where no ceiling is set


class Room:
    """Memory for the models of one process; `ceiling_mb` in megabytes, 0 for what the machine has free.

    Weights count until the last who uses them lets go, also where the store has given them up. Twins copy the modules and share the
    parameters (models.heads.networks.twin), so it is a parameter whose end is waited for.
    """

    def __init__(self, device: torch.device, ceiling_mb: int = 0) -> None:
        self.device = device
        self._ceiling = ceiling_mb * MEGABYTE or ANY
        self._taken: list[tuple[weakref.ref[torch.Tensor], int]] = []

    def take(self, model: PreTrainedModel, size: int) -> None:
        """Count `size` bytes as taken while the model's weights live."""
        alive = [(anchor, taken) for anchor, taken in self._taken if anchor() is not None]
        self._taken = [*alive, (weakref.ref(next(model.parameters())), size)]

    @property
    def used(self) -> int:
        """Bytes that are taken now."""
        return sum(size for anchor, size in self._taken if anchor() is not None)

    @property
    def free(self) -> int:
        """Bytes that may still be taken; below 0 where more are in use than may be."""
        return min(free_memory(self.device), self._ceiling - self.used)
