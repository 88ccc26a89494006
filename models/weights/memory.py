"""Memory and precision: what a model will take, what is free, and which number format this machine computes fast."""

from __future__ import annotations

import errno
import gc
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import torch

from core.errors import UserError, unknown
from models.catalog import Row, catalog
from models.quantization.precisions import PRECISIONS, check_device, runnable

MEGABYTE = 1_000_000
AUTO = "auto"
NAMES = (AUTO, *(one.name for one in PRECISIONS))
WORKING = 300 * MEGABYTE  # activations and the tokenizer of a small model beside its weights
SPARE = 1.05  # weights twice in memory for a moment, tensor by tensor
UNPACKING = 4.5  # bytes a parameter while a GGUF file is written out: 4.41 with a Llama of 192 million
SHORT = ("allocate memory", "out of memory")  # what torch says where it has no error of its own for it
_GROUP = Path("/sys/fs/cgroup")
_CPU = Path("/proc/cpuinfo")


def device_of(setting: str, here: bool = True) -> torch.device:
    """The device to compute on; "auto" is the GPU where there is one. Raises UserError("unknown_choice"), also for one that is not here.

    With `here` False it may be that of another machine, which is only planned for.
    """
    present = _present()
    if setting == AUTO:
        return torch.device("cuda" if "cuda" in present else "cpu")
    try:
        found = torch.device(setting)
    except RuntimeError as error:
        raise unknown("unknown_choice", setting, (AUTO, *present)) from error
    if here and (found.type not in present or (found.index or 0) >= present[found.type]):
        raise unknown("unknown_choice", setting, (AUTO, *present))
    return found


def _present() -> dict[str, int]:
    """The kinds of device that this machine has, and how many of each."""
    found = {"cpu": 1, "cuda": torch.cuda.device_count(), "mps": int(torch.backends.mps.is_available())}
    return {kind: count for kind, count in found.items() if count}


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
    """Bytes that the model takes once loaded; measured where the catalogue says so, 0 where its size is unknown."""
    if precision in row.memory_mb:
        return row.memory_mb[precision] * MEGABYTE
    if not row.parameters:
        return 0
    return int(PRECISIONS[precision].bytes_of(row.parameters, row.embeddings) * SPARE) + WORKING


def peak_memory(row: Row, precision: str, packed: bool = False) -> int:
    """Bytes that the model takes until it is loaded, which may be more than afterwards; `packed`: its GGUF file is to be written out."""
    loading = PRECISIONS[precision].bytes_loading(row.parameters, row.embeddings)
    unpacking = int(row.parameters * UNPACKING) if packed else 0
    return max(estimate_memory(row, precision), loading, unpacking)


def free_memory(device: torch.device) -> int:
    """Bytes free for a model: of the GPU, or of the machine within the limit that its container sets."""
    if device.type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0])
    return min(int(psutil.virtual_memory().available), _group_free())


def release() -> None:
    """Give back what is not held any more: cycles that wait for the collector, and what torch keeps of a GPU for itself."""
    gc.collect()
    torch.cuda.empty_cache()  # does nothing where no GPU was used


def ran_out(error: Exception) -> bool:
    """Whether this is a lack of memory, of the machine or of the GPU."""
    told = isinstance(error, MemoryError | torch.OutOfMemoryError) or getattr(error, "errno", None) == errno.ENOMEM
    return told or any(sign in str(error).lower() for sign in SHORT)


@contextmanager
def memory_errors(row: Row, need: int, device: torch.device) -> Iterator[None]:
    """Memory that runs out meanwhile is said as memory that was not there before."""
    try:
        yield
    except Exception as error:
        if not ran_out(error):
            raise
        traceback.clear_frames(error.__traceback__)  # they hold what was loaded so far
        release()
        raise refusal(row, need, free_memory(device), device) from error


def refusal(row: Row, need: int, free: int, device: torch.device) -> UserError:
    """The error for a model that does not fit, with those of its family that would."""
    rows = [other for other in catalog() if other.family == row.family]
    can = runnable(device)
    fits = [f"{other.name} ({kind})" for other in rows for kind in can if 0 < peak_memory(other, kind) <= free]
    facts = {"need": need // MEGABYTE, "free": max(free, 0) // MEGABYTE}
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
