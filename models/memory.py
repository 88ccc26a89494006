"""Memory and precision: what a model will take, what is free, and which number format this machine computes fast."""

from __future__ import annotations

from pathlib import Path

import psutil
import torch

from core.errors import UserError, unknown
from models.catalog import Row, catalog
from models.precisions import PRECISIONS, check_device, runnable

MEGABYTE = 1_000_000
AUTO = "auto"
NAMES = (AUTO, *(one.name for one in PRECISIONS))
WORKING = 300 * MEGABYTE  # activations and the tokenizer of a small model beside its weights
SPARE = 1.05  # weights twice in memory for a moment, tensor by tensor
_GROUP = Path("/sys/fs/cgroup")
_CPU = Path("/proc/cpuinfo")


def device_of(setting: str) -> torch.device:
    """The device to compute on; "auto" is the GPU where there is one. Raises UserError("unknown_choice")."""
    if setting == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        return torch.device(setting)
    except RuntimeError as error:
        raise unknown("unknown_choice", setting, ("auto", "cpu", "cuda")) from error


def runnable_here() -> tuple[str, ...]:
    """The precisions that this machine can do."""
    return runnable(device_of(AUTO))


def precision_of(wanted: str, device: torch.device) -> str:
    """A precision by name; "auto" is bf16 where the hardware computes it, else fp32.

    Raises UserError: unknown_precision, and precision_needs where this machine cannot do it.
    """
    if wanted not in NAMES:
        raise unknown("unknown_precision", wanted, NAMES)
    if wanted != AUTO:
        return check_device(wanted, device).name
    fast = torch.cuda.is_bf16_supported(including_emulation=False) if device.type == "cuda" else _cpu_has_bf16()
    return "bf16" if fast else "fp32"


def estimate_memory(row: Row, precision: str) -> int:
    """Bytes that the model takes once loaded; measured where the catalogue says so, 0 where nobody knows its size."""
    if precision in row.memory_mb:
        return row.memory_mb[precision] * MEGABYTE
    if not row.parameters:
        return 0
    return int(PRECISIONS[precision].bytes_of(row.parameters, row.embeddings) * SPARE) + WORKING


def free_memory(device: torch.device) -> int:
    """Bytes free for a model: of the GPU, or of the machine within the limit that its container sets."""
    if device.type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0])
    return min(int(psutil.virtual_memory().available), _group_free())


def refusal(row: Row, need: int, free: int, device: torch.device) -> UserError:
    """The error for a model that does not fit, with those of its family that would."""
    rows = [other for other in catalog() if other.family == row.family]
    can = runnable(device)
    fits = [f"{other.name} ({kind})" for other in rows for kind in can if 0 < estimate_memory(other, kind) <= free]
    facts = {"need": need // MEGABYTE, "free": free // MEGABYTE}
    return UserError("out_of_memory", name=row.name, fits=", ".join(fits) or "–", **facts)


def _group_free() -> int:
    """What is left of the container's limit (cgroup 2); no limit is a very large number."""
    try:
        limit = (_GROUP / "memory.max").read_text().strip()
        used = int((_GROUP / "memory.current").read_text())
        cached = dict(line.split() for line in (_GROUP / "memory.stat").read_text().splitlines())["inactive_file"]
    except (OSError, ValueError, KeyError):
        return 1 << 62
    return 1 << 62 if limit == "max" else max(0, int(limit) - used + int(cached))


def _cpu_has_bf16() -> bool:
    """Whether the processor multiplies bf16 itself; elsewhere it is several times slower than fp32."""
    try:
        flags = _CPU.read_text()
    except OSError:
        return False
    return "amx_bf16" in flags or "avx512_bf16" in flags
