"""Metrics against paper and slow oracles, and the sets of words they look at."""

import json
import math
import random
from collections import Counter
from dataclasses import replace
from pathlib import Path
from statistics import fmean

import pytest
import torch

import explainers.metrics
from core.explanations import Attribution, Token
from core.progress import Progress
from core.registry import discover
from explainers.base import EXPLAINERS, attribute, explained_units, target_of
from explainers.metrics.base import METRICS, order_of, sizes, top, without_top
from explainers.metrics.judge import judge
from explainers.metrics.max_sensitivity import MOVES, RADIUS, Moved, moved_maps
from explainers.metrics.orders import arrangements, orders, words_first
from explainers.metrics.variants import calls, probabilities
from tests.oracles import eraser
from tests.toys import TOYS, Network, instance

discover(explainers.metrics)
ROWS = [json.loads(line) for line in Path("tests/data/metrics.jsonl").read_text().splitlines()]


def explained(model, text, scores, target="positive", **others):
    """An attribution with these scores a word."""
    encoded = model.encode(instance(text))
    tokens = tuple(Token(token.text, token.start, token.end) for token in encoded.tokens)
    prediction = model.predict([instance(text)])[0]
    return Attribution(prediction, target, "given", tokens, tuple(float(score) for score in scores), "logit", **others)


def shuffled(count, draws, seed):
    """Random orders of a text of words alone."""
    return orders(tuple(range(count)), count, draws, seed)


def marked(made, spans):
    """The same attribution of a text in which people marked these stretches."""
    row = replace(made.prediction.instance, rationale=tuple(tuple(span) for span in spans))
    return replace(made, prediction=replace(made.prediction, instance=row))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['metric']}-{row['why'][:30]}")
def test_values_are_those_worked_out_on_paper(row):
    model = TOYS[row["toy"]]()
    others = {"contrast": row.get("contrast", ""), "gap": row.get("gap"), "signed": row.get("signed", True)}
    made = explained(model, row["text"], row["scores"], **others)
    made = replace(made, method=row.get("method", made.method))
    made = marked(made, row.get("rationale", []))
    (found,) = (score for score in judge(model, made, deep=True).scores if score.metric == row["metric"])
    expected = row["expected"]
    assert found.value == (None if expected is None else pytest.approx(expected, abs=1e-6)), row["why"]
    assert (found.reason != "") == (expected is None)


@pytest.mark.parametrize("seed", range(5))
def test_values_agree_with_one_variant_at_a_time(seed):
    source = random.Random(seed)
    model = Network()
    text = " ".join(source.choices(model.words, k=source.randint(1, 17)))
    scores = [source.gauss(0, 1) for _ in text.split()]
    found = {score.metric: score.value for score in judge(model, explained(model, text, scores)).scores}
    assert found["comprehensiveness"] == pytest.approx(eraser(model, instance(text), 1, scores, False), abs=1e-5)
    assert found["sufficiency"] == pytest.approx(eraser(model, instance(text), 1, scores, True), abs=1e-5)


@pytest.mark.parametrize("method", ["saliency", "input_x_gradient", "integrated_gradients"])
def test_max_sensitivity_is_the_largest_change_relative_to_the_whole_map(method):
    model, row = Network(), instance("very good quite dull film fine bad great")
    made = attribute(model, row, method, "positive")
    encoded = model.encode(row)
    inputs, target = model.embeddings(encoded), target_of(model, "positive", None)
    reach = RADIUS * float(inputs.max() - inputs.min())
    source = torch.Generator().manual_seed(3)
    changes = []
    for _ in range(MOVES):
        moved = inputs + reach * (2 * torch.rand(1, *inputs.shape, generator=source)[0] - 1)
        scores = EXPLAINERS[method].run(Moved(model, moved), encoded, target, 0, Progress()).scores
        changes.append(math.dist(scores, made.scores) / math.hypot(*made.scores))
    assert list(moved_maps(model, made, 3, Progress())) == pytest.approx([max(changes)], rel=1e-4)


def test_random_values_are_the_metric_of_the_random_orders():
    model = Network()
    text = "good bad very dull film fine great"
    found = judge(model, explained(model, text, range(7)), draws=10, seed=4)
    as_scores = [[-order.index(unit) for unit in range(7)] for order in shuffled(7, 10, 4)]
    expected = [eraser(model, instance(text), 1, scores, False) for scores in as_scores]
    (score,) = (one for one in found.scores if one.metric == "comprehensiveness")
    assert list(score.random) == pytest.approx(expected, abs=1e-5)


def test_ranges_hold():
    for one in METRICS:
        model = Network()
        made = explained(model, "good bad very dull", [1, 2, 3, 4], contrast="negative", gap=0.1)
        (found,) = (score for score in judge(model, made, deep=True).scores if score.metric == one.name)
        for value in (found.value or 0.0, *found.random):
            assert found.low is None or value >= found.low
            assert found.high is None or value <= found.high


