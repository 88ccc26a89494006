"""TracIn: against captum's, against tuning the whole network again without each row, and through loading, judging and telling."""

from __future__ import annotations

import dataclasses
import warnings
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from scipy.stats import spearmanr

from agent.registries import discover_all
from agent.replying.reply import reply
from agent.replying.suggest import suggestions
from agent.running.judge import judge
from agent.state import Answer
from core.blocks import Badge
from core.data import Dataset, Instance
from core.dialogue import Request
from core.errors import Stopped, UserError
from core.faithfulness import BETTER
from core.languages import complete
from core.operation import Context
from core.progress import Progress
from core.settings import Settings
from explainers.influence import influence
from explainers.metrics.last_layer import directions, gradient, last_layer
from explainers.tracin import UNIT, finals, products, rows_for, tracin
from models.classifier import EncoderClassifier
from models.heads.networks import SequenceNetwork
from models.loading import Models
from models.weights.checkpoints import MOST, checkpoints
from tests.fine_tuning import KEPT, RATE, fine_tuned_folder, fine_tuning_data, log_probability, tuned
from tests.tiny import SCHEMA, instance, tiny_classifier

discover_all()
DATA = fine_tuning_data()
ROWS, TESTS = DATA.split("train"), DATA.split("test")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fine_tuned_folder(tmp_path_factory.mktemp("tuned"), tuned(ROWS))


@pytest.fixture
def model(folder: Path, settings: Settings) -> EncoderClassifier:
    made = Models(settings).explained(f"file:{folder}", "fp32", DATA)
    assert isinstance(made, EncoderClassifier)
    return made


def gains(model: EncoderClassifier, one: Instance, label: int) -> np.ndarray:
    return tracin(model, rows_for(model, DATA, one, 0), one, label, Progress())


@pytest.mark.parametrize("kind", ["bert", "roberta"])
def test_the_last_layer_is_that_of_the_network(kind: str) -> None:
    model = tiny_classifier(kind)
    found = finals(model, ROWS, Progress())
    network = model.network.model
    last = network.classifier if kind == "bert" else network.classifier.out_proj
    scores = found.inputs @ last.weight.double().numpy().T + last.bias.double().numpy()
    assert found.scores == pytest.approx(scores[:, [1, 2, 0]], abs=1e-5)
    chances = np.array([one.probabilities for one in model.predict(ROWS)])
    assert torch.tensor(found.scores).softmax(-1).numpy() == pytest.approx(chances, abs=1e-5)
    hooks = [len(one._forward_hooks) for one in network.modules()]
    assert sum(hooks) == 0 and not any(one.requires_grad for one in network.parameters())


