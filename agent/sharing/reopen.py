"""Share links of whole turns: what an answer's link says, and the requests that a link brings back, checked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby

from agent.resolving.requests import checked_slots
from agent.sharing.links import decode, encode
from agent.state import Answer, Message, Turn
from core import filters
from core.data import Dataset
from core.dialogue import Alteration, Request
from core.errors import UserError, unknown
from core.explanations import EDIT_LABEL
from core.operation import OPERATIONS
from core.settings import Settings

# stands between the requests of one turn; it means nothing in an address, and no request is written with it
BETWEEN = "~"
MOST = 25  # requests of one link: five operations on each of five instances; a plan has fewer steps


def links(requests: Iterable[Request]) -> list[str]:
    """Links that bring these requests back in order; each is about one data set. Raises UserError("link_too_long")."""
    made: list[str] = []
    for _, group in groupby(requests, lambda request: request.dataset):
        parts = list(map(encode, group))
        made += [BETWEEN.join(parts[start : start + MOST]) for start in range(0, len(parts), MOST)]
    return made


def link_of(requests: Iterable[Request]) -> str:
    """What stands after `/?ask=` to get these answers again; "" where no address could hold their texts, where they are too many, or
    about several data sets.
    """
    try:
        made = links(requests)
    except UserError:
        return ""
    return made[0] if len(made) == 1 else ""


def repeatable(turn: Turn) -> tuple[Request, ...]:
    """The requests that give the answer again; what is about the conversation itself cannot be asked outside it."""
    requests = [answer.request for answer in turn.answers]
    return tuple(one for one in requests if one.operation in OPERATIONS and not OPERATIONS[one.operation].past)


def reopened(link: str) -> tuple[Request, ...]:
    """The requests in a link, all about one data set, not yet checked against it. Raises UserError("bad_link")."""
    parts = link.split(BETWEEN)
    if len(parts) > MOST:
        raise UserError("bad_link")
    made = tuple(decode(part) for part in parts)
    if len({request.dataset for request in made}) > 1:  # an id of one would be another text in the other
        raise UserError("bad_link")
    return made


def addressed(message: Message) -> Message:
    """The message with the data and the model that its link names; a data set that the message itself names goes first."""
    if not message.link:
        return message
    first = reopened(message.link)[0]
    return replace(message, dataset=message.dataset or first.dataset, model=first.model, precision=first.precision)


def other_revision(asked: Sequence[Request], answers: Sequence[Answer]) -> tuple[str, str] | None:
    """The model's revision that a link names, and the one that answered instead; None where they agree or none was named."""
    pairs = [(one.revision, made.request.revision) for one, made in zip(asked, answers, strict=False)]
    return next(((then, now) for then, now in pairs if then and then != now), None)


def _check(change: Alteration, data: Dataset, settings: Settings) -> None:
    """A change that a link brings trains a model: its row, its label and its text must be such as the session could have made."""
    if change.id is not None:
        data.instance(change.id)
    elif sum(len(text) for _, text in change.custom) > settings.max_characters:
        raise UserError("bad_link")
    if (change.kind == EDIT_LABEL or change.label) and change.label not in data.schema.labels:
        raise unknown("unknown_label", change.label, data.schema.labels)


def checked(requests: Sequence[Request], data: Dataset, settings: Settings) -> tuple[Request, ...]:
    """The requests, if they can be run: foreign text is checked like what is typed.

    Raises UserError: unknown_operation, unknown_slot and what a slot raises, unknown_instance, too_long, missing_field.
    """
    for request in requests:
        if request.operation not in OPERATIONS:
            raise unknown("unknown_operation", request.operation, OPERATIONS.names())
        checked_slots(OPERATIONS[request.operation], request.slots, data.schema)
        for number in (*request.ids, *filters.ids(request.where)):
            data.instance(number)
        length = sum(len(text) for _, text in request.custom)
        if length > settings.max_characters:
            raise UserError("too_long", length=length, limit=settings.max_characters)
        if request.custom:
            data.custom(request.custom, request.language)
        for change in request.changes:
            _check(change, data, settings)
    return tuple(requests)
