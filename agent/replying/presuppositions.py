"""When a question takes for granted what the model does not say: "why is 12 negative?", and it answers positive."""

from __future__ import annotations

from agent.resolving.carry import turned
from agent.resolving.query import of_request
from agent.state import Answer
from agent.words import percent, say
from core.blocks import Block, Choices, Notice
from core.data import Schema
from core.dialogue import Parse
from core.explanations import Attribution, Neighbours, Prediction, Rationale


def contradicted(parse: Parse, answers: tuple[Answer, ...], schema: Schema, language: str) -> list[Block]:
    """What the model says instead, with a button for the words that speak for the label that was named; else nothing."""
    blocks: list[Block] = []
    for answer in answers:
        seen = _prediction(answer)
        if seen and parse.supposed in seen.labels and parse.supposed != seen.label:
            facts = {
                "supposed": schema.label_in(parse.supposed, language),
                "label": schema.label_in(seen.label, language),
                "share": percent(seen.confidence, language),
            }
            other = turned(answer.request, "attribute", label=parse.supposed)
            ask = Choices((say("then.words_for", language, **facts),), (of_request((other,)),))
            blocks += [Notice("note", say("note.supposed", language, **facts)), ask]
    return blocks


def _prediction(answer: Answer) -> Prediction | None:
    """What the model says about the instance whose reasons were asked for."""
    made = answer.explanation
    if isinstance(made, Attribution):
        return None if made.written else made.prediction
    return made.prediction if isinstance(made, Rationale | Neighbours) else None
