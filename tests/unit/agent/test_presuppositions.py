"""A question that takes for granted what the model does not say is told so, with a way to the words that it meant."""

from __future__ import annotations

from agent.replying.presuppositions import contradicted
from agent.state import Answer
from core.blocks import Choices, Notice
from core.data import Instance, Schema
from core.dialogue import Parse, Request
from core.explanations import Attribution, Prediction, Token
from core.faithfulness import NOT_APPLICABLE, Faithfulness

SCHEMA = Schema("soup", ("text",), ("negative", "positive"), label_words=(("negative", (("de", "negativ"),)),))
SEEN = Prediction(Instance((("text", "cold soup"),), id=3), ("negative", "positive"), (0.9, 0.1))
MADE = Attribution(SEEN, "negative", "occlusion", (Token("cold", 0, 4), Token("soup", 5, 9)), (0.7, 0.1), "logit")


def blocks(supposed: str, written: str = "", **slots: str) -> list[object]:
    made = Attribution(SEEN, MADE.target, MADE.method, MADE.tokens, MADE.scores, MADE.unit, written=written)
    answer = Answer(
        Request("attribute", (("method", "lime"), *slots.items()), ids=(3,)), made, Faithfulness(NOT_APPLICABLE)
    )
    return list(contradicted(Parse((), supposed=supposed), (answer,), SCHEMA, "de"))


def test_the_answer_is_named_and_the_words_for_the_other_label_are_one_button_away() -> None:
    notice, choices = blocks("positive")
    assert isinstance(notice, Notice) and "„positive“" in notice.text and "„negativ“ (90" in notice.text
    assert isinstance(choices, Choices) and choices.queries == ("attribute(label=positive) where id = 3",)


def test_a_precision_that_was_said_holds_for_the_button() -> None:
    _, choices = blocks("positive", precision="rtn4")
    assert isinstance(choices, Choices)
    assert choices.queries == ("attribute(label=positive, precision=rtn4) where id = 3",)


def test_nothing_is_said_where_the_question_is_right_or_names_no_label_of_the_model() -> None:
    assert blocks("negative") == blocks("") == blocks("offensive") == blocks("positive", written="and cold") == []
