"""The tuned reader as it reads: eight-bit weights on processors, one product for query, key and value, no modules in between."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from parsers.tuned.network import Read, Tuned, read_states

MOVED = (
    0.75  # share of the inputs' spread that moves into the weights; of .5 to 1 the nearest to fp32 (docs/parsing.md)
)
SMALLEST = 1e-4  # of a channel's largest value: one that is always 0 divides nothing
LARGEST = 127  # of a signed byte
PARTS = ("attend", "attended", "widen", "narrow")  # the four products of a block, in order
Product = Callable[[Tensor], Tensor]


class Compact:
    """Reads one message at a time, like the network that it was made from.

    With `tuned.ranges` and a processor that has the kernels, all products have eight bits: weights one scale a row, inputs one
    scale a message. Channels with outliers are made smaller and their weights larger by as much before. Xiao et al. 2023,
    arXiv 2211.10438, eq. 4, with α = MOVED.
    """

    def __init__(self, tuned: Tuned) -> None:
        network: Any = tuned.network
        ranges = tuned.ranges if torch.backends.quantized.engine != "none" else {}
        self.classes, self.temperature, self.tokenizer = tuned.classes, tuned.temperature, tuned.tokenizer
        self._heads = tuned.operation, tuned.span
        self._embeddings = network.embeddings
        self._layers = [_Layer(layer, _of(ranges, number)) for number, layer in enumerate(network.encoder.layer)]

    def __call__(self, ids: Tensor) -> Read:
        """Ids [position]; the reading has one row."""
        with torch.no_grad():
            states: Tensor = self._embeddings(input_ids=ids[None])[0]
            for layer in self._layers:
                states = layer(states)
            return read_states(states[None], torch.ones_like(ids[None]), *self._heads)


class _Layer:
    """One block: attention and feed-forward, each with its residual and norm. Devlin et al. 2019, arXiv 1810.04805."""

    def __init__(self, layer: Any, ranges: Mapping[str, Tensor]) -> None:
        own, after = layer.attention.self, layer.attention.output
        three = (own.query, own.key, own.value)
        weights = (torch.cat([one.weight for one in three]), torch.cat([one.bias for one in three]))
        dense = [(one.weight, one.bias) for one in (after.dense, layer.intermediate.dense, layer.output.dense)]
        products = [_product(*pair, ranges.get(part)) for part, pair in zip(PARTS, (weights, *dense), strict=True)]
        self._attend, self._attended, self._widen, self._narrow = products
        self._heads: int = own.num_attention_heads
        self._norms: tuple[nn.LayerNorm, nn.LayerNorm] = (after.LayerNorm, layer.output.LayerNorm)

    def __call__(self, states: Tensor) -> Tensor:
        """States [position, hidden]."""
        first, second = self._norms
        states = _norm(states + self._attended(self._mixed(states)), first)
        return _norm(states + self._narrow(nn.functional.gelu(self._widen(states))), second)

    def _mixed(self, states: Tensor) -> Tensor:
        """What each position takes from the others [position, hidden]."""
        length = len(states)
        query, key, value = self._attend(states).view(length, 3, self._heads, -1).permute(1, 2, 0, 3)[:, None]
        mixed = nn.functional.scaled_dot_product_attention(query, key, value)
        return mixed[0].transpose(0, 1).reshape(length, -1)


def input_ranges(tuned: Tuned, messages: Iterable[Tensor]) -> dict[str, Tensor]:
    """The largest value of every input channel of every product, over the ids [position] of some messages: "3.widen" → [channel]."""
    found: dict[str, Tensor] = {}

    def watch(name: str) -> Callable[[nn.Module, tuple[Tensor, ...]], None]:
        def look(module: nn.Module, given: tuple[Tensor, ...]) -> None:
            largest = given[0].detach().abs().flatten(0, -2).amax(0)
            found[name] = torch.maximum(found[name], largest) if name in found else largest

        return look

    layers: Any = tuned.network.encoder.layer
    watched = [
        part.register_forward_pre_hook(watch(f"{number}.{name}"))
        for number, layer in enumerate(layers)
        for name, part in zip(PARTS, _products(layer), strict=True)
    ]
    try:
        with torch.no_grad():
            for ids in messages:
                tuned(ids[None], torch.ones_like(ids[None]))
    finally:
        for handle in watched:
            handle.remove()
    return found


def _products(layer: Any) -> tuple[nn.Module, ...]:
    """The modules that see the inputs of the four products."""
    return (layer.attention.self.query, layer.attention.output.dense, layer.intermediate.dense, layer.output.dense)


def _of(ranges: Mapping[str, Tensor], number: int) -> dict[str, Tensor]:
    return {part: ranges[f"{number}.{part}"] for part in PARTS if f"{number}.{part}" in ranges}


def _norm(states: Tensor, norm: nn.LayerNorm) -> Tensor:
    return nn.functional.layer_norm(states, norm.normalized_shape, norm.weight, norm.bias, norm.eps)


def _product(weight: Tensor, bias: Tensor, largest: Tensor | None) -> Product:
    """x → x Wᵀ + b, in eight bits where the largest inputs [in] are known."""
    if largest is None:
        return lambda states: nn.functional.linear(states, weight, bias)
    heaviest = weight.abs().amax(0).clamp(min=SMALLEST)
    moved = largest.clamp(min=SMALLEST) ** MOVED / heaviest ** (1 - MOVED)
    packed, smaller, multiply = _packed(weight * moved, bias), 1 / moved, torch.ops.quantized.linear_dynamic
    return lambda states: multiply(states * smaller, packed, True)


def _packed(weight: Tensor, bias: Tensor) -> Any:
    """The weights [out, in] as signed bytes, one scale a row, in the kernel's own order."""
    scales = (weight.abs().amax(1).clamp(min=SMALLEST) / LARGEST).double()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch announces other tensors for this
        rounded = torch.quantize_per_channel(
            weight.contiguous(), scales, torch.zeros(len(scales), dtype=torch.long), 0, torch.qint8
        )
    return torch.ops.quantized.linear_prepack(rounded, bias)
