"""A fine-tuned network's last layer trained on, with and without a row: what the check of TracIn compares with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve, svd
from threadpoolctl import threadpool_limits

from core.data import Instance
from core.progress import Progress
from explainers.influence import probabilities
from explainers.tracin import Rows, finals
from models.classifier import EncoderClassifier

PARAMETERS = 1200  # of the change: its Hessian has their square entries; 400 rows of three labels reach no further
ROUNDS = 100
STILL = 1e-10  # a step that moves no weight by more ends the training


@dataclass(frozen=True)
class LastLayer:
    """The last layer's best change for all rows, on top of the network's own scores.

    `points` [row, size] are what goes into the layer with a 1 for the bias, of mean squared length 1; `scores` [row, label] the
    network's own, `change` [label, size] the minimum of Σ cross-entropy + ‖change‖² / 2, so that a row pulls as hard as the
    penalty, `factor` the Hessian there; `point` [size] and `said` [label] are the instance's.
    """

    points: np.ndarray
    scores: np.ndarray
    answers: np.ndarray
    change: np.ndarray
    factor: tuple[np.ndarray, bool]
    point: np.ndarray
    said: np.ndarray

    def without(self, row: int, label: int) -> float:
        """log p(label; trained on all rows) − log p(label; on all but `row`) of the instance, the second by chord steps."""
        change = self.change.copy()
        counts = np.ones(len(self.points))
        counts[row] = 0
        for _ in range(ROUNDS):
            slope = gradient(change, self.points, self.scores, self.answers, counts)
            step = cho_solve(self.factor, slope.ravel()).reshape(change.shape)
            change -= step
            if np.abs(step).max() < STILL:
                break
        return self._log_probability(self.change, label) - self._log_probability(change, label)

    def _log_probability(self, change: np.ndarray, label: int) -> float:
        return float(np.log(probabilities((self.said + change @ self.point)[None])[0, label]))


def last_layer(model: EncoderClassifier, rows: Rows, instance: Instance, progress: Progress) -> LastLayer:
    """The layer trained on from its own weights: a new one from nothing would tell what the rows say, not what the model made of them.

    Of many labels only the leading directions of the rows are kept. Raises UserError("missing_capability") as explainers.tracin.
    """
    found, own = finals(model, rows.rows, progress), model.final((instance,))
    points, point = (np.c_[one.inputs, np.ones(len(one.inputs))] for one in (found, own))
    scale = np.sqrt((points**2).sum(1).mean())
    turned = directions(points, PARAMETERS // len(model.labels)) / scale
    points, point = points @ turned, point @ turned
    with threadpool_limits(1):
        change, factor = _minimum(points, found.scores, rows.answers)
    return LastLayer(points, found.scores, rows.answers, change, factor, point[0], own.scores[0])


def gradient(
    change: np.ndarray, points: np.ndarray, scores: np.ndarray, answers: np.ndarray, counts: np.ndarray
) -> np.ndarray:
    """Of the training loss by the change [label, size]."""
    left = probabilities(scores + points @ change.T)
    left[np.arange(len(points)), answers] -= 1
    slope: np.ndarray = (left * counts[:, None]).T @ points + change
    return slope


def directions(points: np.ndarray, most: int) -> np.ndarray:
    """The orthonormal directions [hidden, kept] in which the rows lie, the leading ones where they are more than `most`."""
    _, _, found = svd(points, full_matrices=False)
    kept: np.ndarray = found[:most].T
    return kept


def _minimum(points: np.ndarray, scores: np.ndarray, answers: np.ndarray) -> tuple[np.ndarray, tuple[np.ndarray, bool]]:
    """The best change by Newton's method, and the Cholesky factor of the Hessian there."""
    change = np.zeros((scores.shape[1], points.shape[1]))
    everyone = np.ones(len(points))
    factor = _factor(change, points, scores)
    for _ in range(ROUNDS):
        slope = gradient(change, points, scores, answers, everyone)
        step = cho_solve(factor, slope.ravel()).reshape(change.shape)
        change -= step
        factor = _factor(change, points, scores)
        if np.abs(step).max() < STILL:
            break
    return change, factor


def _factor(change: np.ndarray, points: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, bool]:
    """Cholesky factor of the second derivatives [label × size, label × size]."""
    shares = probabilities(scores + points @ change.T)
    labels, size = change.shape
    made = np.zeros((labels, size, labels, size))
    for one in range(labels):
        for other in range(one, labels):
            bend = shares[:, one] * ((one == other) - shares[:, other])
            made[one, :, other] = made[other, :, one] = points.T @ (points * bend[:, None])
    flat = made.reshape(labels * size, labels * size)
    factor: tuple[np.ndarray, bool] = cho_factor(flat + np.eye(labels * size))
    return factor
