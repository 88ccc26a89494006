"""Telling a prediction: the label in a sentence, and a bar for every label."""

from __future__ import annotations

from agent.telling.base import Teller, tells
from agent.words import percent
from core.blocks import Bar, Block, Plot
from core.explanations import Prediction


@tells(Prediction)
def prediction(teller: Teller, made: Prediction) -> list[Block]:
    """The label in a sentence, and a bar for every label."""
    order = sorted(zip(made.probabilities, made.labels, strict=True), reverse=True)
    (first, _), (second, next_label) = order[0], order[1] if len(order) > 1 else order[0]
    facts = {"label": teller.label(made.label), "confidence": percent(first, teller.language)}
    facts |= {"second": teller.label(next_label), "second_confidence": percent(second, teller.language)}
    quote = [] if made.instance.id is None else teller.quoted(made.instance)
    return [*quote, teller.say("answer", **facts), *_gold(teller, made), bars(teller, made)]


def _gold(teller: Teller, made: Prediction) -> list[Block]:
    """Whether the data agree, where the operation has a sentence for it and the instance a label."""
    gold = made.instance.label
    if not gold or "right" not in teller.words.get("say", teller.language):
        return []
    return [teller.say("right" if gold == made.label else "wrong", gold=teller.label(gold))]


def bars(teller: Teller, made: Prediction) -> Plot:
    """The probability of every label, as bars."""
    return Plot(
        tuple(
            Bar(teller.label(label), share, percent(share, teller.language), label == made.label)
            for label, share in zip(made.labels, made.probabilities, strict=True)
        ),
        top=1.0,
    )
