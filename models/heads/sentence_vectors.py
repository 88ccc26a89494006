"""Sentence vectors of a data set's rows: made once, kept in memory and on disk."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from core.data import Dataset
from core.progress import Progress
from models.encoder import Encoder
from models.heads.derived import kept_at, used

STEP = "search"  # the key under `step` that it reports its progress with
CHUNK = 64  # rows between two looks at the stop button
KEPT = 4  # data sets in memory


class SentenceVectors:
    """Vectors [row, hidden], fp32, of length 1, by the rows' texts and what the encoder is: labels may change."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._kept: OrderedDict[Path, np.ndarray] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, dataset: Dataset, encoder: Encoder, progress: Progress) -> np.ndarray:
        """The vectors of all rows, in their order."""
        texts = [row.text for row in dataset.rows]
        stem = kept_at(self.folder, dataset, encoder.name, (encoder.kind, texts))
        path = stem.with_name(f"{stem.name}.safetensors")
        with self._lock:
            found = self._kept.get(path)
            if found is None:
                found = _read(path)
                if found is None:
                    found = _embedded(texts, encoder, progress)
                    _write(found, path)
            self._kept[path] = found
            self._kept.move_to_end(path)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
            return found


def _embedded(texts: list[str], encoder: Encoder, progress: Progress) -> np.ndarray:
    """Texts of like length go together, so that little is padded."""
    order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
    made = np.zeros((len(texts), encoder.hidden), np.float32)
    for start in range(0, len(order), CHUNK):
        progress(STEP, start / len(order))
        places = order[start : start + CHUNK]
        made[places] = encoder.embed([texts[place] for place in places])
    progress(STEP, 1.0)
    return made


def _read(path: Path) -> np.ndarray | None:
    """What was written; None where it cannot be read, since it can be made anew."""
    try:
        found: np.ndarray = load_file(path)["vectors"].numpy()
        used(path)
    except (OSError, SafetensorError, KeyError):
        return None
    return found


def _write(vectors: np.ndarray, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    save_file({"vectors": torch.from_numpy(vectors)}, part)
    os.replace(part, path)
