"""Telling an answer again for another reader: "explain like I'm new", "now for an expert"."""

from __future__ import annotations

from agent.resolving.carry import carried
from core.dialogue import SAME, Call, Parse, Request, Scalar
from core.operation import OPERATIONS

AUDIENCE = "audience"
REASONED = ("attribute", "predict", "likelihood")  # answers that a rationale tells in words
WISH = "wish"  # what is asked back where there is nothing yet to tell in another way
RATIONALIZE, TUTORIAL = "rationalize", "tutorial"


def wanted_reader(parse: Parse | None) -> str:
    """The reader that a message asks to be told for from now on; "" where it asks for no such thing."""
    found = [call.slot(AUDIENCE) for call in parse.calls if call.operation == SAME] if parse else []
    return str(found[0] or "") if found else ""


def retold(last: Request, slots: tuple[tuple[str, Scalar], ...], reader: Scalar) -> Call:
    """What tells the last answer to this reader: the same again, its reasons in words, or how such an answer is read.

    `slots` are those of the same question asked again, `reader` one of core.tutorials.AUDIENCES.
    """
    if has_reader(last.operation):
        return Call(last.operation, slots)
    if last.operation in REASONED:
        return Call(RATIONALIZE, ((AUDIENCE, reader), *carried(slots, last.operation, RATIONALIZE)))
    return Call(TUTORIAL, ((AUDIENCE, reader), ("topic", last.operation)))


def has_reader(operation: str) -> bool:
    """Whether the operation's answer is written for a reader."""
    return any(slot.name == AUDIENCE for slot in OPERATIONS[operation].slots)
