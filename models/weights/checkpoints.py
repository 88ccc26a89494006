"""Checkpoints that a fine-tuning left beside a local model: folders checkpoint-N, each with the learning rate at its step."""

from __future__ import annotations

import filecmp
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Generic, TypeVar

import regex

MOST = 3  # each is loaded beside the model itself and asked about every row
WEIGHTS, STATE, CONFIG = "model.safetensors", "trainer_state.json", "config.json"
M = TypeVar("M")
_NAME = regex.compile(r"checkpoint-(\d+)")


@dataclass(frozen=True)
class Checkpoint:
    """A folder with weights as they were after `step` training steps, at learning rate `rate` (1 where it was not written down)."""

    folder: Path
    step: int
    rate: float


@dataclass(frozen=True)
class Stage(Generic[M]):
    """A model as it was at a checkpoint, loaded when it is first asked; `rate` is the learning rate then."""

    rate: float
    load: Callable[[], M]

    @cached_property
    def model(self) -> M:
        """The model at that time."""
        return self.load()


def checkpoints(folder: Path) -> tuple[Checkpoint, ...]:
    """At most MOST checkpoints beside the weights in `folder`, evenly spaced, oldest first; without the one that they are a copy of.

    Only safetensors count; learning rates come from the trainer's own record, a JSON file, and where one lacks it none is used.
    """
    steps = {int(match.group(1)): one for one in folder.glob("checkpoint-*") if (match := _NAME.fullmatch(one.name))}
    kept = [(step, steps[step]) for step in sorted(steps) if _differs(folder, steps[step])]
    chosen = [kept[round(place * (len(kept) - 1) / max(MOST - 1, 1))] for place in range(MOST)] if kept else []
    rates = {step: _rate(one, step) for step, one in chosen}
    known = all(rate is not None for rate in rates.values())
    return tuple(Checkpoint(one, step, (rates[step] or 1.0) if known else 1.0) for step, one in dict.fromkeys(chosen))


def files(folder: Path) -> list[Path]:
    """The files of all checkpoints in the folder that are read."""
    return sorted(one for name in (WEIGHTS, STATE, CONFIG) for one in folder.glob(f"checkpoint-*/{name}"))


def _differs(folder: Path, other: Path) -> bool:
    """Whether the checkpoint can be read, and is another state than the model itself."""
    own, then = folder / WEIGHTS, other / WEIGHTS
    if not then.exists() or not (other / CONFIG).exists():
        return False
    return not own.exists() or not filecmp.cmp(own, then, shallow=False)


def _rate(folder: Path, step: int) -> float | None:
    """The last learning rate above zero that the trainer noted up to this step; None where there is none."""
    try:
        history = json.loads((folder / STATE).read_text("utf-8"))["log_history"]
        noted = [
            float(one["learning_rate"])
            for one in history
            if float(one.get("learning_rate", 0)) > 0 and int(one.get("step", 0)) <= step
        ]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return noted[-1] if noted else None
