"""Does influence hold? Some training rows are left out one by one, the head is fitted again, and the changes are compared."""

from __future__ import annotations

import numpy as np
from scipy.stats import spearmanr
from threadpoolctl import threadpool_limits

from core.explanations import Neighbours
from core.faithfulness import NOT_APPLICABLE, Faithfulness, Score
from core.progress import Progress
from explainers.influence import effects, left_out, point_of, problem
from explainers.metrics.verdict import verdict
from models.base import ExplainedModel
from models.classifier import EncoderClassifier

STEP = "judge"
ABOUT = "influence"  # names the sentences that tell the verdict
NAMED, DRAWN = 8, 24  # rows that are left out: the strongest, and some at random, whose effects must be small


def leave_one_out(model: ExplainedModel, made: Neighbours, draws: int, seed: int, progress: Progress) -> Faithfulness:
    """Rank correlation (−1 to 1, higher is better) of predicted and true changes, beside the same for shuffled predictions.

    Demonstrations were left out already, and neighbours in meaning claim no effect: neither is judged.
    """
    if (
        made.unit != "logit"
        or made.prediction is None
        or not isinstance(model, EncoderClassifier)
        or not model.training
    ):
        return Faithfulness(NOT_APPLICABLE, "exact" if made.unit == "log_probability" else "no_reason_claimed")
    chance = np.random.default_rng(seed)
    found, point = problem(model.training), point_of(model, model.training, made.instance)
    label = model.labels.index(made.prediction.label)
    told = effects(found, point, label)
    rows = _sample(told, chance)
    true = np.zeros(len(rows))
    with threadpool_limits(1):
        for number, row in enumerate(rows):
            progress(STEP, number / len(rows))
            true[number] = left_out(found, int(row), point, label)
    own = _agreement(told[rows], true)
    others = tuple(_agreement(chance.permutation(told[rows]), true) for _ in range(draws))
    judged, reason = verdict(own, others, everything=False, span=1.0)
    progress(STEP, 1.0)
    return Faithfulness(judged, reason, (Score("leave_one_out", own, others, -1.0, 1.0),), ABOUT)


def _sample(told: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """Places of the strongest rows, then of others at random."""
    order = np.argsort(-np.abs(told), kind="stable")
    rest = chance.permutation(order[NAMED:])[:DRAWN]
    found: np.ndarray = np.concatenate([order[:NAMED], rest])
    return found


def _agreement(told: np.ndarray, true: np.ndarray) -> float:
    return float(spearmanr(told, true).statistic)
