"""Adapters of several trainings as one: the mean of what each adds to the weights."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors import safe_open
from torch import Tensor

from parsers.tuned.network import RANGE


def averaged(paths: Sequence[Path]) -> dict[str, Tensor]:
    """Tensors of one adapter whose every product B A is the mean of theirs, exactly: its rank is the sum of their ranks.

    Heads are averaged number by number. Wortsman et al. 2022, "Model soups" (arXiv 2203.05482): trainings from the same start lie
    in one basin, and their mean reads better than each. Raises ValueError where the adapters are of different classes or shapes.
    """
    found = [_tensors(path) for path in paths]
    if len({tuple(sorted((name, part.shape) for name, part in one.items())) for one in found}) != 1:
        raise ValueError("adapters of the same classes and shapes are needed")
    return {name: _mean(name, [one[name] for one in found]) for name in found[0]}


def _mean(name: str, parts: Sequence[Tensor]) -> Tensor:
    if name.endswith(".down"):
        return torch.cat(list(parts), dim=0)
    if name.endswith(".up"):
        return torch.cat([part / len(parts) for part in parts], dim=1)
    return torch.stack(list(parts)).mean(dim=0)


def _tensors(path: Path) -> dict[str, Tensor]:
    with safe_open(path, framework="pt") as file:
        return {name: file.get_tensor(name).float() for name in file.keys() if not name.startswith(RANGE)}  # noqa: SIM118 - it is no dict
