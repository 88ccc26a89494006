"""A sequence classifier as its makers trained it, with the checkpoints of its training where they stand beside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import torch
from torch import nn

from core.data import Dataset
from core.errors import UserError
from models.checkpoints import Stage, checkpoints
from models.classifier import EncoderClassifier
from models.encoder import position_limit
from models.facts import facts_of
from models.input_reader import InputReader
from models.networks import SequenceNetwork, label_order
from models.precisions import PRECISIONS
from models.store import Loaded
from models.weights import load_network


def fine_tuned(loaded: Loaded, dataset: Dataset, device: torch.device) -> EncoderClassifier:
    """The classifier, its labels in the data's order where they are the same. Raises UserError: no_classifier, last_token."""
    stages = tuple(Stage(one.rate, _then(loaded, one.folder, dataset, device)) for one in checkpoints(loaded.folder))
    return _classifier(loaded, dataset, stages)


def _then(loaded: Loaded, folder: Path, dataset: Dataset, device: torch.device) -> Callable[[], EncoderClassifier]:
    """The same classifier as it was at a checkpoint."""

    def load() -> EncoderClassifier:
        model = load_network(loaded.row, folder, loaded.family, PRECISIONS[loaded.precision], device)
        return _classifier(replace(loaded, model=model, folder=folder), dataset, ())

    return load


def _classifier(loaded: Loaded, dataset: Dataset, stages: tuple[Stage[EncoderClassifier], ...]) -> EncoderClassifier:
    row, revision, precision = loaded.row, loaded.revision, loaded.precision
    if isinstance(getattr(loaded.model, "score", None), nn.Linear):  # a decoder's head: it reads the last token
        raise UserError("last_token", name=row.name)
    labels, order = label_order(loaded.model.config.id2label, dataset.schema.labels, row.name)
    network = SequenceNetwork(loaded.model, order, loaded.tokenizer.sep_token_id)
    reader = InputReader(loaded.tokenizer, position_limit(loaded.model, loaded.tokenizer), pairs=True)
    facts = facts_of(row, revision, precision, None)
    return EncoderClassifier(
        row.name, revision, precision, network, reader, dataset.schema, labels, facts, stages=stages
    )
