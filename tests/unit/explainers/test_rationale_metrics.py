"""Metrics of rationales on toys where the right answer is planned, and slow oracles for what they add up."""

from __future__ import annotations

import itertools
import json
import math
import random
from pathlib import Path

import numpy as np
import pytest

from core.explanations import Rationale
from explainers.base import attribute
from explainers.metrics.base import metric_words
from explainers.metrics.cc_shap import added, chosen_orders, variants
from explainers.metrics.rationale import judge_rationale
from explainers.metrics.rationale_base import RATIONALE_METRICS, Case, words_in
from explainers.rationales.reader import HIDDEN, LinearReader, hidden
from tests.toys import Additive, instance

ROWS = [json.loads(line) for line in Path("tests/data/rationale_metrics.jsonl").read_text().splitlines()]
NAMES = ("negative", "positive")


class Letters:
    """Vectors of the letters a to z that a text holds, of length 1."""

    def embed(self, texts):
        counts = np.array([[text.count(chr(97 + place)) for place in range(26)] for text in texts], dtype=np.float32)
        return counts / np.maximum(np.linalg.norm(counts, axis=1, keepdims=True), 1e-9)


def rationale(model, text, said="since", cited=""):
    words = words_in(model, instance(text))
    named = tuple(word for word in words if word.text in cited.split())
    prediction = model.predict([instance(text)])[0]
    found = attribute(model, instance(text), "occlusion")
    return Rationale(prediction, said, named, "toy", "plain", "user", "en", found)


def case(row):
    model = Additive()
    made = rationale(model, row["text"], row.get("said", "since"), row.get("cited", ""))

    def told(texts):
        parts = row["told"]
        return [(sum(parts.get(word, 0) for word in one.text.split()), 0.0) for one in texts]

    def again(texts):
        return [rationale(model, one.text, cited=row["names"]) for one in texts]

    reader = LinearReader(Letters(), ["it is praise", "it is blame"] * 3, ["positive", "negative"] * 3, NAMES)
    return Case(
        model,
        made,
        told=told if "told" in row else None,
        again=again if "names" in row else None,
        drawn=tuple(rationale(model, row["text"], *one) for one in row.get("drawn", [])),
        others=tuple(row.get("others", [])),
        reader=reader if row.get("reader", True) else None,
        encoder=Letters(),
        words=tuple(row.get("words", [])),
    )


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['metric']}-{row['why'][:30]}")
def test_values_are_those_planned(row):
    found = RATIONALE_METRICS[row["metric"]].measure(case(row))
    expected = row["expected"]
    tolerance = 0.02 if row["metric"] == "cc_shap" else 1e-6  # the answer's log-probability bends a little
    assert found.value == (None if expected is None else pytest.approx(expected, abs=tolerance)), row["why"]
    assert found.reason == row.get("reason", "")
    if "random" in row:
        assert list(found.random) == row["random"]
    if "chance_below" in row:
        assert (found.mean or 0) < row["chance_below"]


def test_every_metric_has_a_row_and_words():
    for one in RATIONALE_METRICS:
        assert one.name in {row["metric"] for row in ROWS}, (
            f"{one.name} has no row in tests/data/rationale_metrics.jsonl"
        )
        assert metric_words().say(f"metric.{one.name}.title", "te")
    for row in ROWS:
        assert not row.get("reason") or metric_words().say(f"reason.{row['reason']}", "zh")


def test_without_a_writer_nothing_is_made_up():
    model = Additive()
    bare = Case(model, rationale(model, "good film"))
    for one in RATIONALE_METRICS:
        found = one.measure(bare)
        assert found.value is None and found.reason


def test_the_judge_adds_deep_metrics_and_keeps_its_verdict():
    row = next(row for row in ROWS if row["metric"] == "simulatability")
    one = case(row)
    plain, deep = judge_rationale(one.model, one.made), judge_rationale(one.model, one.made, case=one)
    assert (plain.verdict, plain.reason) == (deep.verdict, deep.reason)
    assert {score.metric for score in deep.scores} - {score.metric for score in plain.scores} == set(
        RATIONALE_METRICS.names()
    )


def shapley(value, count):
    """The oracle: all orders."""
    scores = [0.0] * count
    for order in itertools.permutations(range(count)):
        for size, unit in enumerate(order):
            scores[unit] += value(frozenset(order[: size + 1])) - value(frozenset(order[:size]))
    return [score / math.factorial(count) for score in scores]


def test_contributions_are_shapley_values_or_what_one_word_takes_away():
    table = {
        kept: random.Random(str(sorted(kept))).random()
        for size in range(4)
        for kept in map(frozenset, itertools.combinations(range(3), size))
    }
    every = tuple(itertools.permutations(range(3)))
    assert added(table, 3, every) == pytest.approx(shapley(table.__getitem__, 3))
    whole = table[frozenset({0, 1, 2})]
    assert added(table, 3, ()) == pytest.approx(
        [whole - table[frozenset({1, 2})], whole - table[frozenset({0, 2})], whole - table[frozenset({0, 1})]]
    )


@pytest.mark.parametrize(("count", "budget"), [(4, 64), (8, 64), (10, 11), (10, 20), (3, 8)])
def test_the_budget_holds(count, budget):
    orders = chosen_orders(count, budget, random.Random(0))
    assert len(variants(count, orders)) <= budget
    assert len(orders) % 2 == 0 and all(sorted(order) == list(range(count)) for order in orders)
    assert len(set(orders)) == len(orders), "no order is drawn twice where all of them are few"


def test_label_names_are_hidden_from_the_reader():
    assert (
        hidden("It is entailed, not a Contradiction.", ["entailment", "contradiction"])
        == f"It is {HIDDEN}, not a {HIDDEN}."
    )
    assert hidden("this is positive: praise", NAMES) == f"this is {HIDDEN}: praise"
    chinese = hidden("模型回答“负面”，因为“太慢”，很不负面情绪化", (*NAMES, "负面", "负面情绪"))
    assert chinese == f"模型回答“{HIDDEN}”，因为“太慢”，很不{HIDDEN}化"
