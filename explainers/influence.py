"""Influence: how much each training row moved the answer for one text, and whether leaving rows out bears that out."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from threadpoolctl import threadpool_limits

from core.data import Dataset, Instance
from core.errors import UserError
from core.explanations import Neighbours
from core.progress import Progress
from explainers.base import Note
from explainers.tracin import by_gradients
from models.base import TRAIN, ExplainedModel
from models.causal import CausalClassifier
from models.classifier import EncoderClassifier
from models.heads.training import Training, fit

OWN_ROW = "own_row"  # the note that the text was learned from itself, which says nothing about other rows
STEP = "influence"  # the key under `step` that it reports its progress with
ROUNDS = 100  # of the chord method; a handful do, since one row of many hardly bends the loss


@dataclass(frozen=True)
class Problem:
    """A convex head at its minimum.

    `points` [row, hidden + 1] are standardised features with a 1 for the bias, `theta` [label, hidden + 1] weights and bias, `solve`
    applies the inverse Hessian of strength × Σ counts × cross-entropy + ‖weight‖² / 2 to a flat [label × (hidden + 1)].
    """

    points: np.ndarray
    answers: np.ndarray
    counts: np.ndarray
    strength: float
    theta: np.ndarray
    factor: tuple[np.ndarray, bool]

    def solve(self, flat: np.ndarray) -> np.ndarray:
        """Inverse Hessian times a vector."""
        found: np.ndarray = cho_solve(self.factor, flat)
        return found

    def gradients(self, theta: np.ndarray, rows: slice | int = slice(None)) -> np.ndarray:
        """What each row adds to the gradient of the loss, before its point: strength × count × (probability − answer) [row, label]."""
        places = np.arange(len(self.points))[rows].reshape(-1)
        left = probabilities(self.points[places] @ theta.T)
        left[np.arange(len(places)), self.answers[places]] -= 1
        weighted: np.ndarray = left * (self.strength * self.counts[places])[:, None]
        return weighted


def problem(training: Training) -> Problem:
    """The head's loss at its minimum, with its Hessian: one half second for 1,500 rows of 384 features.

    The loss of two labels is that of sklearn's one-row model, whose penalty is twice that of two rows.
    """
    points, answers = training.points, training.answers
    with threadpool_limits(1):
        weight, bias = fit(points, answers, training.strength, training.counts, 1e-10)
        extended = np.c_[points, np.ones(len(points))]
        theta = np.c_[weight, bias]
        strength = training.strength / (2 if len(weight) == 2 else 1)
        hessian = _hessian(extended, probabilities(extended @ theta.T), strength * training.counts)
        return Problem(extended, answers, training.counts, strength, theta, cho_factor(hessian))


def effects(found: Problem, point: np.ndarray, label: int) -> np.ndarray:
    """Change of the label's logit at `point` [hidden + 1] that each training row made [row]: positive rows support the label.

    logit(all rows) − logit(without row i) ≈ −∇logitᵀ (H − ∇²loss_i)⁻¹ ∇loss_i: influence functions (Koh and Liang 2017, arXiv
    1703.04730, eq. 2, for a logit instead of a loss) with the row's own bend taken out of the Hessian, which is one whole
    Newton step (Pregibon 1981, Annals of Statistics 9:705). On reviews the strongest rows come out a third too small without.
    """
    labels, size = found.theta.shape
    wanted = np.zeros((labels, size))
    wanted[label] = point
    with threadpool_limits(1):
        direction = found.solve(wanted.ravel()).reshape(labels, size)
        own = _own(found, found.solve(np.eye(labels * size)).reshape(labels, size, labels, size))
    moved: np.ndarray = -(own * (found.points @ direction.T)).sum(1)
    return moved


def _own(found: Problem, inverse: np.ndarray) -> np.ndarray:
    """∇loss_i before its point, made larger by what the row's own bend does: (I − B_i M_i)⁻¹ g_i [row, label].

    Woodbury's identity; B_i is the bend of the row's loss, M_i [label, label] the inverse Hessian seen from its point.
    """
    labels = len(found.theta)
    shares = probabilities(found.points @ found.theta.T)
    bend = shares[:, :, None] * (np.eye(labels) - shares[:, None, :]) * (found.strength * found.counts)[:, None, None]
    seen = np.zeros_like(bend)
    for one in range(labels):
        for other in range(labels):
            seen[:, one, other] = ((found.points @ inverse[one, :, other]) * found.points).sum(1)
    solved: np.ndarray = np.linalg.solve(np.eye(labels) - bend @ seen, found.gradients(found.theta)[..., None])[..., 0]
    return solved


def left_out(found: Problem, row: int, point: np.ndarray, label: int) -> float:
    """logit(all rows) − logit(without `row`), by fitting the head again without it, from the old minimum to the new one.

    Chord method: Newton's steps with the old Hessian, until no step moves the weights by more than 1e-12.
    """
    return float((found.theta[label] - refitted(found, row)[label]) @ point)


def refitted(found: Problem, row: int) -> np.ndarray:
    """Weights and bias [label, hidden + 1] of the head that is fitted without `row`."""
    labels, size = found.theta.shape
    theta = found.theta.copy()
    for _ in range(ROUNDS):
        weighted = found.gradients(theta)
        weighted[row] = 0
        gradient = weighted.T @ found.points
        gradient[:, :-1] += theta[:, :-1]
        step = found.solve(gradient.ravel()).reshape(labels, size)
        theta -= step
        if np.abs(step).max() < 1e-12:
            break
    return theta


def point_of(model: EncoderClassifier, training: Training, instance: Instance) -> np.ndarray:
    """The instance as the head's fit sees it [hidden + 1]."""
    features = model.vectors([instance]).cpu().numpy()
    return np.append(training.standardised(features)[0], 1.0)


