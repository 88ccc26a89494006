"""Precisions: one declaration each – how a model is loaded in it, on what hardware, in how much memory, and whether gradients flow."""

from __future__ import annotations

from dataclasses import dataclass, replace
from importlib.util import find_spec

import torch

from core.errors import UserError
from core.registry import Registry

CAST, ROUND, BITSANDBYTES = "cast", "round", "bitsandbytes"  # how weights come into it
FULL = "fp32"  # what quantized models are compared with; heads of ours for quantized encoders are trained in it
UNKNOWN_TABLES = 1 / 4  # share of embeddings where nobody counted them; a 7B model has 1/7, a small one more


@dataclass(frozen=True)
class Precision:
    """One number format of the weights.

    `bits` a weight of a linear layer; `stored` bytes it takes in memory, and `rest` bytes of each other parameter: embeddings,
    norms, biases and output matrices are never quantized. `group` weights share one scale (0: a row of the matrix, or none).
    Gradients flow to the inputs in all of these; models.gradient_check proves it of every quantized model that is loaded.
    """

    name: str
    bits: int
    how: str
    dtype: torch.dtype
    stored: float
    rest: int
    group: int = 0
    devices: tuple[str, ...] = ("cpu", "cuda", "mps")
    package: str = ""
    about: str = ""

    @property
    def quantized(self) -> bool:
        """Whether weights were rounded to a few levels."""
        return self.how != CAST

    @property
    def head(self) -> str:
        """The precision of the encoder that a head of ours is trained on: the full one, so that only the encoder changes."""
        return FULL if self.quantized else self.name

    def runs_on(self, device: str) -> bool:
        """Whether this machine can, on a device of this type ("cpu", "cuda")."""
        return device in self.devices and (not self.package or find_spec(self.package) is not None)

    def bytes_of(self, parameters: int, tables: int = 0) -> int:
        """Bytes of the weights of a model with so many parameters, of which `tables` are embeddings (0: nobody counted)."""
        kept = tables or int(parameters * UNKNOWN_TABLES)
        return int((parameters - kept) * self.stored + kept * self.rest)


PRECISIONS: Registry[Precision] = Registry("unknown_precision")

PRECISIONS.add(Precision("fp32", 32, CAST, torch.float32, 4, 4))
PRECISIONS.add(Precision("bf16", 16, CAST, torch.bfloat16, 2, 2))

# round to the nearest of 2^bits − 1 symmetric levels a group; the rounded weights are kept in fp32, so no memory is saved:
# a reference that every back end can be compared with, and at 2 bits a control that must come out broken
for _bits, _group in ((8, 64), (4, 32), (3, 32), (2, 32)):
    PRECISIONS.add(Precision(f"rtn{_bits}", _bits, ROUND, torch.float32, 4, 4, _group, about=f"w{_bits} · g{_group}"))

# Dettmers et al. 2022, arXiv 2208.07339 (LLM.int8) and 2023, arXiv 2305.14314 (NF4); both also compute on processors
for _name, _bits, _stored, _group, _about in (("int8", 8, 1.01, 0, "w8a8"), ("nf4", 4, 0.5625, 64, "nf4 · g64")):
    _devices, _package = ("cpu", "cuda"), "bitsandbytes"
    _made = Precision(f"bnb-{_name}", _bits, BITSANDBYTES, torch.float32, _stored, 4, _group, _devices, _package)
    PRECISIONS.add(replace(_made, about=_about))


def runnable(device: torch.device) -> tuple[str, ...]:
    """The precisions that this machine can do, in the order of their declaration."""
    return tuple(one.name for one in PRECISIONS if one.runs_on(device.type))


def check_device(name: str, device: torch.device) -> Precision:
    """The precision, if this machine can do it. Raises UserError: unknown_precision, precision_needs."""
    asked = PRECISIONS[name]
    if asked.runs_on(device.type):
        return asked
    needs = " / ".join(asked.devices) + (f", {asked.package}" if asked.package else "")
    raise UserError("precision_needs", name=name, needs=needs, here=device.type, fits=", ".join(runnable(device)))


def described(name: str) -> str:
    """The precision for a model card: "rtn4 (w4 · g32; embeddings fp32)"."""
    about = next((one.about for one in PRECISIONS if one.name == name), "")
    return f"{name} ({about}; embeddings fp32)" if about else name
