"""How good predictions are: accuracy, F1, precision, recall and ROC AUC, each with its 95 % interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import rankdata
from sklearn.metrics import f1_score, precision_score, recall_score, roc_auc_score

from core.statistics import Share

METRICS = ("accuracy", "f1", "precision", "recall", "roc")
RESAMPLES = 1000  # the interval's ends move by less than a point with more
_POINT = {"f1": f1_score, "precision": precision_score, "recall": recall_score}


@dataclass(frozen=True)
class Figure:
    """A metric's value with the ends of its 95 % interval, all 0 to 1, over `rows` rows; None where it is not defined.

    No ends either where all resamples say the same, as they do of a model that is always right: that is no certainty.
    """

    value: float | None
    low: float | None
    high: float | None
    rows: int


@dataclass(frozen=True)
class Answers:
    """Gold labels and predictions as places of labels [row], and probabilities [row, label]."""

    gold: np.ndarray
    chosen: np.ndarray
    chances: np.ndarray

    def among(self, rows: Sequence[int]) -> Answers:
        """Some of the rows."""
        places = np.array(rows, dtype=int)
        return Answers(self.gold[places], self.chosen[places], self.chances[places])

    @property
    def known(self) -> list[int]:
        """The labels that occur in the data."""
        return sorted(set(self.gold.tolist()))


def measure(metric: str, answers: Answers, seed: int, label: int | None = None) -> Figure:
    """One metric, macro-averaged over the labels that occur (ROC AUC: one against the rest), or of one `label`.

    Accuracy and one label's recall and precision have Wilson's interval, all others the 2.5 and 97.5 % points of a bootstrap over
    rows (Efron 1979). The rows of a label are those that have it; of its precision, those that are called so.
    """
    count = len(answers.gold)
    if share := _share(metric, answers, label):
        ends = share.interval if share.total else (None, None)
        return Figure(share.rate, ends[0], ends[1], share.total)
    labels = answers.known if label is None else [label]
    value = _point(metric, answers, labels)
    if value is None:
        return Figure(None, None, None, count)
    draws = np.random.default_rng(seed).integers(0, count, (RESAMPLES, count))
    values = _roc(answers, labels, draws) if metric == "roc" else _counted(metric, answers, labels, draws)
    low, high = (float(np.nanpercentile(values, part)) for part in (2.5, 97.5))
    rows = count if label is None else int((answers.gold == label).sum())
    return Figure(value, low, high, rows) if low < high else Figure(value, None, None, rows)


def _share(metric: str, answers: Answers, label: int | None) -> Share | None:
    """The metrics that are a share of rows: how many are right, of those that have the label or, for precision, are called so."""
    right = answers.gold == answers.chosen
    if label is None:
        return Share(int(right.sum()), len(right)) if metric == "accuracy" else None
    if metric in ("accuracy", "recall"):
        return Share(int(right[answers.gold == label].sum()), int((answers.gold == label).sum()))
    if metric == "precision":
        return Share(int(right[answers.chosen == label].sum()), int((answers.chosen == label).sum()))
    return None


def _point(metric: str, answers: Answers, labels: list[int]) -> float | None:
    """The value itself, by scikit-learn."""
    if metric == "roc":
        apart = [label for label in labels if 0 < (answers.gold == label).sum() < len(answers.gold)]
        values = [roc_auc_score(answers.gold == label, answers.chances[:, label]) for label in apart]
        return float(np.mean(values)) if values else None
    return float(_POINT[metric](answers.gold, answers.chosen, labels=labels, average="macro", zero_division=0))


def _counted(metric: str, answers: Answers, labels: list[int], draws: np.ndarray) -> np.ndarray:
    """The metric of each resample [resample], from counts, over the labels that the resample has."""
    gold, chosen = answers.gold[draws], answers.chosen[draws]
    values = []
    for label in labels:
        right = ((gold == label) & (chosen == label)).sum(1)
        named, there = (chosen == label).sum(1), (gold == label).sum(1)
        below = {"precision": named, "recall": there, "f1": (named + there) / 2}[metric]
        part = np.divide(right, below, out=np.zeros(len(draws)), where=below > 0)
        values.append(np.where(there > 0, part, np.nan))
    return _mean(values)


def _roc(answers: Answers, labels: list[int], draws: np.ndarray) -> np.ndarray:
    """ROC AUC of each resample [resample] by ranks (Mann and Whitney 1947); nan where a resample has one side only."""
    values = []
    for label in labels:
        inside = answers.gold[draws] == label
        ranks = rankdata(answers.chances[draws, label], axis=1)
        many = inside.sum(1)
        pairs = many * (draws.shape[1] - many)
        wins = (ranks * inside).sum(1) - many * (many + 1) / 2
        values.append(np.divide(wins, pairs, out=np.full(len(draws), np.nan), where=pairs > 0))
    return _mean(values)


def _mean(values: list[np.ndarray]) -> np.ndarray:
    """The mean over the labels that each resample has [resample]; nan where it has none of them."""
    return np.asarray(np.ma.masked_invalid(values).mean(axis=0).filled(np.nan))