def influence(
    model: ExplainedModel, instance: Instance, k: int, progress: Progress, dataset: Dataset | None = None, seed: int = 0
) -> Neighbours:
    """The `k` training rows that moved the logit of the model's label most, either way, strongest first.

    For a head of ours by influence functions, in logits. For a causal model the demonstrations of its prompt, each left out in turn,
    in log-probabilities: that is exact. A text that the model itself learned from is left out, and a note says so. For a fine-tuned
    classifier the rows of `dataset` by the gradients of its last layer (explainers.tracin). Raises UserError("missing_capability")
    for any other model.
    """
    if isinstance(model, CausalClassifier) and model.prompt.shown:
        return _without_demonstrations(model, instance, k, progress)
    if isinstance(model, EncoderClassifier) and model.training is None and dataset:
        return by_gradients(model, instance, k, dataset, seed, progress)
    if not isinstance(model, EncoderClassifier) or model.training is None:
        raise UserError("missing_capability", model=model.name, capability=TRAIN)
    progress(STEP, 0.0)
    prediction = model.predict([instance])[0]
    training = model.training
    label = model.labels.index(prediction.label)
    moved = effects(problem(training), point_of(model, training, instance), label)
    own = [place for place, row in enumerate(training.train) if row.fields == instance.fields]
    first = [place for place in np.argsort(-np.abs(moved), kind="stable") if place not in own][:k]
    rows, scores = [training.train[place] for place in first], [float(moved[place]) for place in first]
    notes = (*prediction.provenance.notes, *_own_row(float(moved[own].sum()) if own else None))
    stamp = replace(prediction.provenance, notes=notes)
    progress(STEP, 1.0)
    return Neighbours(instance, tuple(rows), tuple(scores), "logit", prediction, len(moved) - len(own), stamp)


def _without_demonstrations(model: CausalClassifier, instance: Instance, k: int, progress: Progress) -> Neighbours:
    prediction = model.predict([instance])[0]
    shown = model.prompt.shown
    scores = []
    for place in range(len(shown)):
        progress(STEP, place / len(shown))
        other = model.showing((*shown[:place], *shown[place + 1 :])).predict([instance])[0]
        share = other.probabilities[other.labels.index(prediction.label)]
        scores.append(float(np.log(prediction.confidence) - np.log(max(share, 1e-30))))
    own = [place for place, row in enumerate(shown) if row.fields == instance.fields]
    first = sorted((place for place in range(len(shown)) if place not in own), key=lambda place: -abs(scores[place]))[
        :k
    ]
    progress(STEP, 1.0)
    notes = (*prediction.provenance.notes, *_own_row(sum(scores[place] for place in own) if own else None))
    return Neighbours(
        instance,
        tuple(shown[place] for place in first),
        tuple(scores[place] for place in first),
        "log_probability",
        prediction,
        len(shown) - len(own),
        replace(prediction.provenance, method="leave_one_out", notes=notes),
    )


def _own_row(pull: float | None) -> tuple[Note, ...]:
    """Said where the model learned from the very text that it is asked about; `pull` is what that moved."""
    return () if pull is None else ((OWN_ROW, (("value", str(pull)),)),)


def probabilities(logits: np.ndarray) -> np.ndarray:
    """Softmax over labels [row, label]."""
    raised = np.exp(logits - logits.max(1, keepdims=True))
    shares: np.ndarray = raised / raised.sum(1, keepdims=True)
    return shares


def _hessian(points: np.ndarray, shares: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Second derivatives [label × size, label × size]; all biases moved together change nothing, which a rank-one term fixes."""
    labels, size = shares.shape[1], points.shape[1]
    made = np.zeros((labels, size, labels, size))
    for one in range(labels):
        for other in range(one, labels):
            bend = counts * shares[:, one] * ((one == other) - shares[:, other])
            made[one, :, other] = made[other, :, one] = points.T @ (points * bend[:, None])
    penalty = np.append(np.ones(size - 1), 0.0)
    for one in range(labels):
        made[one, :, one] += np.diag(penalty)
    made[:, -1, :, -1] += 1.0
    flat: np.ndarray = made.reshape(labels * size, labels * size)
    return flat
