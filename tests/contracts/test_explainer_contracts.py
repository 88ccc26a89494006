"""What every attribution method and every metric promises, checked over the registries on every toy."""

import json
import math
import statistics

import pytest
import torch

import explainers
import explainers.metrics
from core.errors import UserError
from core.progress import Progress
from core.registry import discover
from core.settings import ROOT
from explainers.base import EXPLAINERS, attribute, explained_units, target_of
from explainers.metrics.base import METRICS, metric_words
from explainers.metrics.judge import judge
from models.base import PREDICT
from tests.toys import ALL, TOYS, Additive, Product, Squares, instance

discover(explainers)
discover(explainers.metrics)
METHODS = [one.name for one in EXPLAINERS]
TEXT = "a great but quite dull film with very good music"
TELLING = (
    "great music in a film of this kind",
    "in this hall we saw a very good and quite dull film",
    "fine day and great sea for us all",
)
SENSITIVE = ("saliency", "smoothgrad")  # tell words apart only where the slope differs, as on no linear toy
UNSIGNED = (
    "in this hall we saw a very good film"  # without words against, which unsigned maps cannot tell from those for
)
every_method = pytest.mark.parametrize("method", METHODS)
every_toy = pytest.mark.parametrize("toy", TOYS.values(), ids=TOYS)


def rows(name):
    return [json.loads(line) for line in (ROOT / "tests" / "data" / name).read_text().splitlines()]


def state(model):
    return model.table.detach().clone(), model.table.grad, torch.is_grad_enabled(), torch.random.get_rng_state()


def same(before, after):
    return (
        torch.equal(before[0], after[0])
        and before[1] is after[1] is None
        and before[2] == after[2]
        and torch.equal(before[3], after[3])
    )


@every_method
def test_every_method_has_a_row(method):
    assert method in {row["method"] for row in rows("explainers.jsonl")}, (
        f"method `{method}` has no row in tests/data/explainers.jsonl"
    )


def test_every_metric_has_a_row_and_words():
    for one in METRICS:
        assert one.name in {row["metric"] for row in rows("metrics.jsonl")}, (
            f"metric `{one.name}` has no row in tests/data/metrics.jsonl"
        )
        for key in ("title", "meaning", "direction"):
            assert metric_words().get(f"metric.{one.name}.{key}", "en")
        assert not one.reason or metric_words().get(f"reason.{one.reason}", "en")


@every_method
@every_toy
def test_one_finite_score_a_token_and_spans_inside_the_text(method, toy):
    model = toy()
    encoded = model.encode(instance(TEXT))
    found = EXPLAINERS[method].run(model, encoded, target_of(model, "positive", None), 0, Progress())
    assert len(found.scores) == len(encoded.tokens)
    assert all(math.isfinite(score) for score in found.scores)
    made = attribute(model, instance(TEXT), method)
    assert all(TEXT[token.start : token.end] == token.text != "" for token in made.tokens)
    assert len(made.scores) == len(made.tokens)


@every_method
@every_toy
def test_the_same_seed_gives_the_same_scores(method, toy):
    first, second = (attribute(toy(), instance(TEXT), method, seed=3).scores for _ in range(2))
    assert first == second


@every_method
@every_toy
def test_the_model_is_unchanged_after_success(method, toy):
    model = toy()
    before = state(model)
    attribute(model, instance(TEXT), method)
    assert same(before, state(model))


@every_method
def test_the_model_is_unchanged_after_an_exception_in_the_forward_pass(method):
    model = Product()
    encoded = model.encode(instance(TEXT))
    before = state(model)
    model.broken = True
    asked = EXPLAINERS[method]
    if asked.control:
        asked.run(model, encoded, target_of(model, "positive", None), 0, Progress())
    else:
        with pytest.raises(RuntimeError, match="the forward pass failed"):
            asked.run(model, encoded, target_of(model, "positive", None), 0, Progress())
    assert same(before, state(model))


@every_method
def test_declared_needs_are_enough_and_are_asked_for(method):
    needs = EXPLAINERS[method].needs
    attribute(Additive(frozenset(needs | {PREDICT})), instance(TEXT), method)  # the toy fails on what was not declared
    for capability in needs - {PREDICT}:
        with pytest.raises(UserError) as caught:
            attribute(Additive(ALL - {capability}), instance(TEXT), method)
        assert caught.value.facts["capability"] == capability


@every_method
def test_complete_methods_sum_to_the_change_and_only_they_have_a_gap(method):
    model = Product()
    made = attribute(model, instance(TEXT), method, "positive")
    if not EXPLAINERS[method].complete:
        assert made.gap is None
        return
    encoded = model.encode(instance(TEXT))
    ends = model.scores(encoded, torch.tensor([[True], [False]]).expand(-1, len(encoded.tokens)))[:, 1]
    assert math.fsum(made.scores) == pytest.approx(float(ends[0] - ends[1]), abs=made.gap + 1e-4)
    assert made.gap < 0.05


@every_method
@pytest.mark.parametrize("text", TELLING)
def test_methods_beat_random_on_a_toy(method, text):
    if EXPLAINERS[method].control:
        pytest.skip("the control is what the others are compared with")
    model = Squares() if method in SENSITIVE else Additive()
    text = UNSIGNED if not EXPLAINERS[method].signed and "dull" in text else text
    found = judge(model, attribute(model, instance(text), method, "positive"))
    comprehensiveness, sufficiency, _ = found.scores
    assert comprehensiveness.value > statistics.fmean(comprehensiveness.random)
    assert sufficiency.value < statistics.fmean(sufficiency.random)


def test_units_of_a_text_hold_every_token_once():
    encoded = Additive().encode(instance(TEXT))
    members = [member for unit in explained_units(encoded, "word") for member in unit.members]
    assert members == list(range(len(encoded.tokens)))