def test_curves_show_the_variants_behind_comprehensiveness_and_sufficiency():
    model = TOYS["additive"]()
    made = explained(model, "great good fine dull bad awful film film film film", [9, 8, 7, 2, 1, 0, 6, 5, 4, 3])
    found = judge(model, made)
    scores = {score.metric: score for score in found.scores}
    gone, kept = found.curves
    assert (gone.kind, kept.kind) == ("deletion", "insertion")
    assert gone.shares == (0.0, 0.1, 0.2, 0.3, 0.5) and kept.shares == (0.1, 0.2, 0.3, 0.5, 1.0)
    assert fmean(gone.own[0] - height for height in gone.own[1:]) == pytest.approx(scores["comprehensiveness"].value)
    assert fmean(kept.own[-1] - height for height in kept.own[:-1]) == pytest.approx(scores["sufficiency"].value)
    assert fmean(gone.random[0] - height for height in gone.random[1:]) == pytest.approx(
        scores["comprehensiveness"].mean
    )
    assert gone.spread[0] == pytest.approx(0.0) and max(gone.spread) > 0
    # Without great, good, fine; then films, which say nothing
    on_paper = [1 / (1 + math.exp(-2 * f)) for f in (0, -3, -5, -6, -6)]
    assert gone.own == pytest.approx(on_paper)


def test_one_word_has_no_curve():
    model = Network()
    assert judge(model, explained(model, "good", [1])).curves == ()


def test_sizes_are_the_shares_rounded_and_at_least_one():
    assert sizes(1) == (1, 1, 1, 1)
    assert sizes(5) == (1, 1, 2, 3)
    assert sizes(10) == (1, 2, 3, 5)
    assert sizes(25) == (3, 5, 8, 13)


def test_kept_sets():
    order = order_of([0.5, -1.0, 2.0, 0.5])
    assert order == (2, 0, 3, 1)
    assert top(order)[-1] == {2, 0}
    assert without_top(order)[0] == {0, 3, 1}


def test_arrangements_are_what_differs():
    for count in range(1, 6):
        everything = {(top(order), without_top(order)) for order in shuffled(count, 10_000, 0)}
        assert len(everything) == arrangements(tuple(range(count)), count) == len(shuffled(count, 10_000, 0))
    assert [arrangements(tuple(range(count)), count) for count in (1, 2, 3, 4, 5)] == [1, 2, 6, 12, 60]


def test_marks_come_last_in_every_random_order():
    tokens = [Token(text, place, place + 1) for place, text in enumerate(["a", ",", "b", "!", "c", "d", "."])]
    units, moved = words_first(tokens)
    assert (units, moved) == ((0, 2, 4, 5, 1, 3, 6), 4)
    drawn = orders(units, moved, 10, 0)
    assert all(sorted(order[:4]) == [0, 2, 4, 5] and order[4:] == (1, 3, 6) for order in drawn)
    everything = {(top(order), without_top(order)) for order in orders(units, moved, 100, 0)}
    assert len(everything) == arrangements(units, moved) == 12
    assert words_first(tokens[1:2]) == ((0,), 1), "marks alone are ordered like words"


def test_draws_are_seeded_permutations_in_antithetic_pairs():
    drawn = shuffled(12, 10, 1)
    assert drawn == shuffled(12, 10, 1) != shuffled(12, 10, 2)
    assert all(sorted(order) == list(range(12)) for order in drawn)
    assert all(drawn[place] == drawn[place + 1][::-1] for place in range(0, 10, 2))
    assert len(shuffled(12, 11, 1)) == 11


def test_draws_are_uniform():
    first = Counter(order[0] for order in shuffled(12, 12_000, 0))
    assert all(850 < first[unit] < 1150 for unit in range(12))


def test_every_distinct_variant_is_computed_once():
    model = Network()
    text = "good bad very dull film fine"
    made = explained(model, text, range(6))
    model.calls = 0
    judge(model, made, draws=20)
    every = (order_of(made.scores), *shuffled(6, 20, 0))
    wanted = {kept for order in every for kept in (*top(order), *without_top(order))}
    assert model.calls == len(wanted) + 1


def test_calls_hold_variants_of_like_length():
    assert calls([3]) == [1]
    assert calls([0, 1, 1, 4, 4, 5, 20, 22, 23, 24, 40]) == [6, 4, 1]
    assert calls([7] * 40) == [16, 16, 8]


def test_variants_of_one_target_do_not_depend_on_their_order():
    model = Network()
    encoded = model.encode(instance("good bad very dull film fine"))
    units = explained_units(encoded, "word")
    wanted = [frozenset({0, 1}), frozenset({5}), frozenset(), frozenset(range(6))]
    target = target_of(model, "positive", None)
    there = probabilities(model, encoded, units, target, wanted, Progress())
    back = probabilities(model, encoded, units, target, wanted[::-1], Progress())
    assert there == back
    assert set(there) == set(wanted)
