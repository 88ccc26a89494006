"""Does influence hold? Some training rows are left out one by one, the head is fitted again, and the changes are compared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.stats import spearmanr
from threadpoolctl import threadpool_limits

from core.data import Dataset
from core.explanations import Neighbours, Prediction
from core.faithfulness import NOT_APPLICABLE, Faithfulness, Score
from core.progress import Progress
from explainers.influence import effects, left_out, point_of, problem
from explainers.metrics.last_layer import last_layer
from explainers.metrics.verdict import verdict
from explainers.tracin import UNIT as GRADIENTS
from explainers.tracin import rows_for, tracin
from models.base import ExplainedModel
from models.classifier import EncoderClassifier

STEP = "judge"
ABOUT, ABOUT_STEPS = "influence", "steps"  # name the sentences that tell the verdict
NAMED, DRAWN = 8, 24  # rows that are left out: the strongest, and some at random, whose effects must be small


@dataclass(frozen=True)
class Claim:
    """What each row is said to have done [row], and how far the answer moves when one of them is left out."""

    metric: str
    about: str
    told: np.ndarray
    without: Callable[[int], float]


def leave_one_out(
    model: ExplainedModel, made: Neighbours, draws: int, seed: int, progress: Progress, dataset: Dataset | None = None
) -> Faithfulness:
    """Rank correlation (−1 to 1, higher is better) of predicted and true changes, beside the same for shuffled predictions.

    True are, for a head of ours, the logits of the head that is fitted without the row; for a fine-tuned classifier the
    log-probabilities after its last layer was trained on without it (explainers.metrics.last_layer): the layers beneath
    stay. Demonstrations were left out already, and neighbours in meaning claim no effect: neither is judged.
    """
    if made.prediction is None or not isinstance(model, EncoderClassifier):
        return Faithfulness(NOT_APPLICABLE, "exact" if made.unit == "log_probability" else "no_reason_claimed")
    if made.unit == GRADIENTS and dataset is not None:
        return _judged(_of_steps(model, made, made.prediction, dataset, seed, progress), draws, seed, progress)
    if made.unit != "logit" or not model.training:
        return Faithfulness(NOT_APPLICABLE, "no_reason_claimed")
    found, point = problem(model.training), point_of(model, model.training, made.instance)
    label = model.labels.index(made.prediction.label)
    told = effects(found, point, label)
    return _judged(
        Claim("leave_one_out", ABOUT, told, lambda row: left_out(found, row, point, label)), draws, seed, progress
    )


def _of_steps(
    model: EncoderClassifier, made: Neighbours, said: Prediction, dataset: Dataset, seed: int, progress: Progress
) -> Claim:
    rows, label = rows_for(model, dataset, made.instance, seed), model.labels.index(said.label)
    fitted = last_layer(model, rows, made.instance, progress)
    told = tracin(model, rows, made.instance, label, progress)
    return Claim("last_layer_out", ABOUT_STEPS, told, lambda row: fitted.without(row, label))


def _judged(claim: Claim, draws: int, seed: int, progress: Progress) -> Faithfulness:
    chance = np.random.default_rng(seed)
    rows = _sample(claim.told, chance)
    true = np.zeros(len(rows))
    with threadpool_limits(1):
        for number, row in enumerate(rows):
            progress(STEP, number / len(rows))
            true[number] = claim.without(int(row))
    own = _agreement(claim.told[rows], true)
    others = tuple(_agreement(chance.permutation(claim.told[rows]), true) for _ in range(draws))
    judged, reason = verdict(own, others, everything=False, span=1.0)
    progress(STEP, 1.0)
    return Faithfulness(
        judged, reason and f"{reason}_examples", (Score(claim.metric, own, others, -1.0, 1.0),), claim.about
    )


def _sample(told: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """Places of the strongest rows, then of others at random."""
    order = np.argsort(-np.abs(told), kind="stable")
    rest = chance.permutation(order[NAMED:])[:DRAWN]
    found: np.ndarray = np.concatenate([order[:NAMED], rest])
    return found


def _agreement(told: np.ndarray, true: np.ndarray) -> float:
    return float(spearmanr(told, true).statistic)
