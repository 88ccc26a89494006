"""Value zeroing: what every position's output loses when one position's value vector is taken out of one layer."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel

VALUE = re.compile(r"(.+\.\d+)\.(?:.+\.)?(?:value|v_proj|v_lin)$")  # a layer, and what it makes value vectors with
POSITIONS_A_BATCH = 4096  # rows × positions in one pass: about 100 MB of activations at hidden size 384


def value_layers(model: PreTrainedModel) -> list[tuple[nn.Module, nn.Module]]:
    """Every layer in order with its part that makes value vectors; empty unless there is exactly one in each."""
    found = [
        (model.get_submodule(match[1]), part) for name, part in model.named_modules() if (match := VALUE.match(name))
    ]
    return found if len(found) == model.config.num_hidden_layers else []


def value_changes(model: PreTrainedModel, inputs: dict[str, Tensor], between: Callable[[float], None]) -> Tensor:
    """Cosine distance of `from` with and without the value vector of `to` [layer, from, to]; `inputs` are one row.

    Each layer runs again on what came into it, once a position. The hooks are taken off also after an exception; give a
    twin, so that no other thread meets them. Mohebbi et al. 2023, arXiv 2301.12971, eq. 2.
    """
    layers = value_layers(model)
    found = []
    for number, (given, plain) in enumerate(_recorded(model, [layer for layer, _ in layers], inputs)):
        between(number / len(layers))
        found.append(_changes(*layers[number], given, plain))
    return torch.stack(found).clamp(min=0)


def _recorded(
    model: PreTrainedModel, layers: list[nn.Module], inputs: dict[str, Tensor]
) -> list[tuple[tuple[Any, Any], Tensor]]:
    """What each layer is given (positional and named) and its output [row, position, hidden]."""
    seen: list[tuple[tuple[Any, Any], Tensor]] = []

    def record(layer: nn.Module, positional: Any, named: Any, made: Any) -> None:
        seen.append(((positional, named), _first(made)))

    with ExitStack() as stack:
        for layer in layers:
            stack.enter_context(layer.register_forward_hook(record, with_kwargs=True))
        model(**inputs)
    return seen


def _changes(layer: nn.Module, values: nn.Module, given: tuple[Any, Any], plain: Tensor) -> Tensor:
    """[from, to] of one layer."""
    parts = []
    count = plain.shape[1]
    for chosen in torch.split(torch.arange(count, device=plain.device), max(1, POSITIONS_A_BATCH // count)):
        positional, named = _rows(given, len(chosen))
        with values.register_forward_hook(_without(chosen)):
            made = _first(layer(*positional, **named))
        parts.append(1 - torch.cosine_similarity(made.float(), plain.float(), dim=-1))
    return torch.cat(parts).T


def _rows(given: Any, count: int) -> Any:
    """The same with every tensor of one row repeated for `count` rows."""
    if isinstance(given, Tensor):
        return given.expand(count, *given.shape[1:]) if given.dim() and len(given) == 1 else given
    if isinstance(given, tuple):
        return tuple(_rows(one, count) for one in given)
    return {name: _rows(one, count) for name, one in given.items()} if isinstance(given, dict) else given


def _without(chosen: Tensor) -> Callable[[nn.Module, tuple[Tensor, ...], Tensor], Tensor]:
    """A hook on [row, position, size] that zeroes position `chosen[row]` of every row."""

    def zeroed(layer: nn.Module, given: tuple[Tensor, ...], made: Tensor) -> Tensor:
        changed = made.clone()
        changed[torch.arange(len(chosen), device=made.device), chosen] = 0
        return changed

    return zeroed


def _first(made: Any) -> Tensor:
    """A layer's output, which some give in a tuple."""
    output: Tensor = made[0] if isinstance(made, tuple) else made
    return output
