"""What a trained head was fitted on, and how other rows would fit it: the features are kept, so a new fit takes half a second."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits
from torch import Tensor

from core.data import Instance
from core.dialogue import Alteration
from core.errors import UserError
from core.explanations import EDIT_LABEL, LEARN, UNLEARN
from models.predictions.recall import Fields

EXACT = 1e-10  # largest gradient at the minimum: leaving out a row moves logits by 1e-3, and must not drown in the solver's rest
LEARNED = 10.0  # a row that the user has learned counts as so many: once among 1,500 would hardly show
Read = Callable[[Instance], np.ndarray]  # the features [hidden] of an instance that is no row of ours


@dataclass(frozen=True)
class Training:
    """The convex problem behind a head: features [row, hidden] fp32 of train and test rows, labels, strength (inverse L2 penalty).

    `counts` [train row] says how often each row counts. `mean` and `scale` [hidden] standardise the features; they were taken
    from the train rows once and stay, as the layer and the strength do, so that two fits differ by their rows alone.
    `own` is whether the model's own encoder made the features; a quantized encoder's head is that of the full-precision one.
    """

    labels: tuple[str, ...]
    strength: float
    train: tuple[Instance, ...]
    test: tuple[Instance, ...]
    inside: np.ndarray
    outside: np.ndarray
    counts: np.ndarray
    mean: np.ndarray
    scale: np.ndarray
    own: bool = True

    @property
    def answers(self) -> np.ndarray:
        """The place of each train row's label [train row]."""
        return np.array([self.labels.index(row.label) for row in self.train])

    @property
    def points(self) -> np.ndarray:
        """Standardised features of the train rows [train row, hidden], fp64."""
        return self.standardised(self.inside)

    def standardised(self, features: np.ndarray) -> np.ndarray:
        """Features [row, hidden] in the units of the fit, fp64."""
        found: np.ndarray = (features.astype(np.float64) - self.mean) / self.scale
        return found

    def fit(self) -> tuple[np.ndarray, np.ndarray]:
        """Weight [label, hidden] and bias [label] on the raw features, fp32. Raises UserError("too_few_rows") without a label."""
        answers = self.answers
        if len(set(answers.tolist())) < len(self.labels):
            raise UserError("too_few_rows", rows=len(answers), labels=len(self.labels), fewest=0, needed=1)
        with threadpool_limits(1):
            weight, bias = fit(self.points, answers, self.strength, self.counts, EXACT)
        return folded(weight, bias, self.mean, self.scale)

    def altered(self, change: Alteration, row: Instance, read: Read) -> Training:
        """The problem after one change of `row`. Raises UserError: not_in_training, no_label_to_learn."""
        if change.kind == LEARN or (change.kind == EDIT_LABEL and row.id is None):
            return self._learned(row, read)
        if change.kind == UNLEARN:
            return self._unlearned(row)
        return replace(self, train=_relabelled(self.train, row), test=_relabelled(self.test, row))

    def _learned(self, row: Instance, read: Read) -> Training:
        if row.label not in self.labels:
            raise UserError("no_label_to_learn", id=row.id)
        place, held = _place(self.train, row), _place(self.test, row)
        if place is not None:
            counts = self.counts.copy()
            counts[place] = LEARNED
            return replace(self, train=_relabelled(self.train, row), counts=counts)
        vector = read(row) if held is None else self.outside[held]
        made = self if held is None else self._without_test(held)
        return replace(
            made,
            train=(*self.train, row),
            inside=np.concatenate([self.inside, vector[None]]),
            counts=np.append(self.counts, LEARNED),
        )

    def _unlearned(self, row: Instance) -> Training:
        place = _place(self.train, row)
        if place is None:
            raise UserError("not_in_training", id=row.id)
        return self.without(place)

    def without(self, place: int) -> Training:
        """The problem without one train row."""
        return replace(
            self,
            train=(*self.train[:place], *self.train[place + 1 :]),
            inside=np.delete(self.inside, place, 0),
            counts=np.delete(self.counts, place),
        )

    def _without_test(self, place: int) -> Training:
        return replace(
            self, test=(*self.test[:place], *self.test[place + 1 :]), outside=np.delete(self.outside, place, 0)
        )


def fit(
    points: np.ndarray, answers: np.ndarray, strength: float, counts: np.ndarray | None = None, exact: float = 1e-4
) -> tuple[np.ndarray, np.ndarray]:
    """Weight [label, hidden] and bias [label] on standardised points [row, hidden]; binary heads get one row a label, too.

    Multinomial logistic regression: strength × Σ counts × cross-entropy + ‖weight‖² / 2 (for two labels ‖weight‖²).
    """
    model = LogisticRegression(C=strength, max_iter=10_000, tol=exact).fit(points, answers, counts)
    weight, bias = model.coef_, model.intercept_
    if len(weight) == 1:
        weight, bias = np.concatenate([-weight, weight]) / 2, np.concatenate([-bias, bias]) / 2
    return weight, bias


def folded(weight: np.ndarray, bias: np.ndarray, mean: np.ndarray, scale: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The same head on raw features, fp32."""
    raw = weight / scale
    return raw.astype(np.float32), (bias - raw @ mean).astype(np.float32)


def standard(features: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and scale [hidden] of features [row, hidden]."""
    return features.mean(0), features.std(0) + 1e-6


def known_scores(training: Training, weight: Tensor, bias: Tensor) -> list[tuple[Fields, Tensor]]:
    """Each row's fields with the logits [label] that a head gives its features."""
    scores = torch.from_numpy(np.concatenate([training.inside, training.outside])) @ weight.cpu().T + bias.cpu()
    return [(row.fields, one) for row, one in zip((*training.train, *training.test), scores, strict=True)]


def _place(rows: Sequence[Instance], row: Instance) -> int | None:
    """Where a row stands: by its id, or for a text of the user's own by the text."""
    own = [(one.id, one.fields) for one in rows]
    wanted = (row.id, row.fields)
    return own.index(wanted) if wanted in own else None


def _relabelled(rows: tuple[Instance, ...], row: Instance) -> tuple[Instance, ...]:
    place = _place(rows, row)
    return rows if place is None else (*rows[:place], row, *rows[place + 1 :])
