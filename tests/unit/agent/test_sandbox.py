"""The sandbox: a session changes its own copy of model and data; others see nothing, and undo brings the old one back."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression

from agent.state import Message, Turn
from agent.turn import Agent
from core.changes import altered
from core.data import UNLEARNED
from core.dialogue import Alteration
from core.errors import UserError
from core.explanations import EDIT_LABEL, LEARN, UNLEARN, Change
from core.progress import Progress
from core.settings import Settings
from models.causal import CausalClassifier
from models.classifier import EncoderClassifier
from models.encoder import Encoder
from models.heads.head import Head, train_head, training_of
from models.heads.input_reader import InputReader
from models.heads.networks import PooledNetwork
from models.heads.training import LEARNED
from tests.tiny import instance, tiny_classifier, tiny_dataset, tiny_encoder
from tests.tiny_causal import tiny_dataset as tiny_reviews
from tests.unit.models.test_causal import REVIEW
from tests.unit.models.test_causal import classifier as tiny_causal_classifier

DATA = tiny_dataset()
TRAIN_ID, TEST_ID = 9, 0


@cache
def _encoder() -> Encoder:
    return tiny_encoder()  # one for all: two trainings of a tokenizer need not number its pieces alike


@cache
def _head() -> Head:
    return train_head(_encoder(), DATA, 0, Progress())


def tiny_trained() -> EncoderClassifier:
    """The tiny encoder under a head that was trained on the tiny data set."""
    encoder, head = _encoder(), _head()
    network = PooledNetwork(encoder.model, head.card.layer, head.weight, head.bias)
    reader = InputReader(encoder.tokenizer, encoder.limit, "query: ")
    labels, training = head.card.labels, training_of(head, DATA)
    return EncoderClassifier("tiny", "r0", "fp32", network, reader, DATA.schema, labels, (), training)


@pytest.fixture(scope="module")
def model() -> EncoderClassifier:
    return tiny_trained()


def chances(model: EncoderClassifier | CausalClassifier, number: int = TEST_ID) -> tuple[float, ...]:
    return model.predict([DATA.instance(number)])[0].probabilities


def test_kept_features_give_what_the_network_gives(model: EncoderClassifier) -> None:
    row = DATA.instance(TEST_ID)
    encoded = model.encode(row)
    whole = model.scores(encoded, torch.ones(1, len(encoded.tokens), dtype=torch.bool))
    calls = model.calls
    assert chances(model) == pytest.approx(whole.softmax(-1)[0].tolist(), abs=1e-5)
    assert model.calls == calls, "a row of the data needs no forward pass"


def test_no_change_fits_the_very_head(model: EncoderClassifier) -> None:
    weight, bias = model.training.fit()
    assert np.array_equal(weight, _head().weight.numpy()) and np.array_equal(bias, _head().bias.numpy())


def test_unlearning_is_training_without_the_row(model: EncoderClassifier) -> None:
    copy = model.altered([Alteration(UNLEARN, TRAIN_ID)], DATA)
    training = model.training
    keep = [place for place, row in enumerate(training.train) if row.id != TRAIN_ID]
    fit = LogisticRegression(C=training.strength, tol=1e-10, max_iter=10_000)
    fit.fit(training.points[keep], training.answers[keep])
    point = training.standardised(model.vectors([DATA.instance(TEST_ID)]).numpy())
    assert chances(copy) == pytest.approx(fit.predict_proba(point)[0].tolist(), abs=1e-5)
    assert len(keep) == len(training.train) - 1 == len(copy.training.train)


def test_learning_is_training_with_the_row_ten_times(model: EncoderClassifier) -> None:
    copy = model.altered([Alteration(LEARN, TEST_ID)], DATA)
    training, vector = model.training, model.vectors([DATA.instance(TEST_ID)]).numpy()
    point = training.standardised(vector)
    answer = model.labels.index(DATA.instance(TEST_ID).label)
    points = np.concatenate([training.points, *[point] * int(LEARNED)])
    answers = np.append(training.answers, [answer] * int(LEARNED))
    fit = LogisticRegression(C=training.strength, tol=1e-10, max_iter=10_000).fit(points, answers)
    assert chances(copy) == pytest.approx(fit.predict_proba(point)[0].tolist(), abs=1e-5)
    assert TEST_ID not in {row.id for row in copy.training.test}, "what was learned measures nothing any more"


def test_changes_follow_one_another_and_can_cancel_out(model: EncoderClassifier) -> None:
    steps = [Alteration(LEARN, TEST_ID), Alteration(UNLEARN, TEST_ID)]
    assert chances(model.altered(steps, DATA)) == pytest.approx(chances(model), abs=1e-6)
    other = "neutral" if DATA.instance(TRAIN_ID).label != "neutral" else "positive"
    back = Alteration(EDIT_LABEL, TRAIN_ID, DATA.instance(TRAIN_ID).label)
    there = Alteration(EDIT_LABEL, TRAIN_ID, other)
    assert chances(model.altered([there], DATA)) != pytest.approx(chances(model), abs=1e-6)
    assert chances(model.altered([there, back], DATA)) == chances(model)


def test_the_shared_model_stays_as_it_is(model: EncoderClassifier) -> None:
    before, rows = chances(model), model.training.train
    model.altered([Alteration(UNLEARN, TRAIN_ID), Alteration(LEARN, TEST_ID)], DATA)
    assert chances(model) == before and model.training.train is rows and model.revision == "r0"


def test_a_text_of_ones_own_is_learned_with_its_label(model: EncoderClassifier) -> None:
    own = (("text", "awful awful awful awful"),)
    copy = model.altered([Alteration(EDIT_LABEL, None, "positive", own)], DATA)
    place = model.labels.index("positive")
    said = instance("awful awful awful awful")
    assert copy.predict([said])[0].probabilities[place] > model.predict([said])[0].probabilities[place]


def test_what_cannot_be_is_refused(model: EncoderClassifier) -> None:
    with pytest.raises(UserError, match="not_in_training"):
        model.altered([Alteration(UNLEARN, TEST_ID)], DATA)
    fixed = tiny_classifier()
    with pytest.raises(UserError, match="missing_capability"):
        fixed.altered([Alteration(LEARN, TEST_ID)], DATA)
    assert fixed.altered([Alteration(EDIT_LABEL, TEST_ID, "neutral")], DATA) is fixed


def test_the_data_change_with_the_model() -> None:
    steps = (Alteration(LEARN, TEST_ID), Alteration(UNLEARN, TRAIN_ID), Alteration(EDIT_LABEL, 1, "positive"))
    own = altered(DATA, steps)
    assert [own.instance(number).split for number in (TEST_ID, TRAIN_ID)] == ["train", UNLEARNED]
    assert own.instance(1).label == "positive" != DATA.instance(1).label
    assert altered(DATA, ()) is DATA and len(own.rows) == len(DATA.rows) and own.revision != DATA.revision


def test_demonstrations_come_and_go() -> None:
    model, data = tiny_causal_classifier(), tiny_reviews()
    shown = model.prompt.shown
    gone = model.altered([Alteration(UNLEARN, shown[0].id)], data)
    assert gone.prompt.shown == shown[1:] and gone.revision != model.revision
    new = next(row for row in data.split("test"))
    more = model.altered([Alteration(LEARN, new.id)], data)
    assert [row.id for row in more.prompt.shown] == [*(row.id for row in shown), new.id]
    edited = model.altered([Alteration(EDIT_LABEL, shown[0].id, "neutral")], data)
    assert edited.prompt.shown[0].label == "neutral" and edited.prompt.shown[1:] == shown[1:]
    assert model.altered([Alteration(EDIT_LABEL, new.id, "neutral")], data) is model
    with pytest.raises(UserError, match="not_shown"):
        model.altered([Alteration(UNLEARN, new.id)], data)
    assert gone.predict([REVIEW])[0].probabilities != model.predict([REVIEW])[0].probabilities


@pytest.fixture
def agent(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, model: EncoderClassifier) -> Agent:
    made = Agent(settings, tmp_path / "sessions.sqlite", local_files=True)
    monkeypatch.setattr(made._models, "explained", lambda *given: model.altered(given[4], DATA) if given[4] else model)
    path = tmp_path / "tiny.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        sheet = csv.writer(file)
        sheet.writerow(["id", "text", "label", "language", "split"])
        sheet.writerows([row.id, row.text, row.label, row.language, row.split] for row in DATA.rows)
    made.path = str(path)  # type: ignore[attr-defined]
    return made


def ask(agent: Agent, query: str, session: str = "one") -> Turn:
    return agent.turn(session, Message(query=query, dataset=agent.path), Progress())  # type: ignore[attr-defined]


def made(turn: Turn) -> Change:
    assert isinstance(turn.explanation, Change), turn.reply.plain
    return turn.explanation


def test_a_session_learns_and_undoes(agent: Agent) -> None:
    before = ask(agent, f"predict where id = {TEST_ID}").explanation
    learned = ask(agent, f"learn where id = {TEST_ID}")
    assert made(learned).before.probabilities == before.probabilities  # type: ignore[union-attr]
    gold = made(learned).before.labels.index(DATA.instance(TEST_ID).label)
    assert made(learned).after.probabilities[gold] > made(learned).before.probabilities[gold]
    assert made(learned).total == 29 and made(learned).gold == ("negative", "negative")
    after = ask(agent, f"predict where id = {TEST_ID}")
    assert after.explanation.probabilities == made(learned).after.probabilities  # type: ignore[union-attr]
    assert dict(after.explanation.provenance.notes)["changed"] == (("count", "1"),)  # type: ignore[union-attr]
    assert after.request.changes == (Alteration(LEARN, TEST_ID),)  # type: ignore[union-attr]
    undone = ask(agent, "undo")
    assert made(undone).kind == "undo" and made(undone).after.probabilities == before.probabilities  # type: ignore[union-attr]
    again = ask(agent, f"predict where id = {TEST_ID}")
    assert again.explanation.probabilities == before.probabilities and not again.request.changes  # type: ignore[union-attr]


def test_other_sessions_see_nothing(agent: Agent) -> None:
    before = ask(agent, f"predict where id = {TEST_ID}", "two").explanation
    ask(agent, f"learn where id = {TEST_ID}", "one")
    after = ask(agent, f"predict where id = {TEST_ID}", "two")
    assert after.explanation == before and not after.request.changes  # type: ignore[union-attr]
    assert ask(agent, "undo", "two").problem.kind == "nothing_to_undo"  # type: ignore[union-attr]


def test_an_edited_test_label_changes_what_is_right(agent: Agent) -> None:
    right = next(row for row in DATA.split("test") if tiny_trained().predict([row])[0].label == row.label)
    other = next(label for label in DATA.schema.labels if label != right.label)
    turn = ask(agent, f"edit_label(label={other}) where id = {right.id}")
    assert made(turn).right == (made(turn).right[0], made(turn).right[0] - 1)
    assert made(turn).gold == (right.label, other) and not made(turn).moved
    assert ask(agent, f"count where label = {other}").explanation.facts == (("total", "41"),)  # type: ignore[union-attr]
    assert ask(agent, f"edit_label(label={other}) where id = {right.id}").problem.kind == "same_label"  # type: ignore[union-attr]


def test_a_missing_label_is_asked_back(agent: Agent) -> None:
    turn = ask(agent, "edit_label where id = 3")
    assert turn.clarification is not None and turn.clarification.reason == "which_label"
    others = [label for label in DATA.schema.labels if label != DATA.instance(3).label]
    assert [choice.calls[0].slot("label") for choice in turn.clarification.choices] == others
    assert "positive" in turn.reply.plain


def test_several_changes_in_one_message_count_together(agent: Agent) -> None:
    turn = ask(agent, f"unlearn where id = {TRAIN_ID} or id = {TRAIN_ID + 1}")
    assert [len(answer.request.changes) for answer in turn.answers] == [0, 1]
    assert len(ask(agent, "score").request.changes) == 2  # type: ignore[union-attr]
    assert ask(agent, f"unlearn where id = {TRAIN_ID}").problem.kind == "not_in_training"  # type: ignore[union-attr]
    assert len(ask(agent, "score").request.changes) == 2, "a refused change is none"  # type: ignore[union-attr]


@pytest.mark.parametrize("language", ["en", "de", "es", "ru", "zh", "te"])
def test_a_change_is_told_in_every_language(agent: Agent, language: str) -> None:
    message = Message(query=f"learn where id = {TEST_ID}", dataset=agent.path, interface=language)  # type: ignore[attr-defined]
    told = agent.turn(language, message, Progress()).reply
    assert told.language == language and "{" not in told.plain and "undo" in told.blocks[-1].queries  # type: ignore[union-attr]
