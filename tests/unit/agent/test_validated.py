"""What was validated: figures that came along and figures of this machine, and the line under an answer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.replying.reply import reply
from agent.replying.validation_note import validated
from agent.state import Answer
from core.blocks import Fold
from core.dialogue import Alteration, Request
from core.explanations import Attribution, Card, Explanation, Prediction, Token
from core.faithfulness import NOT_APPLICABLE, Faithfulness
from core.languages import complete
from core.provenance import Provenance
from core.reading import load_dataset, tasks
from core.validated import FOLDER, Validated, keep, shipped, validations
from explainers.base import EXPLAINERS
from models.catalog import catalog
from models.quantization.precisions import PRECISIONS
from tests.tiny import LABELS, SCHEMA, instance

WEIGHTS = catalog()["e5-small"].sha256[:12]
STAMP = Provenance(model="tiny", revision="w1", precision="rtn4", dataset="films", dataset_revision="a1")
ASKED = Request("attribute", custom=(("text", "good film"),), dataset="my films.csv", model="tiny", precision="rtn4")
GOOD = Validated("tiny", "w1", "rtn4", "films", "a1", "occlusion", 40, 0.25, 0.1, 0.4, "r.html")
CHANCE = Validated("tiny", "w1", "rtn4", "films", "a1", "saliency", 40, 0.05, -0.1, 0.2, "r.html")


def attribution(method: str, stamp: Provenance = STAMP) -> Attribution:
    made = Prediction(instance("good film"), LABELS, (0.1, 0.1, 0.8))
    tokens = (Token("good", 0, 4), Token("film", 5, 9))
    return Attribution(made, "positive", method, tokens, (1.0, 0.0), "logit", provenance=stamp)


def line(made: Explanation, known: tuple[Validated, ...], language: str = "en", request: Request = ASKED) -> str:
    (block,) = validated(Answer(request, made, Faithfulness(NOT_APPLICABLE)), known, language)
    assert isinstance(block, Fold)
    return block.plain


def test_better_than_chance_is_said_with_its_figures():
    said = line(attribution("occlusion"), (CHANCE, GOOD))
    assert "clearly better" in said and "40" in said and "0.25" in said and "r.html" in said


def test_no_better_than_chance_is_said_as_plainly():
    assert "no better than chance" in line(attribution("saliency"), (CHANCE, GOOD))


@pytest.mark.parametrize(
    "change",
    [{"model": "other"}, {"revision": "w2"}, {"precision": "fp32"}, {"dataset": "books"}, {"dataset_revision": "b2"}],
)
def test_another_configuration_is_not_validated_by_this_one(change):
    said = line(attribution("occlusion", replace(STAMP, **change)), (GOOD,))
    assert "not been validated yet" in said and "check_explainers" in said and "--methods occlusion" in said


@pytest.mark.parametrize("method", ["attention", "saliency", "smoothgrad"])
def test_what_is_hardly_better_than_chance_is_not_called_clearly_better(method):
    ours = Provenance("e5-small", WEIGHTS, "fp32", "", "reviews", load_dataset("reviews").revision)
    said = line(attribution(method, ours), shipped())
    assert "little better than chance" in said and "clearly" not in said


def test_another_method_is_not_validated_by_this_one():
    assert "not been validated yet" in line(attribution("lime"), (GOOD,))


def test_the_model_card_counts_all_methods():
    card = Card((("title", "Tiny"),), "card", provenance=STAMP)
    again = replace(CHANCE, low=0.15)  # this machine's own measurement comes first
    assert "1 of 2 methods" in line(card, (GOOD, CHANCE)) and "2 of 2 methods" in line(card, (again, GOOD, CHANCE))
    labels = Answer(ASKED, Card((), "labels", provenance=STAMP), Faithfulness(NOT_APPLICABLE))
    assert validated(labels, (GOOD,), "en") == []


@pytest.mark.parametrize("language", complete())
def test_every_language_says_all_of_it(language):
    card = Card((("title", "Tiny"),), "card", provenance=STAMP)
    for made in (attribution("occlusion"), attribution("saliency"), attribution("lime"), card):
        assert "{" not in line(made, (GOOD, CHANCE), language)


def test_the_line_stands_in_the_answer_and_nowhere_else():
    answer = Answer(ASKED, attribution("occlusion"), Faithfulness(NOT_APPLICABLE))
    with_line, without = (reply((answer,), SCHEMA, "en", known) for known in ((GOOD,), ()))
    assert "clearly better" in "\n".join(block.plain for block in with_line.blocks)
    assert len(with_line.blocks) == len(without.blocks) + 1


def test_own_measurements_are_kept_and_come_first(tmp_path):
    ours = load_dataset("reviews").revision
    own = Validated("e5-small", WEIGHTS, "fp32", "reviews", ours, "occlusion", 9, 0.1, -0.1, 0.2, "mine.html")
    keep(tmp_path, [own, CHANCE])
    found = validations(tmp_path)
    assert own in found and CHANCE in found and found[-1] in shipped()
    assert "no better" in line(
        attribution("occlusion", Provenance("e5-small", WEIGHTS, "fp32", "", "reviews", ours)), found
    )
    keep(tmp_path, [replace(own, low=0.05)])
    assert len([one for one in validations(tmp_path) if one.report == "mine.html"]) == 1


def test_a_broken_report_is_as_if_it_were_not_there(tmp_path):
    (tmp_path / FOLDER).mkdir()
    for name, text in (("a", "{cut off"), ("b", "[1]"), ("c", '{"methods": {"lime": [1, 2]}}')):
        (tmp_path / FOLDER / f"{name}.json").write_text(text)
    assert validations(tmp_path) == shipped()


def test_shipped_figures_name_what_exists():
    for one in shipped():
        assert one.dataset in tasks() and one.revision == load_dataset(one.dataset).revision, (
            "other data: measure again"
        )
        assert catalog()[one.model].sha256[:12] == one.model_revision and one.precision in PRECISIONS.names()
        assert one.method in EXPLAINERS.names() and one.low <= one.gain <= one.high and one.count >= 20


def test_a_file_that_is_named_like_our_data_is_not_what_was_validated():
    upload = Provenance("e5-small", WEIGHTS, "fp32", "", "reviews", "another")
    ours = replace(upload, dataset_revision=load_dataset("reviews").revision)
    assert "clearly better" in line(attribution("occlusion", ours), shipped())
    assert "not been validated yet" in line(attribution("occlusion", upload), shipped())


def test_the_command_names_what_can_be_measured_with_it():
    said = line(attribution("lime"), (GOOD,))
    assert "check_explainers --data 'my films.csv' --model tiny --precision rtn4 --methods lime" in said
    upload = replace(ASKED, dataset="upload:films.csv")
    own_copy = replace(ASKED, changes=(Alteration("edit_label", 5, "negative"),))
    for request in (upload, own_copy):
        said = line(attribution("lime"), (GOOD,), request=request)
        assert "Nobody has measured yet" in said and "check_explainers" not in said


def test_methods_that_are_measured_one_after_the_other_add_up(tmp_path):
    keep(tmp_path, [GOOD])
    keep(tmp_path, [CHANCE])
    assert {GOOD, CHANCE} < set(validations(tmp_path))
