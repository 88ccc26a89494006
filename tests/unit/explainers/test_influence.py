"""Influence: against leaving each row out and fitting again, on toy features and on a tiny head."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from scipy.stats import spearmanr

from agent.running.judge import judge
from core.data import Dataset, Instance
from core.errors import Stopped, UserError
from core.faithfulness import BETTER, NOT_APPLICABLE
from core.operation import Context
from core.progress import Progress
from explainers.influence import OWN_ROW, effects, influence, left_out, point_of, problem
from models.heads.training import Training, standard
from tests.oracles import retrained
from tests.tiny import LABELS, instance, tiny_classifier
from tests.tiny_causal import tiny_dataset as tiny_reviews
from tests.unit.agent.test_sandbox import tiny_trained
from tests.unit.models.test_causal import REVIEW
from tests.unit.models.test_causal import classifier as tiny_causal_classifier

STRENGTH = 0.1


def toy(labels: int = 3, rows: int = 40) -> Training:
    """Features drawn at random around a centre a label."""
    chance = np.random.default_rng(1)
    answers = np.arange(rows) % labels
    features = (chance.normal(size=(rows, 5)) + np.eye(5)[answers]).astype(np.float32)
    names = LABELS[:labels]
    kept = tuple(Instance((("text", f"{n}"),), n, names[answer]) for n, answer in enumerate(answers))
    empty = np.zeros((0, 5), np.float32)
    return Training(names, STRENGTH, kept, (), features, empty, np.ones(rows), *standard(features))


@pytest.mark.parametrize("labels", [2, 3])
def test_toy_features_against_retraining(labels: int) -> None:
    training = toy(labels)
    point = training.standardised(np.array([[0.5, -1.0, 0.3, 0.2, 2.0]], np.float32))[0]
    whole, true = retrained(training.points, training.answers, STRENGTH, point, 1)
    found = problem(training)
    extended = np.append(point, 1.0)
    assert found.theta[1] @ extended == pytest.approx(whole, abs=1e-6)
    told = effects(found, extended, 1)
    assert spearmanr(told, true).statistic > 0.95
    assert told == pytest.approx(true, abs=0.05 * np.abs(true).max())
    assert [left_out(found, row, extended, 1) for row in range(40)] == pytest.approx(true, abs=1e-6)


def test_a_row_at_the_same_place_supports_its_label_and_opposes_another() -> None:
    training = toy()
    found = problem(training)
    own = np.append(training.points[4], 1.0)
    mine = training.labels.index(training.train[4].label)
    assert effects(found, own, mine)[4] > 0 > effects(found, own, (mine + 1) % 3)[4]


def test_a_row_that_counts_twice_moves_twice_as_much() -> None:
    training = toy()
    found, point = problem(training), np.append(training.points[0], 1.0)
    counts = training.counts.copy()
    counts[7] = 2.0
    heavier = dataclasses.replace(found, counts=counts)
    assert effects(heavier, point, 0)[7] == pytest.approx(2 * effects(found, point, 0)[7], rel=0.2)  # its own bend, too


def test_the_head_of_an_encoder() -> None:
    model = tiny_trained()
    made = influence(model, instance("great great Film box"), 5, Progress())
    assert made.searched == len(model.training.train) and made.unit == "logit" and len(made.rows) == 5
    sizes = [abs(score) for score in made.scores]
    assert sizes == sorted(sizes, reverse=True)
    label = model.labels.index(made.prediction.label)
    found, point = problem(model.training), point_of(model, model.training, made.instance)
    for row, score in zip(made.rows, made.scores, strict=True):
        place = model.training.train.index(row)
        assert left_out(found, place, point, label) == pytest.approx(score, rel=0.1)


def test_a_text_that_was_learned_from_is_no_reason_for_itself() -> None:
    model = tiny_trained()
    learned = model.training.train[3]
    made = influence(model, learned, len(model.training.train), Progress())
    assert learned.fields not in [row.fields for row in made.rows]
    assert made.searched == len(made.rows) < len(model.training.train)
    found = problem(model.training)
    moved = effects(found, point_of(model, model.training, learned), model.labels.index(made.prediction.label))
    own = sum(moved[place] for place, row in enumerate(model.training.train) if row.fields == learned.fields)
    ((key, facts),) = made.provenance.notes
    assert key == "own_row" and float(dict(facts)["value"]) == pytest.approx(own)


def test_the_judge_leaves_rows_out() -> None:
    model = tiny_trained()
    made = influence(model, instance("great great Film box"), 1, Progress())
    context = Context(lambda: model, Dataset(model.schema, ()), (), Progress())
    found = judge(made, context, 0)
    assert (found.verdict, found.about) == (BETTER, "influence")
    (figure,) = found.scores
    assert figure.value is not None and figure.value > 0.9 and abs(figure.mean or 0) < 0.3 and len(figure.random) == 20
    other = dataclasses.replace(made, scores=(0.0,))
    assert judge(other, context, 0) == found, "all rows are judged by the model, not by what an answer shows"


def test_demonstrations_are_left_out_one_by_one() -> None:
    model = tiny_causal_classifier()
    made = influence(model, REVIEW, 2, Progress())
    assert made.searched == len(model.prompt.shown) and made.unit == "log_probability"
    shown = model.prompt.shown
    without = model.showing([one for one in shown if one != made.rows[0]]).predict([REVIEW])[0]
    place = without.labels.index(made.prediction.label)
    lost = np.log(made.prediction.confidence) - np.log(without.probabilities[place])
    assert made.scores[0] == pytest.approx(lost, abs=1e-6) and abs(made.scores[0]) >= abs(made.scores[1])
    context = Context(lambda: model, tiny_reviews(), (), Progress())
    assert judge(made, context, 0).verdict == NOT_APPLICABLE


def test_a_demonstration_is_not_listed_beside_itself() -> None:
    model = tiny_causal_classifier()
    own = model.prompt.shown[0]
    made = influence(model, own, 9, Progress())
    assert own not in made.rows and made.searched == len(model.prompt.shown) - 1 == len(made.rows)
    assert [key for key, _ in made.provenance.notes] == [OWN_ROW]


def test_a_model_that_cannot_be_trained_again_is_refused() -> None:
    with pytest.raises(UserError) as refused:
        influence(tiny_classifier(), instance("great"), 1, Progress())
    assert refused.value.kind == "missing_capability" and refused.value.facts["capability"] == "train"


def test_stop() -> None:
    progress = Progress()
    progress.stop()
    with pytest.raises(Stopped):
        influence(tiny_trained(), instance("great"), 1, progress)
