"""What was validated: figures that came along and figures of this machine, and the line under an answer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.reply import reply
from agent.state import Answer
from agent.validated import validated
from core.blocks import Fold
from core.dialogue import Request
from core.explanations import Attribution, Card, Prediction, Token
from core.faithfulness import NOT_APPLICABLE, Faithfulness
from core.languages import complete
from core.provenance import Provenance
from core.validated import FOLDER, Validated, keep, shipped, validations
from explainers.base import EXPLAINERS
from models.catalog import catalog
from models.precisions import PRECISIONS
from tests.tiny import LABELS, SCHEMA, instance

STAMP = Provenance(model="tiny", precision="rtn4", dataset="films")
GOOD = Validated("tiny", "rtn4", "films", "occlusion", 40, 0.25, 0.1, 0.4, "r.html")
CHANCE = Validated("tiny", "rtn4", "films", "saliency", 40, 0.05, -0.1, 0.2, "r.html")


def attribution(method: str, stamp: Provenance = STAMP) -> Attribution:
    made = Prediction(instance("good film"), LABELS, (0.1, 0.1, 0.8))
    tokens = (Token("good", 0, 4), Token("film", 5, 9))
    return Attribution(made, "positive", method, tokens, (1.0, 0.0), "logit", provenance=stamp)


def line(made: object, known: tuple[Validated, ...], language: str = "en") -> str:
    (block,) = validated(made, known, language)
    assert isinstance(block, Fold)
    return block.plain


def test_better_than_chance_is_said_with_its_figures():
    said = line(attribution("occlusion"), (CHANCE, GOOD))
    assert "clearly better" in said and "40" in said and "0.25" in said and "r.html" in said


def test_no_better_than_chance_is_said_as_plainly():
    assert "no better than chance" in line(attribution("saliency"), (CHANCE, GOOD))


@pytest.mark.parametrize("change", [{"model": "other"}, {"precision": "fp32"}, {"dataset": "books"}])
def test_another_configuration_is_not_validated_by_this_one(change):
    said = line(attribution("occlusion", replace(STAMP, **change)), (GOOD,))
    assert "not been validated yet" in said and "check_explainers" in said and "--methods occlusion" in said


def test_another_method_is_not_validated_by_this_one():
    assert "not been validated yet" in line(attribution("lime"), (GOOD,))


def test_the_model_card_counts_all_methods():
    card = Card((("title", "Tiny"),), "card", provenance=STAMP)
    again = replace(CHANCE, low=0.01)  # this machine's own measurement comes first
    assert "1 of 2 methods" in line(card, (GOOD, CHANCE)) and "2 of 2 methods" in line(card, (again, GOOD, CHANCE))
    assert validated(Card((), "labels", provenance=STAMP), (GOOD,), "en") == []


@pytest.mark.parametrize("language", complete())
def test_every_language_says_all_of_it(language):
    card = Card((("title", "Tiny"),), "card", provenance=STAMP)
    for made in (attribution("occlusion"), attribution("saliency"), attribution("lime"), card):
        assert "{" not in line(made, (GOOD, CHANCE), language)


def test_the_line_stands_in_the_answer_and_nowhere_else():
    request = Request("attribute", custom=(("text", "good film"),), model="tiny", precision="rtn4")
    answer = Answer(request, attribution("occlusion"), Faithfulness(NOT_APPLICABLE))
    with_line, without = (reply((answer,), SCHEMA, "en", known) for known in ((GOOD,), ()))
    assert "clearly better" in "\n".join(block.plain for block in with_line.blocks)
    assert len(with_line.blocks) == len(without.blocks) + 1


def test_own_measurements_are_kept_and_come_first(tmp_path):
    own = Validated("e5-small", "fp32", "reviews", "occlusion", 9, 0.1, -0.1, 0.2, "mine.html")
    keep(tmp_path, [own, CHANCE])
    found = validations(tmp_path)
    assert own in found and CHANCE in found and found[-1] in shipped()
    assert "no better" in line(attribution("occlusion", Provenance("e5-small", "", "fp32", "", "reviews")), found)
    keep(tmp_path, [replace(own, low=0.05)])
    assert len([one for one in validations(tmp_path) if one.report == "mine.html"]) == 1


def test_a_broken_report_is_as_if_it_were_not_there(tmp_path):
    (tmp_path / FOLDER).mkdir()
    for name, text in (("a", "{cut off"), ("b", "[1]"), ("c", '{"methods": {"lime": [1, 2]}}')):
        (tmp_path / FOLDER / f"{name}.json").write_text(text)
    assert validations(tmp_path) == shipped()


def test_shipped_figures_name_what_exists():
    for one in shipped():
        assert one.model in catalog().names() and one.precision in PRECISIONS.names()
        assert one.method in EXPLAINERS.names() and one.low <= one.gain <= one.high and one.count >= 20
