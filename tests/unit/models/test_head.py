"""The trained head: the same for the same seed, right where the data are easy, and kept in the cache."""

import dataclasses

import numpy as np
import pytest
import torch

from core.data import Dataset, train_and_test
from core.errors import Stopped, UserError
from core.progress import Progress
from core.values import from_json, to_json
from models.heads.head import Accuracy, depths, load_head, load_or_train, save_head, train_head
from models.heads.input_reader import InputReader
from models.heads.networks import PooledNetwork
from tests.tiny import LABELS, tiny_dataset, tiny_encoder


@pytest.fixture(scope="module")
def encoder():
    return tiny_encoder()


@pytest.fixture(scope="module")
def head(encoder):
    return train_head(encoder, tiny_dataset(), 0, Progress())


def test_easy_labels_are_learned(head):
    assert head.card.overall.rate > 0.6  # three labels on an encoder that was never trained; chance is a third
    assert [(one.language, one.total) for one in head.card.test] == [("de", 15), ("en", 15)]
    assert [(one.language, one.total) for one in head.card.train] == [("de", 45), ("en", 45)]
    assert head.card.labels == LABELS and head.card.rows == 90
    assert head.weight.shape == (3, 16) and head.weight.dtype == torch.float32


def test_same_seed_same_head(encoder, head):
    again = train_head(encoder, tiny_dataset(), 0, Progress())
    assert torch.equal(head.weight, again.weight) and torch.equal(head.bias, again.bias)
    assert head.card == again.card


def test_the_network_gives_the_head_its_features(encoder, head):
    """What was trained is what is asked: accuracy measured through the network is the card's."""
    data = tiny_dataset()
    network = PooledNetwork(encoder.model, head.card.layer, head.weight, head.bias)
    reader = InputReader(encoder.tokenizer, encoder.limit, "query: ")
    right = 0
    for row in data.split("test"):
        ids = reader(row).ids[None]
        scores = network.scores(encoder.model.get_input_embeddings()(ids), torch.ones_like(ids), ids)
        right += head.card.labels[int(scores.argmax())] == row.label
    assert right == head.card.overall.right


def test_the_fit_is_the_minimum(encoder):
    """At the minimum of a convex loss the gradient is zero; the loss is written out here."""
    from models.heads.head import _fit

    generator = np.random.default_rng(0)
    values = generator.normal(size=(60, 4)).astype(np.float32) * np.array([1, 5, 0.1, 1], np.float32) + 3
    answers = generator.integers(0, 3, 60)
    weight, bias = _fit(values, answers, strength=0.1)
    mean, scale = values.mean(0), values.std(0) + 1e-6
    inner = torch.tensor(weight * scale, dtype=torch.float64, requires_grad=True)
    outer = torch.tensor(bias + weight @ mean, dtype=torch.float64, requires_grad=True)
    points = torch.tensor((values - mean) / scale, dtype=torch.float64)
    loss = torch.nn.functional.cross_entropy(points @ inner.T + outer, torch.tensor(answers), reduction="sum") * 0.1
    loss = loss + inner.square().sum() / 2
    gradients = torch.autograd.grad(loss, (inner, outer))
    assert max(float(one.abs().max()) for one in gradients) < 1e-2


def test_two_labels_get_a_row_each(encoder):
    data = tiny_dataset()
    schema = dataclasses.replace(data.schema, labels=("negative", "positive"))
    head = train_head(encoder, Dataset(schema, data.rows), 0, Progress())
    assert head.weight.shape == (2, 16) and head.card.rows == 60


def test_the_cache(tmp_path, encoder, head):
    data = tiny_dataset()
    steps = []
    made = load_or_train(tmp_path, encoder, data, 0, Progress(lambda step, done: steps.append(step)), "fp32")
    assert torch.equal(made.weight, head.weight) and set(steps) == {"train"}
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".json", ".safetensors", ".safetensors"]
    steps.clear()
    found = load_or_train(tmp_path, encoder, data, 0, Progress(lambda step, done: steps.append(step)), "fp32")
    assert torch.equal(found.weight, made.weight) and found.card == made.card and not steps
    assert np.array_equal(found.features, made.features) and found.features.shape == (120, 16)
    load_or_train(tmp_path, encoder, data, 1, Progress(), "fp32")
    assert len(list(tmp_path.iterdir())) == 6, "another seed is another head"


def test_a_damaged_head_is_none(tmp_path, head):
    path = tmp_path / "head"
    assert load_head(path) is None
    save_head(head, path)
    assert load_head(path) is not None
    (tmp_path / "head.safetensors").write_bytes(b"\x00" * 20)
    assert load_head(path) is None
    save_head(head, path)
    (tmp_path / "head.json").write_text("{}")
    assert load_head(path) is None
    save_head(head, path)
    (tmp_path / "head.features.safetensors").unlink()
    assert load_head(path) is None


def test_training_can_be_stopped(encoder):
    progress = Progress()
    progress.stop()
    with pytest.raises(Stopped):
        train_head(encoder, tiny_dataset(), 0, progress)


def test_too_few_rows_are_refused(encoder):
    with pytest.raises(UserError, match="too_few_rows"):
        train_head(encoder, tiny_dataset(8), 0, Progress())


def test_rows_without_splits_are_split(encoder):
    data = tiny_dataset()
    plain = Dataset(data.schema, tuple(dataclasses.replace(row, split="") for row in data.rows))
    train, test = train_and_test(plain)
    assert len(train) == 96 and len(test) == 24
    assert not {row.id for row in train} & {row.id for row in test}
    assert {row.label for row in test} == set(LABELS)


def test_wilsons_interval():
    """Worked out by hand for 8 of 10: (0.8 + 0.19207) / 1.38415 ± 0.22674."""
    low, high = Accuracy("en", 8, 10).interval
    assert (low, high) == (pytest.approx(0.4902, abs=1e-4), pytest.approx(0.9433, abs=1e-4))
    assert Accuracy("en", 0, 0).interval[1] <= 1


def test_a_card_is_json(head):
    assert from_json(to_json(head.card)) == head.card


def test_depths(encoder):
    assert depths(encoder.model) == (2, 3)
