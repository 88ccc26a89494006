"""From a folder in Hugging Face layout to a network and its tokenizer: safetensors only, no code of others, nothing missing."""

from __future__ import annotations

import inspect
import json
import struct
from math import prod
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from transformers import (
    MODEL_MAPPING,
    AutoConfig,
    AutoModel,
    AutoModelForCausalLM,
    AutoModelForSequenceClassification,
    AutoTokenizer,
    PreTrainedConfig,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)

from core.errors import UserError
from models.catalog import AUTO, CAUSAL, ENCODER, Row
from models.quantization.precisions import Precision, check_checkpoint, quantized_by
from models.quantization.quantize import finish, loading_config
from models.weights.memory import ran_out

CLASSIFIER = "classifier"
LOADERS = {CAUSAL: AutoModelForCausalLM, CLASSIFIER: AutoModelForSequenceClassification, ENCODER: AutoModel}
UNREAD = (OSError, ValueError, KeyError, RuntimeError, TypeError, AttributeError, SafetensorError, struct.error)
HARMLESS = ("pooler", "position_ids")  # weights that may be missing, since nothing here reads them


def family_of(row: Row, folder: Path) -> str:
    """One of "causal", "classifier" (a sequence classifier with its own head) or "encoder" (a head of ours is trained on it)."""
    if row.family != AUTO:
        return row.family
    made = " ".join(_config(row, folder).architectures or [])
    if "ForSequenceClassification" in made:
        return CLASSIFIER
    return CAUSAL if "ForCausalLM" in made or "LMHeadModel" in made else ENCODER


def checked(row: Row, folder: Path, precision: Precision, device: torch.device) -> Precision:
    """The precision that the folder's weights will have. Raises UserError: corrupt_model, and what `check_checkpoint` raises."""
    settings = getattr(_config(row, folder), "quantization_config", None)
    own = quantized_by(settings if isinstance(settings, dict) else None)
    return check_checkpoint(row.name, own, precision, device)


def load_weights(
    row: Row, folder: Path, family: str, precision: Precision, device: torch.device
) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Network and tokenizer of a folder, frozen, ready to compute. Raises UserError("corrupt_model")."""
    model = load_network(row, folder, family, precision, device)
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder)
    except UNREAD as error:
        raise _corrupt(row, folder) from error
    if not tokenizer.is_fast:
        raise _corrupt(row, folder)
    return model, tokenizer


def load_network(row: Row, folder: Path, family: str, precision: Precision, device: torch.device) -> PreTrainedModel:
    """The network of a folder. Raises UserError("corrupt_model").

    A folder whose weights do not fill the network is corrupt: transformers would fill the rest with random numbers.
    """
    config = _config(row, folder)
    extra: dict[str, object] = {"add_pooling_layer": False} if family == ENCODER and _can_pool(config) else {}
    if (quantizing := loading_config(precision)) is not None:
        extra |= {"quantization_config": quantizing, "device_map": {"": device}}
    try:
        model, report = LOADERS[family].from_pretrained(
            folder, dtype=precision.dtype, use_safetensors=True, output_loading_info=True, **extra
        )
    except UNREAD as error:
        if ran_out(error):
            raise
        raise _corrupt(row, folder) from error
    missing = [name for name in report["missing_keys"] if not any(part in name for part in HARMLESS)]
    if missing or report["mismatched_keys"]:
        raise _corrupt(row, folder)
    if quantizing is None:
        model = model.to(device)
    return finish(model, precision).eval().requires_grad_(False)


def counted(folder: Path) -> int:
    """Parameters in the folder's safetensors files, read from their headers; 0 where they cannot be read."""
    try:
        return sum(_shapes(path) for path in folder.glob("*.safetensors"))
    except UNREAD:
        return 0


def _shapes(path: Path) -> int:
    with safe_open(path, framework="pt") as file:
        return sum(prod(file.get_slice(name).get_shape()) for name in file.keys())  # noqa: SIM118 - it is no dict


def _config(row: Row, folder: Path) -> PreTrainedConfig:
    try:
        json.loads((folder / "config.json").read_text("utf-8"))
        return AutoConfig.from_pretrained(folder)
    except UNREAD as error:
        raise _corrupt(row, folder) from error


def _can_pool(config: PreTrainedConfig) -> bool:
    known = MODEL_MAPPING.get(type(config), None)
    return known is not None and "add_pooling_layer" in inspect.signature(known.__init__).parameters


def _corrupt(row: Row, folder: Path) -> UserError:
    return UserError("corrupt_model", name=row.name, path=folder)
