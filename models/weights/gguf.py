"""GGUF files: written out once as a plain folder in Hugging Face layout, since reading them takes minutes."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    PreTrainedConfig,
    PreTrainedModel,
    modeling_gguf_pytorch_utils,
)

from core.errors import UserError
from models.weights.memory import ran_out

MAGIC = b"GGUF"


def convert_gguf(source: Path, folder: Path) -> None:
    """Write config, weights (matrices in fp16, vectors in fp32) and tokenizer of `source` into `folder`.

    Raises UserError("corrupt_model"), also for architectures that transformers cannot read.
    """
    with source.open("rb") as file:
        if file.read(4) != MAGIC:
            raise UserError("corrupt_model", name=source.name, path=source)
    try:
        with _no_bar():
            tokenizer = AutoTokenizer.from_pretrained(source.parent, gguf_file=source.name)
            model = AutoModelForCausalLM.from_pretrained(source.parent, gguf_file=source.name, dtype=torch.float32)
    except (ValueError, KeyError, IndexError, OSError, RuntimeError, struct.error) as error:
        if ran_out(error):
            raise
        raise UserError("corrupt_model", name=source.name, path=source) from error
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save_pretrained(folder)
    _plain_config(model).save_pretrained(folder)
    save_file(_own_tensors(model), folder / "model.safetensors", metadata={"format": "pt"})


@contextmanager
def _no_bar() -> Iterator[None]:
    """The reader draws a bar that no setting of transformers turns off."""
    bar = modeling_gguf_pytorch_utils.tqdm
    modeling_gguf_pytorch_utils.tqdm = partial(bar, disable=True)
    try:
        yield
    finally:
        modeling_gguf_pytorch_utils.tqdm = bar


def _plain_config(model: PreTrainedModel) -> PreTrainedConfig:
    """The model's config without the marker of its quantization: the weights are plain now."""
    config = model.config
    config.architectures = [type(model).__name__]
    if hasattr(config, "quantization_config"):
        del config.quantization_config
    return config


def _own_tensors(model: PreTrainedModel) -> dict[str, Tensor]:
    """Every weight once: a tied one under its first name, since the config ties it again.

    They are rounded in their places: beside them they would take half as much memory again.
    """
    for tensor in (*model.parameters(), *model.buffers()):
        tensor.data = (tensor.half() if tensor.dim() > 1 else tensor.float()).contiguous()
    found: dict[int, tuple[str, Tensor]] = {}
    for name, tensor in model.state_dict().items():
        found.setdefault(tensor.data_ptr(), (name, tensor))
    return dict(found.values())
