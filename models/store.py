"""Loaded weights, kept while there is room: the longest unused make way for the next."""

from __future__ import annotations

import gc
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase
from transformers.utils import logging as transformers_logging

from core.progress import Progress
from models.catalog import Row
from models.folders import model_folder
from models.memory import estimate_memory, free_memory, refusal
from models.precisions import PRECISIONS
from models.weights import checked, counted, family_of, load_weights

STEP = "load"  # the key under `step` that loading reports its progress with


@dataclass(frozen=True)
class Loaded:
    """Network and tokenizer of one row in one precision; `row` knows its parameters, also where the catalogue did not.

    `precision` is the one that the weights have in truth: a checkpoint that its makers quantized keeps its own.
    """

    row: Row
    precision: str
    family: str
    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase
    folder: Path

    @property
    def revision(self) -> str:
        """What pins the weights: the first digits of a SHA-256, or a hub commit, which names the folder."""
        return self.row.sha256[:12] or self.row.revision or self.folder.name

    @property
    def key(self) -> tuple[str, str]:
        """What makes it this one: the row's content and the precision."""
        return self.row.key, self.precision


class Store:
    """Weights by row and precision; one at a time is loaded. `dropped` hears of keys that are given up."""

    def __init__(self, cache: Path, device: torch.device, dropped: Callable[[tuple[str, str]], None]) -> None:
        self.cache = cache
        self.device = device
        self._dropped = dropped
        self._loaded: OrderedDict[tuple[str, str], Loaded] = OrderedDict()
        self._lock = threading.RLock()
        transformers_logging.set_verbosity_error()
        transformers_logging.disable_progress_bar()

    def get(self, row: Row, precision: str, progress: Progress) -> Loaded:
        """The weights of a row in a precision. Raises UserError: out_of_memory, corrupt_model, and what fetching raises."""
        with self._lock:
            key = (row.key, precision)
            if key not in self._loaded:
                self._loaded[key] = self._load(row, precision, progress)
            self._loaded.move_to_end(key)
            return self._loaded[key]

    def loaded(self, row: Row, precision: str) -> bool:
        """Whether these weights are in memory now."""
        return (row.key, precision) in self._loaded

    def holds(self, row: Row) -> bool:
        """Whether the row's files were fetched before."""
        return (self.cache / row.key).exists() or (self.cache / "hub" / f"{row.key}.json").exists()

    def _load(self, row: Row, precision: str, progress: Progress) -> Loaded:
        self._make_room(row, precision)
        folder = model_folder(row, self.cache, progress)
        progress(STEP, 0.2)
        if not row.parameters:
            row = row.model_copy(update={"parameters": counted(folder)})
            self._make_room(row, precision)
        family = family_of(row, folder)
        exact = checked(row, folder, PRECISIONS[precision], self.device)
        model, tokenizer = load_weights(row, folder, family, exact, self.device)
        progress(STEP, 1.0)
        return Loaded(row, exact.name, family, model, tokenizer, folder)

    def _make_room(self, row: Row, precision: str) -> None:
        """Give up the longest unused until the model fits; raises UserError("out_of_memory") where it does not even then."""
        need = estimate_memory(row, precision)
        while need > free_memory(self.device) and self._loaded:
            key, _ = self._loaded.popitem(last=False)
            self._dropped(key)
            gc.collect()
        if need > (free := free_memory(self.device)):
            raise refusal(row, need, free, self.device)
