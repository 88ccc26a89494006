"""TracIn: how much a training step on each row moves the answer of a fine-tuned classifier, by the gradients of its last layer."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.data import Dataset, Instance, train_and_test
from core.errors import UserError
from core.explanations import Neighbours
from core.progress import Progress
from explainers.base import Note
from models.base import TRAIN
from models.classifier import EncoderClassifier, Final

STEP = "influence"  # the key under `step` that it reports its progress with
UNIT = "gradients"
ROWS = 400  # that the network reads for one question, drawn at random where there are more
CHUNK = 16  # rows between two looks at the stop button


@dataclass(frozen=True)
class Rows:
    """Labelled training rows that the model is asked about, of `total`, and the place of each one's label among the model's."""

    rows: tuple[Instance, ...]
    answers: np.ndarray
    total: int


def rows_for(model: EncoderClassifier, dataset: Dataset, instance: Instance, seed: int) -> Rows:
    """The training rows whose label the model knows, ROWS at most, without the instance itself, which says nothing about others.

    Raises UserError("missing_capability") where there are none.
    """
    learned = [row for row in train_and_test(dataset)[0] if row.label in model.labels]
    known = [row for row in learned if row.fields != instance.fields]
    if not known:
        raise UserError("missing_capability", model=model.name, capability=TRAIN)
    places = sorted(random.Random(seed).sample(range(len(known)), min(ROWS, len(known))))
    rows = tuple(known[place] for place in places)
    return Rows(rows, np.array([model.labels.index(row.label) for row in rows]), len(known))


def tracin(model: EncoderClassifier, found: Rows, instance: Instance, label: int, progress: Progress) -> np.ndarray:
    """Gain in the log-probability of `label` by a training step of size 1 on each row [row], to first order; positive rows support it.

    The gradient of a row's loss times that of the instance's, over weights and bias of the last layer; the mean over checkpoints,
    weighed by their learning rates, the finished model being the last. Pruthi et al. 2020, arXiv 2002.08484, section 3.2 and
    appendix F, without its drop of the bias. Raises UserError("missing_capability") for a model that does not end in a linear layer.
    """
    stages = [(stage.rate, stage.model) for stage in model.stages]
    stages.append((stages[-1][0] if stages else 1.0, model))
    gains = np.zeros(len(found.rows))
    for number, (rate, then) in enumerate(stages):
        part = (number / len(stages), 1 / len(stages))
        gains += rate * products(
            finals(then, found.rows, progress, part), found.answers, then.final((instance,)), label
        )
    weighed: np.ndarray = gains / sum(rate for rate, _ in stages)
    return weighed


def products(rows: Final, answers: np.ndarray, one: Final, label: int) -> np.ndarray:
    """∇loss · ∇loss of each row with one instance [row]: (x·x′ + 1) (p − y)·(p′ − y′), where the layer has a bias."""
    errors, own = residuals(rows.scores, answers), residuals(one.scores, np.array([label]))
    found: np.ndarray = (rows.inputs @ one.inputs[0] + 1.0) * (errors @ own[0])
    return found


def residuals(scores: np.ndarray, answers: np.ndarray) -> np.ndarray:
    """Probabilities less the answer [row, label]: the gradient of the cross-entropy by the scores."""
    raised = np.exp(scores - scores.max(1, keepdims=True))
    left: np.ndarray = raised / raised.sum(1, keepdims=True)
    left[np.arange(len(answers)), answers] -= 1
    return left


def finals(
    model: EncoderClassifier, rows: Sequence[Instance], progress: Progress, part: tuple[float, float] = (0.0, 1.0)
) -> Final:
    """The last layer of all rows; `part` is where this work begins in the whole, and its share of it."""
    made = list(_chunks(model, rows, progress, part))
    return Final(np.concatenate([one.inputs for one in made]), np.concatenate([one.scores for one in made]))


def _chunks(
    model: EncoderClassifier, rows: Sequence[Instance], progress: Progress, part: tuple[float, float]
) -> Iterator[Final]:
    for start in range(0, len(rows), CHUNK):
        progress(STEP, part[0] + part[1] * start / len(rows))
        yield model.final(tuple(rows[start : start + CHUNK]))


def by_gradients(
    model: EncoderClassifier, instance: Instance, k: int, dataset: Dataset, seed: int, progress: Progress
) -> Neighbours:
    """The `k` rows whose training step would move the model's answer most, either way, strongest first."""
    found = rows_for(model, dataset, instance, seed)
    prediction = model.predict([instance])[0]
    gains = tracin(model, found, instance, model.labels.index(prediction.label), progress)
    first = np.argsort(-np.abs(gains), kind="stable")[:k]
    progress(STEP, 1.0)
    stamp = replace(
        prediction.provenance, method="tracin", notes=(*prediction.provenance.notes, *_limits(model, found))
    )
    rows, scores = tuple(found.rows[place] for place in first), tuple(float(gains[place]) for place in first)
    return Neighbours(instance, rows, scores, UNIT, prediction, len(found.rows), stamp)


def _limits(model: EncoderClassifier, found: Rows) -> tuple[Note, ...]:
    """Whose rows these are, and how much of the training can be seen."""
    rows = (("count", str(len(found.rows))), ("total", str(found.total)), ("model", model.name))
    seen: Note = ("tracin_many", (("count", str(len(model.stages) + 1)),)) if model.stages else ("tracin_one", ())
    return ("tracin_rows", rows), seen
