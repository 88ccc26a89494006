"""optimum-quanto: weights of linear layers in 8 or 4 bits, computed in the activations' format. The one file that imports it."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace

import torch
from optimum.quanto import freeze, qint4, qint8
from optimum.quanto import quantize as mark
from optimum.quanto.library.extensions import get_extension
from torch import Tensor
from transformers import PreTrainedModel

TYPES = {8: qint8, 4: qint4}
PROCESSOR = "quanto_cpp"  # its code for processors, which it would compile at the first 4-bit multiplication


def quantize(model: PreTrainedModel, names: Sequence[str], bits: int) -> None:
    """Quantize the layers of these names in place; a processor unpacks 4 bits with torch, so no compiler is needed."""
    get_extension(PROCESSOR)._lib = SimpleNamespace(unpack=_unpacked)
    mark(model, weights=TYPES[bits], include=list(names))
    freeze(model)


def _unpacked(packed: Tensor, bits: int) -> Tensor:
    """The numbers in the bytes `packed` [row, …]: first the lowest bits of all rows, then the next."""
    return torch.cat([(packed >> shift) & (2**bits - 1) for shift in range(0, 8, bits)])
