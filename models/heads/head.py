"""The trained head: a seeded, convex classifier on frozen encoder features, kept in the cache with what it was trained on."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from sklearn.model_selection import StratifiedKFold
from threadpoolctl import threadpool_limits
from torch import Tensor
from transformers import PreTrainedModel

from core.data import Dataset, Instance, train_and_test
from core.errors import UserError
from core.progress import Progress
from core.values import from_json, to_json
from models.encoder import PREFIX, Encoder, mean_pool
from models.heads.derived import kept_at, used
from models.heads.input_reader import InputReader
from models.heads.networks import can_shorten
from models.heads.training import EXACT, Training, fit, folded, standard
from models.predictions.head_card import Accuracy, HeadCard

STEP = "train"  # the key under `step` that training reports its progress with
FOLDS = 5
STRENGTHS = (1e-3, 1e-2, 1e-1)  # inverse of the L2 penalty on standardised features
# share of the layers below the mean: on reviews, layer 8 of 12 is 4 points better than the last (cross-validated)
DEPTHS = (1 / 2, 2 / 3, 5 / 6, 1.0)
FEWEST = 2 * FOLDS  # rows a label
VERSION = 2  # of this training procedure: another number trains anew


@dataclass(frozen=True)
class Head:
    """Weight [label, hidden] and bias [label] on the mean of layer `card.layer`; scores are logits.

    `features` [row, hidden], fp32, are those means for the rows of `train_and_test`, train first: another fit needs no forward pass.
    """

    weight: Tensor
    bias: Tensor
    card: HeadCard
    features: np.ndarray

    def logits(self, features: np.ndarray) -> np.ndarray:
        """Scores [row, label] of features [row, hidden]."""
        found: np.ndarray = features @ self.weight.numpy().T + self.bias.numpy()
        return found


def train_head(encoder: Encoder, dataset: Dataset, seed: int, progress: Progress, precision: str = "fp32") -> Head:
    """Multinomial logistic regression with L2; layer and strength by seeded cross-validation on train alone.

    Features are means over positions, standardised; the standardising is folded into the weights. Test rows are read once, at
    the end. Raises UserError("too_few_rows").
    """
    train, test = train_and_test(dataset)
    _check(train, dataset.schema.labels)
    layers = depths(encoder.model)
    features = _features(encoder, train + test, layers, progress)
    answers = np.array([dataset.schema.labels.index(row.label) for row in train])
    with threadpool_limits(1):  # on small matrices, threads that wait for one another cost far more than they give
        layer, strength, reached = _choose(features, answers, seed, progress)
        weight, bias = _fit(features[layer][: len(train)], answers, strength, EXACT)
    card = HeadCard(
        labels=dataset.schema.labels,
        layer=layer,
        encoder=encoder.name,
        encoder_revision=encoder.revision,
        precision=precision,
        dataset=dataset.name,
        dataset_revision=dataset.revision,
        seed=seed,
        strength=strength,
        cross_validated=round(reached, 4),
        rows=len(train),
    )
    head = Head(torch.from_numpy(weight), torch.from_numpy(bias), card, features[layer])
    progress(STEP, 1.0)
    return _measured(head, train, test)


def training_of(head: Head, dataset: Dataset) -> Training:
    """What the head was fitted on, from the data set that it was trained on."""
    train, test = train_and_test(dataset)
    inside, outside = head.features[: len(train)], head.features[len(train) :]
    return Training(
        labels=head.card.labels,
        strength=head.card.strength,
        train=tuple(train),
        test=tuple(test),
        inside=inside,
        outside=outside,
        counts=np.ones(len(train)),
        mean=standard(inside)[0],
        scale=standard(inside)[1],
    )


def load_or_train(
    folder: Path, encoder: Encoder, dataset: Dataset, seed: int, progress: Progress, precision: str, force: bool = False
) -> Head:
    """The head in the cache for this encoder, these rows and this seed; trained and put there where it is missing."""
    path = head_path(folder, encoder, dataset, seed, precision)
    if not force and (found := load_head(path)):
        return found
    head = train_head(encoder, dataset, seed, progress, precision)
    save_head(head, path)
    return head


def head_path(folder: Path, encoder: Encoder, dataset: Dataset, seed: int, precision: str) -> Path:
    """Where the head for an encoder in this precision, these rows and this seed is kept."""
    facts = (encoder.name, encoder.revision, dataset.name, dataset.revision, precision, seed, VERSION)
    return kept_at(folder, dataset, encoder.name, facts)


def save_head(head: Head, path: Path) -> None:
    """Write weights, features and card beside each other; the card last, since a head without a card does not count."""
    path.parent.mkdir(parents=True, exist_ok=True)
    weights, features, card = _files(path)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    save_file({"weight": head.weight.contiguous(), "bias": head.bias.contiguous()}, part)
    os.replace(part, weights)
    save_file({"features": torch.from_numpy(head.features)}, part)
    os.replace(part, features)
    part.write_text(to_json(head.card) + "\n", "utf-8")
    os.replace(part, card)


def load_head(path: Path) -> Head | None:
    """The head in the cache; None where there is none that can be read, since it can be trained anew."""
    weights, features, card = _files(path)
    try:
        tensors = load_file(weights) | load_file(features)
        read = from_json(card.read_text("utf-8"))
        used(weights, features, card)
        return Head(tensors["weight"], tensors["bias"], read, tensors["features"].numpy())
    except (OSError, SafetensorError, KeyError, UserError):
        return None


def depths(model: PreTrainedModel) -> tuple[int, ...]:
    """The layers that are tried; the last alone where a network cannot end earlier."""
    layers = int(model.config.num_hidden_layers)
    if not can_shorten(model):
        return (layers,)
    return tuple(sorted({max(1, round(share * layers)) for share in DEPTHS}))


def _check(train: Sequence[Instance], labels: Sequence[str]) -> None:
    fewest = min((sum(row.label == label for row in train) for label in labels), default=0)
    if fewest < FEWEST or len(labels) < 2:
        raise UserError("too_few_rows", rows=len(train), labels=len(labels), fewest=fewest, needed=FEWEST)


def _features(
    encoder: Encoder, rows: Sequence[Instance], layers: tuple[int, ...], progress: Progress
) -> dict[int, np.ndarray]:
    """Means over positions [row, hidden] of each layer, of the very input that the classifier will read."""
    reader = InputReader(encoder.tokenizer, encoder.limit, PREFIX)
    found = {layer: np.zeros((len(rows), encoder.hidden), np.float32) for layer in layers}
    done = 0
    for places, ids, mask in encoder.padded([reader(row).ids.tolist() for row in rows]):
        progress(STEP, 0.8 * done / len(rows))
        with torch.no_grad():
            made = encoder.model(input_ids=ids, attention_mask=mask, output_hidden_states=True)
        for layer in layers:
            states = made.last_hidden_state if layer == layers[-1] else made.hidden_states[layer]
            found[layer][places] = mean_pool(states.float(), mask).cpu().numpy()
        done += len(places)
    return found


def _choose(
    features: dict[int, np.ndarray], answers: np.ndarray, seed: int, progress: Progress
) -> tuple[int, float, float]:
    """Layer and strength with the highest mean accuracy over seeded folds; of equals the lower layer, which is cheaper."""
    count = len(answers)
    folds = list(StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(np.zeros(count), answers))
    best = (0, 0.0, -1.0)
    for number, (layer, values) in enumerate(sorted(features.items())):
        progress(STEP, 0.8 + 0.2 * number / len(features))
        for strength in STRENGTHS:
            right = [_right(values[:count], answers, fold, strength) for fold in folds]
            reached = sum(right) / count
            best = (layer, strength, reached) if reached > best[2] else best
    return best


def _right(values: np.ndarray, answers: np.ndarray, fold: tuple[np.ndarray, np.ndarray], strength: float) -> int:
    inside, outside = fold
    weight, bias = _fit(values[inside], answers[inside], strength)
    return int(((values[outside] @ weight.T + bias).argmax(1) == answers[outside]).sum())


def _fit(
    values: np.ndarray, answers: np.ndarray, strength: float, exact: float = 1e-4
) -> tuple[np.ndarray, np.ndarray]:
    """Weight [label, hidden] and bias [label] on the raw features, fp32."""
    mean, scale = standard(values)
    weight, bias = fit((values.astype(np.float64) - mean) / scale, answers, strength, exact=exact)
    return folded(weight, bias, mean, scale)


def _measured(head: Head, train: list[Instance], test: list[Instance]) -> Head:
    count = len(train)
    chosen = head.logits(head.features).argmax(1)
    correct = [head.card.labels[place] == row.label for place, row in zip(chosen, train + test, strict=True)]
    card = replace(head.card, train=_accuracies(train, correct[:count]), test=_accuracies(test, correct[count:]))
    return replace(head, card=card)


def _accuracies(rows: Sequence[Instance], right: Sequence[bool]) -> tuple[Accuracy, ...]:
    """One a language, in alphabetical order."""
    codes = sorted({row.language for row in rows})
    groups = {code: [good for row, good in zip(rows, right, strict=True) if row.language == code] for code in codes}
    return tuple(Accuracy(code, sum(group), len(group)) for code, group in groups.items())


def _files(path: Path) -> tuple[Path, Path, Path]:
    """Weights, features and card."""
    name = path.name
    return (
        path.with_name(f"{name}.safetensors"),
        path.with_name(f"{name}.features.safetensors"),
        path.with_name(f"{name}.json"),
    )
