"""Follow-ups: the last requests again with what is said now — other slots, another instance, another reader."""

from __future__ import annotations

from dataclasses import replace

from agent.resolving.carry import carried
from agent.resolving.instances import MOST, which
from agent.resolving.query import possible
from agent.resolving.requests import requests
from agent.resolving.retelling import AUDIENCE, WISH, retold
from agent.resolving.situation import Situation
from core import filters
from core.dialogue import SAME, Call, Clarification, Parse, Request, Scalar, Span
from core.domains import Label
from core.explanations import Change
from core.filters import by_ids
from core.operation import DATASET, OPERATIONS

ATTRIBUTE, PREDICT = "attribute", "predict"
LABEL, CONTRAST = "label", "contrast"
Slots = dict[str, Scalar]


def follow(parse: Parse, situation: Situation) -> tuple[Request, ...] | Clarification:
    """The last requests again; a Clarification where there are none, or none that what was said could change."""
    said = dict(next(call for call in parse.calls if call.operation == SAME).slots)
    reader = said.get(AUDIENCE)
    before = situation.memory.told if reader else situation.memory.requests
    if not before:
        return Clarification(WISH if reader or parse.language else "nothing_before")
    fitting = before if reader else tuple(last for last in before if _fits(said, last))
    if not fitting:
        return Clarification("unsure", choices=possible(parse)[:3])
    made: list[Request] = []
    for last in fitting[:MOST]:
        slots = _slots(last, said, situation)
        call = retold(last, slots, reader) if reader else _call(last, slots, said, bool(_named(parse, situation)))
        aimed = replace(_aimed(parse, last), calls=(call,))
        again = requests(call, aimed, situation) if _here(parse, last, situation) else which(aimed, situation)
        if isinstance(again, Clarification):
            return again
        made += again
    return tuple(dict.fromkeys(made))


def _fits(said: Slots, last: Request) -> bool:
    """Whether all that was said can be asked of the last question, or of the reasons for its answer."""
    known = OPERATIONS[last.operation].slot_names
    return set(said) <= set(known) or _asks_reasons(said, last)


def _asks_reasons(said: Slots, last: Request) -> bool:
    """Whether "with LIME" or "only the top 3", said after another answer, is about the words behind it."""
    operation = OPERATIONS[last.operation]
    fits = set(said) <= set(OPERATIONS[ATTRIBUTE].slot_names) and not set(said) <= set(operation.slot_names)
    return fits and operation.scope != DATASET and operation.gives is not Change


def _call(last: Request, slots: tuple[tuple[str, Scalar], ...], said: Slots, named: bool) -> Call:
    """The last operation again; what changes the session's copy is done again only to another instance or in another way."""
    operation = OPERATIONS[last.operation]
    if _asks_reasons(said, last):
        rest = dict(carried(slots, last.operation, ATTRIBUTE)) | said
        return Call(ATTRIBUTE, tuple(sorted(rest.items())))
    declared = {slot.name for slot in operation.slots}
    if operation.gives is Change and not named and not declared & set(said):
        return Call(PREDICT, carried(slots, last.operation, PREDICT))
    return Call(last.operation, slots)


def _slots(last: Request, said: Slots, situation: Situation) -> tuple[tuple[str, Scalar], ...]:
    """The last slots with those said now. Of the last ones, labels that these data lack and a contrast to the new label are dropped."""
    operation = OPERATIONS[last.operation]
    lost = {
        slot.name
        for slot in operation.slots
        if isinstance(slot.domain, Label) and last.slot(slot.name) not in situation.dataset.schema.labels
    }
    kept = {name: value for name, value in last.slots if name not in lost}
    new = kept | {name: value for name, value in said.items() if name in operation.slot_names}
    for name, other in ((LABEL, CONTRAST), (CONTRAST, LABEL)):
        if name in said and other not in said and new.get(other) == new.get(name):
            new.pop(other, None)
    return tuple(sorted(new.items()))


def _named(parse: Parse, situation: Situation) -> bool:
    """Whether the follow-up names an instance itself."""
    return bool(situation.own(parse) or parse.where)


def _aimed(parse: Parse, last: Request) -> Parse:
    """The follow-up's own instance where it names one, else the last one."""
    if parse.custom or parse.where:
        return parse
    custom = tuple(Span(text, 0, len(text), field) for field, text in last.custom)
    return replace(parse, where=last.where or by_ids(last.ids), custom=custom)


def _here(parse: Parse, last: Request, situation: Situation) -> bool:
    """Whether the instances are in the data at hand: an id of other data would be another text here."""
    about = last.ids or filters.ids(last.where)
    return _named(parse, situation) or last.dataset == situation.data or not about