def test_products_are_those_of_captum(model: EncoderClassifier) -> None:
    """TracInCP with the last layer's weights and bias; TracInCPFast leaves the bias out, which is the same less one error product."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from captum.influence import TracInCP, TracInCPFast

    rows, one = finals(model, ROWS, Progress()), model.final((TESTS[0],))
    answers = np.array([SCHEMA.labels.index(row.label) for row in ROWS])
    own = model.network.model.classifier
    layer = torch.nn.Linear(own.in_features, own.out_features).double()
    layer.load_state_dict(own.state_dict())
    net = torch.nn.Sequential(layer)
    data = [(torch.tensor(x), torch.tensor(y)) for x, y in zip(rows.inputs, answers, strict=True)]
    told, test = products(rows, answers, one, 1), (torch.tensor(one.inputs), torch.tensor([1]))
    shared = {"checkpoints": ["now"], "checkpoints_load_func": lambda *_: 1.0, "batch_size": 4}
    every, total = (torch.nn.CrossEntropyLoss(reduction=kind) for kind in ("none", "sum"))
    whole = TracInCP(net, data, layers=["0"], loss_fn=every, **shared).influence(test)[0].detach().numpy()
    assert told == pytest.approx(whole, rel=1e-6)
    fast = TracInCPFast(net, layer, data, loss_fn=total, **shared).influence(test)[0].detach().numpy()
    near = rows.inputs @ one.inputs[0]
    assert fast == pytest.approx(told * near / (near + 1.0), rel=1e-6), "captum's fast form leaves the bias out"


def test_against_tuning_the_whole_network_again(model: EncoderClassifier) -> None:
    """Rank correlation with the change of the log-probability when a row is left out of the whole tuning, beside shuffled scores."""
    whole = tuned(ROWS)[-1]
    without = [tuned([*ROWS[:place], *ROWS[place + 1 :]])[-1] for place in range(len(ROWS))]
    chance, found, shuffled = np.random.default_rng(0), [], []
    for one in TESTS:
        label = model.predict([one])[0].label
        said = log_probability(whole, one.text, label)
        true = [said - log_probability(other, one.text, label) for other in without]
        told = gains(model, one, SCHEMA.labels.index(label))
        found.append(spearmanr(told, true).statistic)
        shuffled += [spearmanr(chance.permutation(told), true).statistic for _ in range(20)]
    assert np.mean(found) > 0.85 and min(found) > 0.6
    assert abs(np.mean(shuffled)) < 0.15


def test_checkpoints_beside_the_model_count_by_their_learning_rate(model: EncoderClassifier, folder: Path) -> None:
    assert [(one.step, one.rate) for one in checkpoints(folder)] == [(KEPT[0], RATE), (KEPT[1], RATE / 2)]
    stages = [(stage.rate, stage.model) for stage in model.stages]
    assert [rate for rate, _ in stages] == [RATE, RATE / 2]
    rows, one = rows_for(model, DATA, TESTS[0], 0), TESTS[0]
    parts = [
        rate * products(finals(then, rows.rows, Progress()), rows.answers, then.final((one,)), 1)
        for rate, then in [*stages, (RATE / 2, model)]
    ]
    assert gains(model, one, 1) == pytest.approx(sum(parts) / (2 * RATE))
    assert not np.allclose(parts[0] / RATE, parts[2] / (RATE / 2), rtol=1e-3), "the network did change in between"


def test_a_checkpoint_that_is_the_model_or_cannot_be_read_does_not_count(folder: Path, tmp_path: Path) -> None:
    for step in range(1, 7):
        (tmp_path / f"checkpoint-{step}").mkdir()
        (tmp_path / f"checkpoint-{step}" / "config.json").write_text("{}")
        (tmp_path / f"checkpoint-{step}" / "model.safetensors").write_text(f"{step}")
    (tmp_path / "model.safetensors").write_text("6")
    (tmp_path / "checkpoint-2" / "model.safetensors").unlink()
    found = checkpoints(tmp_path)
    assert [one.step for one in found] == [1, 4, 5] and len(found) == MOST
    assert {one.rate for one in found} == {1.0}, "nobody wrote the learning rates down"
    assert checkpoints(tmp_path / "checkpoint-1") == ()


def context(model: EncoderClassifier, data: Dataset = DATA) -> Context:
    return Context(lambda: model, data, (), Progress())


def test_the_answer_says_whose_rows_and_how_many_states(model: EncoderClassifier) -> None:
    made = influence(model, TESTS[0], 3, Progress(), DATA)
    assert made.unit == UNIT and made.searched == len(ROWS) and len(made.rows) == 3
    sizes = [abs(score) for score in made.scores]
    assert sizes == sorted(sizes, reverse=True)
    assert [key for key, _ in made.provenance.notes] == ["tracin_rows", "tracin_many"]
    model.stages = ()
    alone = influence(model, TESTS[0], 3, Progress(), DATA)
    assert [key for key, _ in alone.provenance.notes] == ["tracin_rows", "tracin_one"]


def test_the_check_fits_a_last_layer_without_rows(model: EncoderClassifier) -> None:
    made = influence(model, TESTS[0], 1, Progress(), DATA)
    found = judge(made, context(model), 0)
    (figure,) = found.scores
    assert (found.verdict, found.about, figure.metric) == (BETTER, "steps", "last_layer_out")
    assert figure.value is not None and figure.value > 0.7 and abs(figure.mean or 0) < 0.3
    assert judge(made, context(model), 0) == found


def test_training_on_without_a_row_is_a_fit_from_nothing_without_it(model: EncoderClassifier) -> None:
    """The change of the layer by gradient descent on the same loss, slow and plain."""
    rows = rows_for(model, DATA, TESTS[0], 0)
    found = last_layer(model, rows, TESTS[0], Progress())

    def trained(kept: list[int]) -> float:
        change = np.zeros_like(found.change)
        for _ in range(300):
            slope = gradient(change, found.points[kept], found.scores[kept], found.answers[kept], np.ones(len(kept)))
            change -= 0.15 * slope
        logits = found.said + change @ found.point
        return float(logits[1] - np.log(np.exp(logits).sum()))

    every = list(range(len(rows.rows)))
    for row in (0, 5):
        true = trained(every) - trained([place for place in every if place != row])
        assert found.without(row, 1) == pytest.approx(true, abs=1e-8)


def test_rows_keep_the_directions_in_which_they_lie() -> None:
    points = np.random.default_rng(0).normal(size=(30, 3)) @ np.random.default_rng(1).normal(size=(3, 12))
    turned = directions(points, 3)
    assert turned.shape == (12, 3) and points @ turned @ turned.T == pytest.approx(points)


@pytest.mark.parametrize("language", complete())
def test_it_is_told_as_steps_and_no_button_takes_a_row_out(model: EncoderClassifier, language: str) -> None:
    made = influence(model, TESTS[0], 2, Progress(), DATA)
    answer = Answer(Request("influence", ids=(12,)), made, judge(made, context(model), 0))
    told = reply((answer,), SCHEMA, language)
    plain = "\n".join(block.plain for block in told.blocks)
    badge = next(block for block in told.blocks if isinstance(block, Badge))
    assert "TracIn" in plain and badge.tone == "good"
    assert suggestions(answer, language) == []


def test_what_cannot_be_told_is_refused(model: EncoderClassifier, monkeypatch: pytest.MonkeyPatch) -> None:
    other = Dataset(SCHEMA, tuple(dataclasses.replace(row, label="") for row in DATA.rows))
    with pytest.raises(UserError) as refused:
        influence(model, TESTS[0], 1, Progress(), other)
    assert refused.value.kind == "missing_capability"
    assert isinstance(model.network, SequenceNetwork)
    wrong = torch.nn.Sequential(model.network.model.classifier, torch.nn.Tanh())  # its scores are no linear layer's
    monkeypatch.setattr(model.network.model, "classifier", wrong)
    fresh = EncoderClassifier("t", "r", "fp32", model.network, model.reader, SCHEMA, SCHEMA.labels)
    with pytest.raises(UserError) as refused:
        influence(fresh, instance("great box"), 1, Progress(), DATA)
    assert refused.value.facts["capability"] == "train"


def test_stop(model: EncoderClassifier) -> None:
    progress = Progress()
    progress.stop()
    with pytest.raises(Stopped):
        influence(model, TESTS[0], 1, progress, DATA)


def test_many_rows_are_drawn_by_the_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explainers.tracin.ROWS", 5)
    labelled = SimpleNamespace(labels=SCHEMA.labels, name="t")
    first, again, other = (rows_for(labelled, DATA, TESTS[0], seed) for seed in (0, 0, 1))  # type: ignore[arg-type]
    assert len(first.rows) == 5 and first.total == len(ROWS)
    assert first.rows == again.rows != other.rows
