"""A sequence classifier as its makers trained it, with the checkpoints of its training where they stand beside it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from torch import nn

from core.data import Dataset
from core.errors import UserError
from models.classifier import EncoderClassifier
from models.encoder import position_limit
from models.heads.input_reader import InputReader
from models.heads.networks import SequenceNetwork, label_order
from models.predictions.facts import facts_of
from models.weights.checkpoints import Stage, checkpoints
from models.weights.store import Loaded


def fine_tuned(loaded: Loaded, dataset: Dataset, earlier: Callable[[Loaded, Path], Loaded]) -> EncoderClassifier:
    """The classifier, its labels in the data's order where they are the same; `earlier` loads its weights as a checkpoint has them.

    Raises UserError: no_classifier, last_token.
    """

    def at(folder: Path) -> EncoderClassifier:
        return _classifier(earlier(loaded, folder), dataset, ())

    stages = tuple(Stage(one.rate, partial(at, one.folder)) for one in checkpoints(loaded.folder))
    return _classifier(loaded, dataset, stages)


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
