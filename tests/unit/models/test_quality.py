"""Quality figures: worked out on paper, and the fast resampling against scikit-learn one resample at a time."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import f1_score, precision_score, recall_score, roc_auc_score

from core.statistics import wilson
from models.predictions.quality import METRICS, Answers, Figure, _counted, _roc, measure

GOLD = np.array([0, 0, 0, 0, 1, 1, 1, 2, 2, 2])
CHOSEN = np.array([0, 0, 1, 2, 1, 1, 0, 2, 2, 2])
ANSWERS = Answers(GOLD, CHOSEN, np.eye(3)[CHOSEN] * 0.6 + np.eye(3)[GOLD] * 0.1 + 0.1)


def test_accuracy_is_seven_of_ten_with_wilsons_interval() -> None:
    found = measure("accuracy", ANSWERS, 0)
    assert (found.value, found.rows) == (0.7, 10)
    assert (found.low, found.high) == (pytest.approx(0.3968, abs=1e-4), pytest.approx(0.8922, abs=1e-4))
    assert measure("accuracy", ANSWERS, 0, label=0).value == 0.5


def test_precision_recall_and_f1_are_means_over_the_labels() -> None:
    assert measure("precision", ANSWERS, 0).value == pytest.approx((2 / 3 + 2 / 3 + 3 / 4) / 3)
    assert measure("recall", ANSWERS, 0).value == pytest.approx((2 / 4 + 2 / 3 + 3 / 3) / 3)
    assert measure("f1", ANSWERS, 0).value == pytest.approx((4 / 7 + 4 / 6 + 6 / 7) / 3)
    assert measure("f1", ANSWERS, 0, label=2).value == pytest.approx(6 / 7)


@pytest.mark.parametrize("metric", METRICS)
def test_the_interval_holds_the_value_and_the_seed_decides_it(metric: str) -> None:
    found = measure(metric, ANSWERS, 0)
    assert found.low is not None and found.high is not None and found.value is not None
    assert 0 <= found.low <= found.value <= found.high <= 1
    assert measure(metric, ANSWERS, 0) == found


def test_resamples_are_what_scikit_learn_makes_of_each() -> None:
    chance = np.random.default_rng(0)
    gold, chances = chance.integers(0, 3, 40), chance.dirichlet(np.ones(3), 40).round(1)
    answers = Answers(gold, chances.argmax(1), chances)
    draws = chance.integers(0, 40, (20, 40))
    assert all(set(gold[d]) == {0, 1, 2} for d in draws)
    for metric, slow in (("f1", f1_score), ("precision", precision_score), ("recall", recall_score)):
        plain = [slow(gold[d], answers.chosen[d], labels=[0, 1, 2], average="macro", zero_division=0) for d in draws]
        assert _counted(metric, answers, [0, 1, 2], draws) == pytest.approx(plain)
    areas = [np.mean([roc_auc_score(gold[d] == k, chances[d, k]) for k in range(3)]) for d in draws]
    assert _roc(answers, [0, 1, 2], draws) == pytest.approx(areas)


@pytest.mark.parametrize("metric", ["f1", "precision", "recall", "roc"])
def test_a_label_that_a_resample_lacks_does_not_count_there(metric: str) -> None:
    gold = np.array([0, 0, 0, 1, 1, 2])
    found = measure(metric, Answers(gold, gold, np.eye(3)[gold]), 0)  # everything right: no resample can say less
    assert (found.value, found.low, found.high) == (1.0, None, None), (
        "and an interval of no width would say it is certain"
    )


def test_a_share_has_wilsons_interval_whatever_it_is_called() -> None:
    gold = np.array([0] * 12 + [1] * 12)
    chosen = gold.copy()
    chosen[15] = 0
    answers = Answers(gold, chosen, np.eye(2)[chosen])
    for label, hits in ((0, 12), (1, 11)):
        recall = measure("recall", answers, 0, label)
        assert recall == measure("accuracy", answers, 0, label)
        assert (recall.low, recall.high) == wilson(hits, 12)
    precision = measure("precision", answers, 0, label=0)
    assert (precision.low, precision.high, precision.rows) == (*wilson(12, 13), 13)
    never = Answers(gold, np.zeros(24, int), np.ones((24, 2)) / 2)
    assert measure("precision", never, 0, label=1) == Figure(0.0, None, None, 0)


def test_an_area_needs_two_sides() -> None:
    one = Answers(np.zeros(3, int), np.zeros(3, int), np.ones((3, 2)) / 2)
    assert measure("roc", one, 0).value is None
