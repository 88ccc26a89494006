"""Attribution methods against paper, slow oracles and Captum."""

import json
import math
from pathlib import Path

import pytest
import torch
from captum.attr import IntegratedGradients
from scipy.stats import spearmanr

import explainers
from core.errors import Stopped, UserError
from core.progress import Progress
from core.registry import discover
from explainers.base import EXPLAINERS, attribute, explained_units, fitting, target_of
from explainers.integrated_gradients import TOLERANCE
from models.base import ATTENTIONS, GRADIENTS, PREDICT
from tests.oracles import occlude, riemann
from tests.tiny import tiny_headed
from tests.toys import ALL, TOYS, VALUES, Additive, Deaf, Network, Product, Saturating, instance

discover(explainers)
ROWS = [json.loads(line) for line in Path("tests/data/explainers.jsonl").read_text().splitlines()]
TEXT = "a very good but quite dull film"


def run(model, text, method, label="positive", contrast=None, progress=None):
    encoded = model.encode(instance(text))
    target = target_of(model, label, contrast)
    return EXPLAINERS[method].run(model, encoded, target, 0, progress or Progress())


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['method']}-{row['toy']}-{row['text'][:12]}")
def test_scores_are_those_worked_out_on_paper(row):
    found = run(TOYS[row["toy"]](), row["text"], row["method"], row["target"], row.get("contrast"))
    assert list(found.scores) == pytest.approx(row["scores"], rel=row.get("within", 1e-5), abs=row.get("abs", 1e-5)), (
        row["why"]
    )


@pytest.mark.parametrize("toy", [Additive, Product, Saturating])
def test_integrated_gradients_agree_with_a_riemann_sum(toy):
    text = "a very good fine film"
    model = toy()
    expected = riemann(model, model.encode(instance(text)), 1)
    bound = TOLERANCE * sum(map(abs, expected))
    assert list(run(model, text, "integrated_gradients").scores) == pytest.approx(expected, abs=bound)


def test_integrated_gradients_agree_with_captum():
    model = Network()
    encoded = model.encode(instance(TEXT))
    ours = run(model, TEXT, "integrated_gradients")
    captum = IntegratedGradients(lambda inputs: model.scores_of_embeddings(encoded, inputs)[:, 1])
    theirs = captum.attribute(model.embeddings(encoded)[None], model.baseline(encoded)[None], n_steps=500)
    expected = theirs.sum(-1)[0]
    assert list(ours.scores) == pytest.approx(expected.tolist(), abs=0.01 * float(expected.abs().sum()))
    assert spearmanr(ours.scores, expected.tolist()).statistic > 0.999


def test_integrated_gradients_spend_more_where_the_path_bends():
    easy = run(Additive(), "good", "integrated_gradients")
    hard = run(Saturating(), "great great great great great great", "integrated_gradients")
    assert easy.steps < hard.steps
    assert hard.gap < 0.01


def test_integrated_gradients_say_when_the_error_stays_large():
    class Steps(Additive):
        """f jumps at every half: gradients never see it."""

        def f(self, inputs):
            return torch.floor(inputs[..., 0].sum(-1) * 2) + inputs[..., 0].sum(-1)

    found = run(Steps(), "good great", "integrated_gradients")
    (key, facts), *others = found.notes
    assert (key, others) == ("coarse", [])
    assert dict(facts)["steps"] == str(found.steps)
    assert found.gap == pytest.approx(10, abs=0.01)


def test_integrated_gradients_do_not_chase_the_rounding_of_a_short_precision():
    class Rounded(Network):
        """Its outputs are off at random, its gradients are not."""

        precision = "bf16"

        def f(self, inputs):
            exact = super().f(inputs)
            return exact + 0.02 * torch.sin(1e4 * exact.detach())

    found, exact = run(Rounded(), TEXT, "integrated_gradients"), run(Network(), TEXT, "integrated_gradients")
    assert found.steps < 60
    assert not found.notes
    assert list(found.scores) == pytest.approx(list(exact.scores), abs=TOLERANCE * sum(map(abs, exact.scores)))


