"""What the jobs that compare precisions share: which ones and in which order, and a clock for the device that computes."""

from __future__ import annotations

import time
from collections.abc import Sequence

import torch

from models.quantization.precisions import CHECKPOINT, FULL, PRECISIONS, runnable
from models.weights.memory import precision_of


def compared_precisions(asked: Sequence[str], device: torch.device) -> list[str]:
    """The precisions to compare, the reference first: full precision where it is among them, else the first that is named.

    Where none is named, all that the device can do; not those that only some checkpoints have. Raises UserError: unknown_precision,
    precision_needs, missing_extra.
    """
    wanted = asked or [name for name in runnable(device) if PRECISIONS[name].how != CHECKPOINT]
    names = list(dict.fromkeys(precision_of(name, device) for name in wanted))
    return sorted(names, key=lambda name: name != FULL)


def clock(device: torch.device) -> float:
    """Seconds spent up to now: of the processor, or by the wall clock once a GPU has done all that it was given."""
    if device.type != "cuda":
        return time.process_time()
    torch.cuda.synchronize(device)
    return time.perf_counter()
