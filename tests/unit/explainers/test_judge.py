"""The judge: its verdicts on maps that are known to be good, bad or beyond telling."""

import random
from dataclasses import replace

import pytest

import explainers
from agent.replying.badge import badge
from core.errors import Stopped, UserError
from core.faithfulness import BETTER, NO_BETTER, UNCLEAR, Faithfulness
from core.progress import Progress
from core.registry import discover
from core.values import from_json, to_json
from explainers.base import attribute
from explainers.metrics.base import metric_words
from explainers.metrics.judge import judge
from explainers.metrics.verdict import p_value, verdict
from tests.toys import Additive, Deaf, Network, instance
from tests.unit.explainers.test_metrics import explained

discover(explainers)
LONG = "we saw a great and very long film with fine music on a bad day in may"


def test_the_true_map_is_better():
    model = Additive()
    found = judge(model, attribute(model, instance(LONG), "occlusion", "positive"))
    assert (found.verdict, found.reason) == (BETTER, "")


def test_the_reversed_map_is_no_better():
    model = Additive()
    true = attribute(model, instance(LONG), "occlusion", "positive")
    found = judge(model, explained(model, LONG, [-score for score in true.scores]))
    assert found.verdict == NO_BETTER


def test_random_maps_are_rarely_called_better():
    model = Network()
    source = random.Random(0)
    verdicts = []
    for seed in range(60):
        text = " ".join(source.choices(model.words, k=14))
        made = explained(model, text, [source.gauss(0, 1) for _ in range(14)])
        verdicts.append(judge(model, made, draws=20, seed=seed).verdict)
    assert verdicts.count(BETTER) <= 9  # 95 % bound of a rate of 8.5 % in 60
    assert verdicts.count(NO_BETTER) > 30


def test_to_know_words_from_marks_is_not_enough():
    model, source = Additive(), random.Random(0)
    verdicts = []
    for seed in range(100):
        words = [source.choice(model.words) if source.random() < 0.5 else source.choice("!,.") for _ in range(20)]
        scores = [source.random() + 10 * word.isalpha() for word in words]
        target = model.predict([instance(" ".join(words))])[0].label
        verdicts.append(judge(model, explained(model, " ".join(words), scores, target), draws=20, seed=seed).verdict)
    assert verdicts.count(BETTER) <= 12  # 95 % bound of a rate of 7.2 % in 100


@pytest.mark.parametrize("text", ["good", "good film", "a good film"])
def test_too_few_words_cannot_be_judged(text):
    model = Additive()
    found = judge(model, attribute(model, instance(text), "occlusion", "positive"))
    assert (found.verdict, found.reason) == (UNCLEAR, "too_short")


def test_four_words_are_judged_by_all_arrangements():
    model = Additive()
    found = judge(model, attribute(model, instance("a good fine film"), "occlusion", "positive"))
    assert found.verdict == BETTER
    assert all(len(score.random) == 12 for score in found.scores if score.metric != "completeness_gap")


def test_a_model_that_nothing_moves_cannot_be_judged():
    model = Deaf()
    found = judge(model, explained(model, LONG, range(len(LONG.split()))))
    assert (found.verdict, found.reason) == (UNCLEAR, "nothing_moves")


def test_a_flat_map_names_nothing():
    model = Additive()
    found = judge(model, explained(model, LONG, [0.0] * len(LONG.split())))
    assert (found.verdict, found.reason) == (UNCLEAR, "flat")


def test_sentences_are_judged_as_units():
    model = Additive()
    text = "A great day. We ate. It was late. Then rain. We left."
    made = attribute(model, instance(text), "occlusion", "positive", granularity="sentence")
    assert len(made.tokens) == 5
    found = judge(model, made)
    assert found.verdict in (BETTER, UNCLEAR) and found.about == "sentences"
    (told,) = badge(replace(found, verdict=NO_BETTER), "en")
    assert "sentences picked at random" in told.text and "words" not in told.text
    assert told.fold[0].columns[1:] == ("this map", "random maps")


def test_the_judge_is_reproducible_and_a_value():
    model = Network()
    made = attribute(model, instance(LONG), "integrated_gradients")
    first, second = (judge(model, made, seed=5) for _ in range(2))
    assert first == second
    assert isinstance(first, Faithfulness)
    assert from_json(to_json(first)) == first


def test_an_explanation_of_another_tokenisation_is_refused():
    model = Additive()
    made = attribute(model, instance(LONG), "occlusion")
    model.limit = 5
    with pytest.raises(UserError, match="other_model"):
        judge(model, made)


def test_stop_ends_the_judging():
    model, progress = Additive(), Progress()
    made = attribute(model, instance(LONG), "occlusion")
    progress.stop()
    with pytest.raises(Stopped):
        judge(model, made, progress=progress)


def test_every_verdict_and_reason_has_words():
    for key in ("better", "no_better", "unclear"):
        assert metric_words().get(f"verdict.{key}", "en")
    for key in ("too_short", "nothing_moves", "flat", "close", "not_promised"):
        assert metric_words().get(f"reason.{key}", "en")


@pytest.mark.parametrize(
    ("own", "draws", "everything", "span", "expected"),
    [
        (1.0, [0.0, 0.1] * 10, False, 1.0, (BETTER, "")),
        (0.1, [0.0, 0.1] * 10, False, 1.0, (NO_BETTER, "")),
        (0.2, [0.0, 0.1, 0.3, 0.05] * 5, False, 1.0, (NO_BETTER, "")),
        (0.2, [0.0, 0.1] * 9 + [0.3] * 2, False, 1.0, (UNCLEAR, "close")),
        (0.11, [0.0, 0.1] * 10, False, 1.0, (UNCLEAR, "close")),
        (1.0, [0.0] * 5, False, 1.0, (UNCLEAR, "too_short")),
        (1.0, [0.0] * 6, True, 1.0, (UNCLEAR, "too_short")),
        (1.0, [0.0, 0.1] * 10, False, 0.01, (UNCLEAR, "nothing_moves")),
    ],
)
def test_verdict(own, draws, everything, span, expected):
    assert verdict(own, draws, everything, span) == expected


def test_p_values():
    assert p_value(1.0, [0.0] * 19, False) == pytest.approx(0.05)
    assert p_value(0.0, [0.0] * 19, False) == 1.0
    assert p_value(1.0, [1.0, 0.0, 0.0, 0.5], True) == pytest.approx(0.25)
