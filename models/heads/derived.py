"""Files that are made of a data set, heads and sentence vectors: what they are called, and how long those of a visitor's file stay."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path

from core.data import Dataset
from core.values import fingerprint
from models.catalog import plain

UPLOADS = "uploads"  # the folder of what was made of visitors' files
HOUR = 3600.0


def kept_at(folder: Path, dataset: Dataset, name: str, facts: object) -> Path:
    """Where it is kept, without a suffix: by `name` and a digest of the facts that it depends on. No name of a data set stands there."""
    shelf = folder / UPLOADS if dataset.uploaded else folder
    return shelf / f"{plain(name)}-{fingerprint(facts)}"


def used(*paths: Path) -> None:
    """Note that these are used now."""
    for path in paths:
        with suppress(OSError):  # one that was just forgotten, or a cache that nobody may write to
            os.utime(path)


def forget_old(folder: Path, hours: float) -> None:
    """Delete what was made of visitors' files and was not used for so long."""
    limit = time.time() - hours * HOUR
    for path in (folder / UPLOADS).glob("*"):
        with suppress(OSError):
            if path.stat().st_mtime < limit:
                path.unlink()
