"""Precisions: one declaration each – how a model is loaded in it, on what hardware, in how much memory, and whether gradients flow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.util import find_spec

import torch

from core.errors import UserError
from core.registry import Registry

CAST, ROUND, BITSANDBYTES = "cast", "round", "bitsandbytes"  # how weights come into it
QUANTO, TORCHAO = "quanto", "torchao"
CHECKPOINT = "checkpoint"  # quantized by its makers with calibration texts; here it is read as it is
FULL = "fp32"  # what quantized models are compared with; heads of ours for quantized encoders are trained in it
UNKNOWN_TABLES = 1 / 4  # share of embeddings where they were not counted; a 7B model has 1/7, a small one more


@dataclass(frozen=True)
class Precision:
    """One number format of the weights.

    `bits` a weight of a linear layer; `stored` bytes it takes in memory, and `rest` bytes of each other parameter: embeddings,
    norms, biases and output matrices are never quantized. `group` weights share one scale (0: a row of the matrix, or none).
    `package` must be importable; where it is optional, `extra` of pyproject.toml installs it.
    Whether gradients flow to the inputs, models.quantization.gradient_check finds out for every quantized model that is loaded.
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
    extra: str = ""

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
        return device in self.devices and self.installed

    @property
    def installed(self) -> bool:
        """Whether its package is there."""
        try:
            return not self.package or find_spec(self.package) is not None
        except ModuleNotFoundError:  # of the package that it is a part of
            return False

    @property
    def needs(self) -> str:
        """Devices and package, as a machine's owner reads them: "cpu / cuda, bitsandbytes"."""
        return " / ".join(self.devices) + (f", {self.package}" if self.package else "")

    def bytes_of(self, parameters: int, tables: int = 0) -> int:
        """Bytes of the weights of a model with so many parameters, of which `tables` are embeddings (0: not counted)."""
        kept = tables or int(parameters * UNKNOWN_TABLES)
        return int((parameters - kept) * self.stored + kept * self.rest)

    def bytes_loading(self, parameters: int, tables: int = 0) -> int:
        """Bytes while it is loaded: two back ends take the whole network in full precision first."""
        whole = 4 * parameters if self.how in (QUANTO, TORCHAO) else 0
        return max(whole, self.bytes_of(parameters, tables))


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

# optimum-quanto, and torchao's weight-only int8 (its dynamic int8 has silently wrong gradients): activations stay as they are
_quanto = Precision(
    "quanto-int8", 8, QUANTO, torch.float32, 1.01, 4, package="optimum.quanto", about="w8", extra="quanto"
)
PRECISIONS.add(_quanto)
PRECISIONS.add(replace(_quanto, name="quanto-int4", bits=4, stored=0.5625, group=128, about="w4 · g128"))
PRECISIONS.add(
    Precision("torchao-int8", 8, TORCHAO, torch.float32, 1.01, 4, package="torchao", about="w8", extra="torchao")
)

# Frantar et al. 2022, arXiv 2210.17323 (GPTQ) and Lin et al. 2023, arXiv 2306.00978 (AWQ): properties of files, not of a machine
for _name, _bits in (("gptq4", 4), ("gptq8", 8), ("awq4", 4)):
    _made = Precision(_name, _bits, CHECKPOINT, torch.float16, _bits / 8 + 0.0625, 2, 128, ("cuda",), "gptqmodel")
    PRECISIONS.add(replace(_made, about=f"w{_bits}, {_name[:-1].upper()}"))


def runnable(device: torch.device) -> tuple[str, ...]:
    """The precisions that this machine can do, in the order of their declaration."""
    return tuple(one.name for one in PRECISIONS if one.runs_on(device.type))


def check_device(name: str, device: torch.device) -> Precision:
    """The precision, if this machine can do it. Raises UserError: unknown_precision, precision_needs, missing_extra."""
    asked = PRECISIONS[name]
    if asked.runs_on(device.type):
        return asked
    if asked.extra and device.type in asked.devices:
        raise UserError("missing_extra", what=name, package=asked.package, extra=asked.extra)
    raise UserError("precision_needs", name=name, needs=asked.needs, here=device.type, fits=_fits(device))


def quantized_by(settings: Mapping[str, object] | None) -> str:
    """The precision of a checkpoint by its config's `quantization_config`: "" where it has none, its method where we know none."""
    if not settings:
        return ""
    method, bits = str(settings.get("quant_method", "")), settings.get("bits", settings.get("w_bit"))
    if method == BITSANDBYTES:
        return "bnb-int8" if settings.get("load_in_8bit") else "bnb-nf4"
    return f"{method}{bits or ''}"


def check_checkpoint(name: str, found: str, wanted: Precision, device: torch.device) -> Precision:
    """The precision that the checkpoint `name` has in truth: `found`, where its makers quantized it, else the one that is wanted.

    Raises UserError: not_quantized (a checkpoint's precision is wanted of a plain one), already_quantized (another one is wanted),
    checkpoint_needs (this machine cannot read it).
    """
    if not found:
        if wanted.how == CHECKPOINT:
            raise UserError("not_quantized", name=name, wanted=wanted.name, fits=_fits(device))
        return wanted
    own = next((one for one in PRECISIONS if one.name == found), None)
    if own is None or not own.runs_on(device.type):
        needs = own.needs if own else "–"
        raise UserError("checkpoint_needs", name=name, found=found, needs=needs, here=device.type, fits=_fits(device))
    if wanted.quantized and wanted is not own:
        raise UserError("already_quantized", name=name, found=found, wanted=wanted.name)
    return own


def _fits(device: torch.device) -> str:
    return ", ".join(runnable(device))


def described(name: str) -> str:
    """The precision for a model card: "rtn4 (w4 · g32; embeddings fp32)"."""
    about = next((one.about for one in PRECISIONS if one.name == name), "")
    return f"{name} ({about}; embeddings fp32)" if about else name
