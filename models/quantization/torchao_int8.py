"""torchao: weights of linear layers in 8 bits, activations as they are. The one file that imports it."""

from __future__ import annotations

from collections.abc import Sequence

from torch import nn
from torchao.quantization import Int8WeightOnlyConfig, quantize_
from transformers import PreTrainedModel


def quantize(model: PreTrainedModel, names: Sequence[str], bits: int) -> None:
    """Quantize the layers of these names in place; `bits` is 8."""
    wanted = frozenset(names)

    def chosen(layer: nn.Module, name: str) -> bool:
        return name in wanted

    quantize_(model, Int8WeightOnlyConfig(), filter_fn=chosen)
