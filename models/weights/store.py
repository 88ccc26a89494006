"""Loaded weights, kept while there is room: the longest unused make way for the next."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from transformers import PreTrainedModel, PreTrainedTokenizerBase
from transformers.utils import logging as transformers_logging

from core.progress import Progress
from core.waiting import held
from models.catalog import Row
from models.quantization.precisions import PRECISIONS
from models.weights.folders import model_folder, packed
from models.weights.hub import fetched
from models.weights.memory import estimate_memory, memory_errors, peak_memory, refusal, release
from models.weights.reading import checked, counted, family_of, load_network, load_weights
from models.weights.room import Room

Key = tuple[str, str]  # the row's key, and the precision
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
    def key(self) -> Key:
        """What makes it this one: the row's content and the precision."""
        return self.row.key, self.precision

    @property
    def size(self) -> int:
        """Bytes that it takes, as they were reckoned with before it was loaded."""
        return estimate_memory(self.row, self.precision)


class Store:
    """Weights by row and precision; one at a time is loaded. `dropped` hears of keys that are given up, which `pinned` never is."""

    def __init__(self, cache: Path, room: Room, dropped: Callable[[Key], None], pinned: Key = ("", "")) -> None:
        self.cache = cache
        self.device = room.device
        self._room = room
        self._dropped = dropped
        self._pinned = pinned
        self._loaded: OrderedDict[Key, Loaded] = OrderedDict()  # the longest unused first
        self._looking = threading.Lock()
        self._loading = threading.Lock()
        transformers_logging.set_verbosity_error()
        transformers_logging.disable_progress_bar()

    def get(self, row: Row, precision: str, progress: Progress) -> Loaded:
        """The weights of a row in a precision; who needs others that are in memory does not wait for them.

        Raises UserError: out_of_memory, corrupt_model, and what fetching raises.
        """
        key = (row.key, precision)
        if found := self.used(key):
            return found
        with held(self._loading, lambda: progress(STEP, 0.0)):
            if found := self.used(key):
                return found
            made = self._load(row, precision, progress)
            with self._looking:
                self._loaded[key] = made
            return made

    def checkpoint(self, loaded: Loaded, folder: Path) -> Loaded:
        """Weights of an earlier state, which count as these do but belong to who asked. Raises UserError: out_of_memory, corrupt_model."""
        row, precision = loaded.row, PRECISIONS[loaded.precision]
        with self._loading, memory_errors(row, loaded.size, self.device):
            self._make_room(row, loaded.size, beside=loaded)
            model = load_network(row, folder, loaded.family, precision, self.device)
            self._room.take(model, loaded.size)
        return replace(loaded, model=model, folder=folder)

    def used(self, key: Key) -> Loaded | None:
        """The weights if they are in memory: from now on those that were used last."""
        with self._looking:
            if key in self._loaded:
                self._loaded.move_to_end(key)
            return self._loaded.get(key)

    def loaded(self, row: Row, precision: str) -> bool:
        """Whether these weights are in memory now."""
        return (row.key, precision) in self._loaded

    def holds(self, row: Row) -> bool:
        """Whether the row's files were fetched before."""
        return (self.cache / row.key).exists() or fetched(row, self.cache / "hub") is not None

    def _load(self, row: Row, precision: str, progress: Progress) -> Loaded:
        need = self._peak(row, precision)
        with memory_errors(row, need, self.device):
            self._make_room(row, need)
            folder = model_folder(row, self.cache, progress)
            progress(STEP, 0.2)
            if not row.parameters:
                row = row.model_copy(update={"parameters": counted(folder)})
                self._make_room(row, self._peak(row, precision))
            family = family_of(row, folder)
            exact = checked(row, folder, PRECISIONS[precision], self.device)
            model, tokenizer = load_weights(row, folder, family, exact, self.device)
        made = Loaded(row, exact.name, family, model, tokenizer, folder)
        self._room.take(model, made.size)
        progress(STEP, 1.0)
        return made

    def _peak(self, row: Row, precision: str) -> int:
        return peak_memory(row, precision, packed(row, self.cache))

    def _make_room(self, row: Row, need: int, beside: Loaded | None = None) -> None:
        """Give up the longest unused until so many bytes are free, but nobody's for a model that does not fit even then.

        Raises UserError("out_of_memory").
        """
        release()
        with self._looking:
            sizes = {key: one.size for key, one in self._loaded.items() if key != self._pinned and one is not beside}
        if need > (within_reach := self._room.free + sum(sizes.values())):
            raise refusal(row, need, within_reach, self.device)
        for key in sizes:
            if need > self._room.free:
                self._drop(key)
        if need > (free := self._room.free):  # somebody still uses what was given up
            raise refusal(row, need, free, self.device)

    def _drop(self, key: Key) -> None:
        with self._looking:
            del self._loaded[key]
        self._dropped(key)
        release()
