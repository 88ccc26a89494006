"""Models by name: the sentence encoder, models that can be explained on a data set, and models that write."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import replace

from core.data import Dataset
from core.dialogue import Alteration
from core.errors import UserError
from core.progress import Progress
from core.settings import Settings
from core.waiting import held
from models.base import GENERATE, GRADIENTS, PREDICT, ExplainedModel, Generator
from models.catalog import CAUSAL, ENCODER, FILE, REMOTE, find
from models.causal import CausalClassifier, CausalGenerator
from models.classifier import EncoderClassifier
from models.encoder import PREFIX, Encoder, position_limit
from models.generation.local_chat import LocalChat
from models.heads.derived import forget_old
from models.heads.fine_tuned import fine_tuned
from models.heads.head import Head, head_path, load_head, load_or_train, training_of
from models.heads.input_reader import InputReader
from models.heads.networks import PooledNetwork
from models.heads.sentence_vectors import SentenceVectors
from models.predictions.facts import facts_of
from models.quantization.gradient_check import gradients_hold
from models.quantization.precisions import FULL, PRECISIONS
from models.remote import Remote
from models.weights.folders import MODELS
from models.weights.memory import device_of, precision_of
from models.weights.reading import CLASSIFIER
from models.weights.room import Room
from models.weights.store import STEP, Loaded, Store

SENTENCES = "e5-small"  # the sentence encoder of parsing and of nearest neighbours
KEPT = 8  # explained models in memory: each is a head or a prompt on weights that they share
RETRAIN = "retrain"  # the key under `step` that a session's copy reports its progress with
Key = tuple[tuple[str, str], str]  # weights, and data set at its revision
Classifier = EncoderClassifier | CausalClassifier
Copy = tuple[ExplainedModel, ExplainedModel]  # a model, and what a session made of it


class Models:
    """All models of one process, for several threads at once. What is in use stays alive when its place is given away."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.device = device_of(settings.device)
        self._heads = settings.cache / "heads"
        self.vectors = SentenceVectors(settings.cache / "vectors")
        room = Room(self.device, settings.memory_mb)
        self._store = Store(settings.cache / MODELS, room, self._drop, (find(SENTENCES).key, FULL))
        self._explained: OrderedDict[Key, ExplainedModel] = OrderedDict()
        self._copies: OrderedDict[tuple[int, tuple[Alteration, ...]], Copy] = OrderedDict()
        self._reading = threading.RLock()
        self._building = threading.Lock()

    def encoder(self, progress: Progress | None = None) -> Encoder:
        """The multilingual sentence encoder, in full precision whatever is explained: parses and neighbours are the same everywhere."""
        return _encoder(self._store.get(find(SENTENCES), FULL, progress or Progress()))

    def explained(
        self,
        name: str,
        precision: str,
        dataset: Dataset,
        progress: Progress | None = None,
        changes: tuple[Alteration, ...] = (),
    ) -> ExplainedModel:
        """The model of this name for the data set's labels; a missing head is trained first.

        With `changes` a session's copy of it, where `dataset` is still the one without them. Raises UserError: unknown_model,
        unknown_precision, out_of_memory, corrupt_model, too_few_rows, what fetching raises, and for changes what `altered` does.
        """
        if changes:
            return self._copy(self.explained(name, precision, dataset, progress), changes, dataset, progress)
        row, exact = find(name), precision_of(precision, self.device)
        if row.kind == REMOTE:  # it writes texts; what it computes on the way nobody sees
            raise UserError("missing_capability", model=row.title, capability=PREDICT)
        key = ((row.key, exact), f"{dataset.name}@{dataset.revision}")
        if found := self._known(key):
            return found
        listener = progress or Progress()
        loaded = self._store.get(row, exact, listener)
        with held(self._building, lambda: listener(STEP, 0.0)):
            return self._known(key) or self._build(key, loaded, dataset, listener)

    def _copy(
        self, base: ExplainedModel, changes: tuple[Alteration, ...], dataset: Dataset, progress: Progress | None
    ) -> ExplainedModel:
        """A copy with changes, kept by its content: sessions with the same changes share it, and no other ever sees it."""
        key = (id(base), changes)
        with self._reading:
            if key in self._copies and self._copies[key][0] is base:
                self._copies.move_to_end(key)
                return self._copies[key][1]
        (progress or Progress())(RETRAIN, 0.0)
        made = _limited(base.altered(changes, dataset), base)
        with self._reading:
            self._copies[key] = (base, made)
            while len(self._copies) > KEPT:
                self._copies.popitem(last=False)
        return made

    def head(self, name: str, precision: str, dataset: Dataset, progress: Progress, force: bool = False) -> Head:
        """The trained head of an encoder. Raises UserError("no_head") for a model that needs none, and as `explained`."""
        loaded = self._store.get(find(name), precision_of(precision, self.device), progress)
        if loaded.family != ENCODER:
            raise UserError("no_head", name=name)
        return self._head(loaded, dataset, progress, force)

    def generator(self, name: str, precision: str, progress: Progress | None = None) -> Generator:
        """The model of this name as a writer. Raises UserError("missing_capability") for an encoder, and as `explained`."""
        return self._remote(name) if name.startswith(REMOTE) else self._writer(name, precision, progress)

    def talker(self, name: str, precision: str, progress: Progress | None = None) -> Remote | LocalChat:
        """The model of this name as one that calls tools. Raises UserError("no_tool_calls"), and as `generator`."""
        if name.startswith(REMOTE):
            return self._remote(name)
        heard = progress or Progress()
        return LocalChat(self._writer(name, precision, heard), heard.stopped.is_set)

    def _remote(self, name: str) -> Remote:
        return Remote(name, self.settings.remote_key.get_secret_value())

    def _writer(self, name: str, precision: str, progress: Progress | None) -> CausalGenerator:
        loaded = self._store.get(find(name), precision_of(precision, self.device), progress or Progress())
        if loaded.family != CAUSAL:
            raise UserError("missing_capability", model=name, capability=GENERATE)
        return CausalGenerator(loaded.row, loaded.model, loaded.tokenizer)

    def has(self, name: str) -> bool:
        """Whether the files of this model are on this machine, so that nothing must be downloaded."""
        row = find(name)
        return row.kind in (FILE, REMOTE) or self._store.holds(row)

    def loaded(self, name: str, precision: str) -> bool:
        """Whether its weights are in memory now. Raises UserError: unknown_model, unknown_precision, precision_needs."""
        return self._store.loaded(find(name), precision_of(precision, self.device))

    def forget_uploads(self, hours: float) -> None:
        """Delete what was made of visitors' files and was not used for so long."""
        for folder in (self._heads, self.vectors.folder):
            forget_old(folder, hours)

    def _known(self, key: Key) -> ExplainedModel | None:
        self._store.used(key[0])
        with self._reading:
            if key in self._explained:
                self._explained.move_to_end(key)
            return self._explained.get(key)

    def _drop(self, weights: tuple[str, str]) -> None:
        """Forget what stands on weights that are given up."""
        with self._reading:
            for key in [key for key in self._explained if key[0] == weights]:
                self._forget_copies(self._explained.pop(key))

    def _forget_copies(self, gone: ExplainedModel) -> None:
        for key in [key for key, (base, _) in self._copies.items() if base is gone]:
            del self._copies[key]

    def _build(self, key: Key, loaded: Loaded, dataset: Dataset, progress: Progress) -> ExplainedModel:
        made = self._made(loaded, dataset, progress)
        quantized = PRECISIONS[loaded.precision].quantized or hasattr(loaded.model.config, "quantization_config")
        if quantized and not gradients_hold(made, dataset.schema):
            made.capabilities = made.capabilities - {GRADIENTS}
        with self._reading:
            self._explained[key] = made
            while len(self._explained) > KEPT:
                self._forget_copies(self._explained.popitem(last=False)[1])
        if self._store.used(key[0]) is None:  # given up while this was built on them
            self._drop(key[0])
        return made

    def _made(self, loaded: Loaded, dataset: Dataset, progress: Progress) -> Classifier:
        if loaded.family == CAUSAL:
            return self._causal(loaded, dataset)
        if loaded.family == CLASSIFIER:
            return fine_tuned(loaded, dataset, self._store.checkpoint)
        return self._headed(loaded, dataset, progress)

    def _head(self, loaded: Loaded, dataset: Dataset, progress: Progress, force: bool = False) -> Head:
        """The head; for a quantized encoder that of the same encoder in full precision, so that only the encoder changes."""
        folder, seed, exact = self._heads, self.settings.seed, PRECISIONS[loaded.precision].head
        found = None if force else load_head(head_path(folder, _encoder(loaded), dataset, seed, exact))
        if found:
            return found
        full = loaded if exact == loaded.precision else self._store.get(loaded.row, exact, progress)
        return load_or_train(folder, _encoder(full), dataset, seed, progress, exact, force)

    def _headed(self, loaded: Loaded, dataset: Dataset, progress: Progress) -> EncoderClassifier:
        """An encoder with a head of ours."""
        head = self._head(loaded, dataset, progress)
        network = PooledNetwork(loaded.model, head.card.layer, head.weight, head.bias)
        reader = InputReader(loaded.tokenizer, position_limit(loaded.model, loaded.tokenizer), PREFIX)
        facts = facts_of(loaded.row, loaded.revision, loaded.precision, head.card)
        training = replace(training_of(head, dataset), own=head.card.precision == loaded.precision)
        names = (loaded.row.name, loaded.revision, loaded.precision)
        return EncoderClassifier(*names, network, reader, dataset.schema, head.card.labels, facts, training)

    def _causal(self, loaded: Loaded, dataset: Dataset) -> CausalClassifier:
        """A causal model with a prompt."""
        model, tokenizer, seed = loaded.model, loaded.tokenizer, self.settings.seed
        return CausalClassifier(loaded.row, model, tokenizer, loaded.precision, dataset, seed, loaded.revision)


def _limited(made: ExplainedModel, base: ExplainedModel) -> ExplainedModel:
    """A copy cannot do what its base cannot."""
    if isinstance(made, EncoderClassifier | CausalClassifier) and GRADIENTS not in base.capabilities:
        made.capabilities = made.capabilities - {GRADIENTS}
    return made


def _encoder(loaded: Loaded) -> Encoder:
    return Encoder(loaded.row.name, loaded.revision, loaded.model, loaded.tokenizer)
