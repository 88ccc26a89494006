"""Comparisons of two models beyond the words: counterfactuals asked of both, and reasons in words side by side."""

from __future__ import annotations

import pytest
import torch

from agent.replying import reply  # noqa: F401 - fills the tellers
from agent.replying.suggest import suggestions
from agent.state import Answer
from agent.telling.base import TELLERS, Teller
from core.blocks import Choices
from core.data import Dataset, Instance
from core.dialogue import Request
from core.explanations import EDITS, RATIONALE, Attribution, Comparison, Crossed, Edit, Prediction, Rationale, Token
from core.faithfulness import NOT_APPLICABLE, Faithfulness
from core.languages import complete
from core.operation import OPERATIONS
from core.progress import Progress
from explainers.crossing import crossed, likeness
from parsers.notation.canonical import read
from tests.toys import Additive, instance
from tests.unit.explainers.test_edits import DATA, Letters

TEXT = "a film with a bad end"
BAD = Token("bad", 14, 17)


class Sure(Additive):
    """Answers positive whatever it reads: no change of its answer exists."""

    def f(self, inputs):
        return torch.full(inputs.shape[:1], 5.0)


class Opposite(Additive):
    """Good words speak against it."""

    def f(self, inputs):
        return -super().f(inputs)


def run(one: Additive, two: Additive, data: Dataset = DATA) -> tuple[Crossed, ...]:
    return crossed((one, two), instance(TEXT), data, Letters(), 0, Progress())


def test_the_same_model_twice_accepts_its_own_counterfactual():
    found = run(Additive(), Additive())
    assert [one.finder for one in found] == [0, 1]
    assert {one.labels for one in found} == {("positive", "positive")}, "it was negative, and neither keeps that"


def test_a_side_that_nothing_changes_finds_none_and_stays():
    (only,) = run(Additive(), Sure())
    assert only.finder == 0 and only.labels == ("positive", "positive"), "Sure said positive before, too"


def test_what_flips_one_may_flip_the_other_the_other_way():
    assert {one.labels for one in run(Additive(), Opposite())} == {("positive", "negative")}


def test_likeness_is_the_cosine_of_two_reasons():
    same, other = (rationale(text) for text in ("because it is bad", "zzz"))
    assert likeness((same, same), Letters()) == pytest.approx(1) and likeness((same,), Letters()) is None
    assert likeness((same, other), Letters()) < 0.5


def rationale(text: str) -> Rationale:
    return Rationale(prediction("negative"), text, (BAD,), "scripted", "plain", "user", "en")


def prediction(label: str, text: str = TEXT) -> Prediction:
    return Prediction(Instance((("text", text),)), Additive.labels, (0.9, 0.1) if label == "negative" else (0.1, 0.9))


def comparison(also: str, *labels: tuple[str, str], about: str = "precision") -> Comparison:
    side = Attribution(prediction("negative"), "negative", "occlusion", (BAD,), (1.0,), "logit")
    edit = Edit(prediction("positive", "a film with a good end"), 0.9, 1)
    found = tuple(Crossed(place % 2, edit, one) for place, one in enumerate(labels))
    reasons = (rationale("It is bad."), rationale("It is so bad.")) if also == RATIONALE else ()
    near = 0.87 if reasons else None
    figures = (1.0, 1.0, 1, 1, 1.0, 1, "too_short")
    return Comparison(about, ("fp32", "rtn4"), side, side, *figures, also, found, reasons, near)


def told(made: Comparison, language: str = "en") -> str:
    blocks = TELLERS[Comparison](Teller(OPERATIONS["compare"].words, Additive.schema, language), made)
    return "\n".join(block.plain for block in blocks)


def test_a_line_says_on_how_many_sides_they_hold():
    both = told(comparison(EDITS, ("positive", "positive"), ("positive", "positive")))
    assert "counterfactuals that hold on both: 2 of 2" in both and "a film with a good end" in both
    assert "hold on both: 1 of 2)" in told(comparison(EDITS, ("positive", "positive"), ("negative", "positive")))
    assert "No small change was found" in told(comparison(EDITS))
    assert "counterfactual" not in told(comparison(""))


def test_reasons_stand_side_by_side_with_their_likeness():
    said = told(comparison(RATIONALE))
    assert "It is bad." in said and "It is so bad." in said and "0.87" in said and "1 of 1 cited words" in said


@pytest.mark.parametrize("language", complete())
def test_every_language_tells_it(language):
    for made in (comparison(EDITS, ("positive", "negative")), comparison(EDITS), comparison(RATIONALE)):
        assert "{" not in told(made, language)


def test_both_are_offered_after_a_comparison_of_models_only():
    request = Request("compare", (("precision", "rtn4"),), ids=(12,))
    nothing = Faithfulness(NOT_APPLICABLE)
    (offer,) = suggestions(Answer(request, comparison(""), nothing), "en")
    assert isinstance(offer, Choices) and len(offer.queries) == 2
    assert [dict(read(query).calls[0].slots)["also"] for query in offer.queries] == [EDITS, RATIONALE]
    (left,) = suggestions(Answer(request, comparison(EDITS), nothing), "en")
    assert len(left.queries) == 1
    assert suggestions(Answer(request, comparison("", about="method"), nothing), "en") == []
