"""Costs told before: by rule, then by what was measured; and the cheaper choice beside them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.registries import discover_all
from agent.running.costs import READ, STREAM, Costs, Weights, cheaper, rows_of
from core.dialogue import Request
from core.explanations import Card
from core.filters import And, ById, ByPrediction, Or
from core.operation import OPERATIONS
from core.provenance import Provenance
from models.base import PREDICT
from models.catalog import find
from tests.tiny import tiny_dataset

discover_all()
DATA = tiny_dataset(8)
ROW = find("e5-small")
READY = Weights(ROW, "fp32", 0, loaded=True, here=True)
WHY = Request("attribute", ids=(3,), model="e5-small", precision="fp32")
LIME = replace(WHY, slots=(("method", "lime"),))


def answered(seconds: float, calls: int) -> Card:
    return Card((), provenance=Provenance(seconds=seconds, model_calls=calls))


def test_by_rule_a_row_of_e5_small_takes_what_was_measured() -> None:
    """22 ms a row: (117.65 M − 96.21 M parameters) · 2 · 45 tokens / 80 G a second = 24 ms; lime: 161 rows and 200 to check."""
    assert Costs().seconds(LIME, 1, READY) == pytest.approx((161 + 200) * 0.02412, rel=0.01)
    assert Costs().seconds(WHY, 1, READY) < Costs().seconds(LIME, 1, READY)


def test_a_loaded_models_speed_is_learned_from_any_answer() -> None:
    costs = Costs()
    costs.learn(replace(WHY, operation="predict"), 1, answered(0.5, 10), 0.6)
    assert costs.seconds(LIME, 1, READY) == pytest.approx((161 + 200) * 0.05)


def test_the_same_question_is_estimated_from_its_own_times() -> None:
    costs = Costs()
    for seconds in (4.0, 8.0):
        costs.learn(LIME, 1, answered(3.0, 100), seconds)
    assert costs.seconds(LIME, 1, READY) == pytest.approx(4 + 0.3 * 4)
    assert costs.seconds(replace(LIME, model="other"), 1, READY) != pytest.approx(5.2)


def test_a_remembered_answer_teaches_nothing() -> None:
    costs = Costs()
    costs.learn(LIME, 1, answered(30.0, 100), 0.01)
    assert costs.seconds(LIME, 1, READY) == Costs().seconds(LIME, 1, READY)


def test_loading_and_fetching_come_on_top() -> None:
    cold = Weights(ROW, "fp32", 800_000_000, loaded=False, here=False)
    warm, first = (Costs().estimate([WHY], DATA, weights) for weights in (READY, cold))
    assert first.seconds - warm.seconds == pytest.approx(8e8 / READ + ROW.download_mb * 1e6 / STREAM)
    assert (first.memory, first.download) == (800_000_000, ROW.download_mb) and (warm.memory, warm.download) == (0, 0)


def test_questions_about_the_data_alone_cost_nothing() -> None:
    cold = Weights(ROW, "fp32", 800_000_000, loaded=False, here=False)
    assert Costs().estimate([Request("count")], DATA, cold).seconds == 0


def test_whole_data_sets_count_by_their_rows() -> None:
    assert rows_of(Request("score", split="test"), DATA) == len(DATA.split("test"))
    assert rows_of(replace(WHY, ids=(), where=ByPrediction("positive"), split=""), DATA) == len(DATA.rows)
    among = And((Or((ById(0), ById(1))), ByPrediction("positive")))
    assert rows_of(replace(WHY, ids=(), where=among, split=""), DATA) == 2
    assert rows_of(WHY, DATA) == 1


@pytest.mark.parametrize(
    ("requests", "key", "asked"),
    [
        ([LIME, replace(LIME, ids=(4,))], "first", LIME),
        ([LIME], "method", WHY),
        ([replace(WHY, operation="rationalize")], "words", WHY),
    ],
)
def test_the_cheaper_choice(requests: list[Request], key: str, asked: Request) -> None:
    slow = {"lime": 10.0, "": 40.0}  # without a method: the rationale
    found = cheaper(requests, lambda one: 5.0 if one == WHY else slow.get(str(one.slot("method") or ""), 5.0))
    assert found and (found.key, found.requests) == (key, (asked,))


def test_nothing_is_offered_that_is_hardly_cheaper() -> None:
    assert cheaper([LIME], lambda one: 10.0) is None
    assert cheaper([Request("score")], lambda one: 99.0) is None


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        (replace(WHY, operation="rationalize", slots=(("audience", "novice"), ("precision", "rtn4"))), "rtn4"),
        (replace(WHY, operation="compare", slots=(("precision", "rtn4"),)), None),
    ],
)
def test_a_precision_that_was_said_holds_for_the_cheaper_choice(asked: Request, kept: str | None) -> None:
    found = cheaper([asked], lambda one: 5.0 if one.operation == "attribute" else 60.0)
    assert found is not None and found.key == "words"
    assert [one.slot("precision") for one in found.requests] == [kept], "the one of a comparison is its own"


def test_words_that_speak_for_a_label_ask_the_model_and_frequent_words_do_not() -> None:
    plain, driving = Request("keywords"), Request("keywords", (("target", "negative"),))
    assert not OPERATIONS["keywords"].needs_of(plain) and OPERATIONS["keywords"].needs_of(driving) == {PREDICT}