def test_integrated_gradients_say_an_error_that_cancels_in_the_sum():
    class Bump(Additive):
        """f jumps up on the way and down again: gradients see neither, and the sum misses nothing."""

        def f(self, inputs):
            total = inputs[..., 0].sum(-1)
            return total + 4 * ((total > 1.3) & (total < 3.4))

    found = run(Bump(), "good great", "integrated_gradients")
    ((key, facts),) = found.notes
    assert key == "coarse" and found.gap < 0.1
    assert float(dict(facts)["gap"]) == pytest.approx(math.hypot(4, 4), rel=0.05)


def test_occlusion_agrees_with_one_at_a_time():
    model = Product()
    expected = occlude(model, model.encode(instance(TEXT)), 1)
    assert list(run(model, TEXT, "occlusion").scores) == pytest.approx(expected)


def test_occlusion_of_a_long_text_is_cut_into_calls_that_can_be_stopped():
    seen = []
    watch = Progress(lambda _, done: seen.append(done))
    found = run(Additive(), " ".join(["good"] * 150), "occlusion", progress=watch)
    assert list(found.scores) == [2.0] * 150
    assert len(seen) == 3


@pytest.mark.parametrize("method", [one.name for one in EXPLAINERS])
def test_stop_ends_the_work(method):
    progress = Progress()
    progress.stop()
    with pytest.raises(Stopped):
        run(Additive(), TEXT, method, progress=progress)


def test_random_scores_differ_by_seed_and_text():
    model = Additive()
    first = attribute(model, instance(TEXT), "random_scores", seed=1)
    assert first.scores == attribute(model, instance(TEXT), "random_scores", seed=1).scores
    assert first.scores != attribute(model, instance(TEXT), "random_scores", seed=2).scores
    assert first.scores[0] != attribute(model, instance("another"), "random_scores", seed=1).scores[0]


def test_random_scores_favour_no_long_word():
    model, text = tiny_headed(), instance("the unbelievably frustrating battery was it and a is on telecommunications")
    long = [len(unit.members) > 8 for unit in explained_units(model.encode(text), "word")]
    maps = [attribute(model, text, "random_scores", seed=seed).scores for seed in range(100)]
    first = [long[max(range(len(long)), key=scores.__getitem__)] for scores in maps]
    assert sum(long) == 3
    assert abs(sum(first) / 100 - 3 / len(long)) < 0.13  # three deviations


def test_attribute_fills_the_explanation():
    model = Additive()
    made = attribute(model, instance("a bad, dull film"), "integrated_gradients")
    assert (made.target, made.contrast, made.unit, made.signed) == ("negative", "", "logit", True)
    assert made.granularity == "word"
    assert [token.text for token in made.tokens] == ["a", "bad", ",", "dull", "film"]
    assert made.baseline == "<none>"
    assert made.provenance.method == "integrated_gradients"
    assert made.provenance.model_calls == model.calls > 0
    assert made.provenance.notes == ()


def test_attribute_keeps_the_sum_over_units():
    text = "a very good but quite dull film. And an awful end!"
    sums = [
        math.fsum(attribute(Additive(), instance(text), "occlusion", "positive", granularity=granularity).scores)
        for granularity in ("token", "word", "sentence")
    ]
    assert sums == pytest.approx([-2.0] * 3)


def test_a_contrast_with_the_answer_itself_is_dropped_aloud():
    made = attribute(Additive(), instance("a good film"), "occlusion", contrast="positive")
    assert (made.target, made.contrast) == ("positive", "")
    assert ("said_already", (("label", "positive"),)) in made.provenance.notes


def test_attribute_contrasts_two_labels():
    made = attribute(Additive(), instance("a good film"), "occlusion", "positive", contrast="negative")
    assert (made.target, made.contrast) == ("positive", "negative")
    assert made.scores == pytest.approx((0, 4, 0))


