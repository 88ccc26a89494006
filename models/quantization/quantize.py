"""Quantizing: rounds the weights of linear layers, or has bitsandbytes do it, and what its layers need to be right on a processor."""

from __future__ import annotations

import importlib
import logging
from collections.abc import Iterator

import torch
from torch import Tensor, nn
from transformers import BitsAndBytesConfig, PreTrainedModel
from transformers.pytorch_utils import Conv1D

from models.quantization.precisions import BITSANDBYTES, QUANTO, ROUND, TORCHAO, Precision

# Heads: small, and the labels are read straight from them
SKIPPED = ("classifier", "lm_head", "score", "pooler", "embed_out")


# Optional packages, each imported by one file
MODULES = {QUANTO: "models.quantization.quanto", TORCHAO: "models.quantization.torchao_int8"}


def loading_config(precision: Precision) -> BitsAndBytesConfig | None:
    """What transformers must know to quantize while it loads; None where nothing is to be done then."""
    if precision.how != BITSANDBYTES:
        return None
    logging.getLogger("bitsandbytes.autograd._functions").setLevel(logging.ERROR)  # one line a layer about a cast
    if precision.bits == 8:
        return BitsAndBytesConfig(load_in_8bit=True, llm_int8_skip_modules=list(SKIPPED))
    return BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_compute_dtype=precision.dtype,
        llm_int8_skip_modules=list(SKIPPED),
    )


def finish(model: PreTrainedModel, precision: Precision) -> PreTrainedModel:
    """The loaded model, its weights rounded where we round them, and its layers made ready for gradients and twins."""
    if precision.how == ROUND:
        for layer in linear_layers(model):
            _round(layer, precision)
    if precision.how in MODULES:
        logging.getLogger("torchao").setLevel(logging.ERROR)  # it names every kernel that this machine cannot load
        importlib.import_module(MODULES[precision.how]).quantize(model, linear_names(model), precision.bits)
    for layer in model.modules():
        if hasattr(layer, "support_avx512bf16_for_cpu"):  # packed weights have no gradient: it raises
            layer.support_avx512bf16_for_cpu = False
        if hasattr(layer, "init_8bit_state") and layer.weight.CB is not None:
            layer.init_8bit_state()  # else the first twin to run takes the weights from all others
    return model


def linear_layers(model: PreTrainedModel) -> list[nn.Module]:
    """Linear layers but heads: those that every back end quantizes."""
    return [model.get_submodule(name) for name in linear_names(model)]


def linear_names(model: PreTrainedModel) -> list[str]:
    """Their names in the model."""
    return [
        name
        for name, layer in model.named_modules()
        if isinstance(layer, nn.Linear | Conv1D) and not any(part in SKIPPED for part in name.split("."))
    ]


def rounded(weight: Tensor, bits: int, group: int) -> Tensor:
    """The weight [out, in] with every `group` of a row rounded to the nearest of 2^bits − 1 levels, symmetric about 0.

    The largest of a group is met exactly: scale = max |w| / (2^(bits − 1) − 1). At 2 bits that leaves −1, 0 and 1.
    """
    levels = 2 ** (bits - 1) - 1
    rows, size = weight.shape
    padded = nn.functional.pad(weight.float(), (0, -size % group)).view(rows, -1, group)
    scale = (padded.abs().amax(-1, keepdim=True) / levels).clamp(min=torch.finfo(torch.float32).tiny)
    made: Tensor = (padded / scale).round().mul(scale).view(rows, -1)[:, :size]
    return made.to(weight.dtype)


def kept_tensors(model: PreTrainedModel) -> Iterator[Tensor]:
    """Tensors of quantized layers that are neither parameters nor buffers: a twin must share them, too."""
    for layer in model.modules():
        state = getattr(layer, "state", None) or getattr(layer, "quant_state", None)
        yield from (part for part in getattr(state, "__dict__", {}).values() if isinstance(part, Tensor))


def weight_bytes(model: PreTrainedModel) -> int:
    """Bytes that the weights take in memory, each tensor once, with the scales of quantized layers."""
    found = (part for one in (*model.parameters(), *model.buffers(), *kept_tensors(model)) for part in plain_parts(one))
    places = {part.data_ptr(): part.numel() * part.element_size() for part in found}
    return sum(places.values())


def plain_parts(tensor: Tensor) -> Iterator[Tensor]:
    """The tensors that a quantized one is made of (levels, scales, shifts); a plain one is itself."""
    flatten = getattr(tensor, "__tensor_flatten__", None)
    if flatten is None:
        yield tensor
    else:
        yield from (part for name in flatten()[0] for part in plain_parts(getattr(tensor, name)))


def _round(layer: nn.Module, precision: Precision) -> None:
    weight: Tensor = layer.weight.data  # type: ignore[assignment]
    turned = isinstance(layer, Conv1D)  # GPT-2 keeps its matrices the other way round
    made = rounded(weight.T if turned else weight, precision.bits, precision.group)
    layer.weight.data = made.T.contiguous() if turned else made