def test_a_cut_off_text_is_said():
    model = Additive()
    model.limit = 3
    made = attribute(model, instance("a good film but dull"), "occlusion")
    assert [token.text for token in made.tokens] == ["a", "good", "film"]
    assert made.provenance.notes == (("truncated", (("kept", "3"), ("total", "5"))),)


@pytest.mark.parametrize(
    ("arguments", "kind"),
    [
        ({"method": "integrated_gradient"}, "unknown_method"),
        ({"target_label": "positiv"}, "unknown_label"),
        ({"target_label": "positive", "contrast": "positive"}, "same_labels"),
        ({"granularity": "letter"}, "unknown_choice"),
    ],
)
def test_bad_arguments_are_refused(arguments, kind):
    with pytest.raises(UserError) as caught:
        attribute(Additive(), instance(TEXT), **{"method": "occlusion"} | arguments)
    assert caught.value.kind == kind


def test_an_empty_text_is_refused():
    with pytest.raises(UserError, match="empty_text"):
        attribute(Additive(), instance("  "), "occlusion")


def test_a_missing_capability_is_named_with_the_nearest_method():
    with pytest.raises(UserError) as caught:
        attribute(Additive(frozenset({PREDICT})), instance(TEXT), "integrated_gradients")
    assert caught.value.kind == "missing_for_method"
    assert caught.value.facts == {
        "method": "integrated_gradients",
        "model": "additive",
        "capability": "gradients",
        "nearest": "occlusion",
    }


def test_a_fallback_is_said_aloud():
    made = attribute(Additive(frozenset({PREDICT})), instance(TEXT), "integrated_gradients", fallback=True)
    assert made.method == "occlusion"
    (key, facts), *_ = made.provenance.notes
    assert (key, dict(facts)["used"]) == ("fallback", "occlusion")


def test_fitting_puts_the_nearest_first_and_leaves_controls_out():
    names = [one.name for one in fitting(Additive(), EXPLAINERS["attention"])]
    assert names[0] == "attention"
    assert "random_scores" not in names
    blind = Additive(frozenset({PREDICT, ATTENTIONS}))
    assert [one.name for one in fitting(blind, EXPLAINERS["integrated_gradients"])] == [
        "occlusion",
        "kernel_shap",
        "shapley_sampling",
        "lime",
        "attention",
        "attention_rollout",
    ]


@pytest.mark.parametrize("method", ["integrated_gradients", "input_x_gradient"])
def test_scores_that_are_not_numbers_are_refused(method):
    class Broken(Additive):
        def f(self, inputs):
            return inputs[..., 0].sum(-1) * float("nan")

    with pytest.raises(UserError, match="bad_scores"):
        attribute(Broken(ALL), instance(TEXT), method, "positive")


def test_a_path_that_stops_being_numbers_midway_is_refused():
    class Torn(Additive):
        """f jumps, so that more steps are asked for; between the first ones it is no number."""

        def f(self, inputs):
            path = inputs[..., 0].sum(-1) / VALUES["great"]
            torn = (10 * path - (10 * path).round()).abs() > 1e-3
            return torch.where(torn, torch.nan, 1.0) * (path + torch.floor(4 * path))

    with pytest.raises(UserError, match="bad_scores"):
        attribute(Torn(ALL), instance("great"), "integrated_gradients", "positive")


def test_a_model_that_does_not_listen_gets_zeros():
    made = attribute(Deaf(), instance(TEXT), "integrated_gradients", "positive")
    assert made.scores == (0.0,) * 7
    assert made.gap == 0


def test_gradients_are_not_needed_by_methods_that_do_not_say_so():
    assert {one.name for one in EXPLAINERS if GRADIENTS in one.needs} == {
        "gradient_shap",
        "input_x_gradient",
        "integrated_gradients",
        "saliency",
        "smoothgrad",
    }
