"""From one operation of a reading to complete requests, with every slot checked; or a question back."""

from __future__ import annotations

from dataclasses import replace

from agent.resolving.instances import settled, split_of, with_instances
from agent.resolving.retelling import AUDIENCE, has_reader
from agent.resolving.situation import Situation
from core.changes import altered
from core.data import Schema
from core.dialogue import Call, Clarification, Parse, Request, Scalar, Span
from core.domains import Domain, Label, OneOf
from core.explanations import Change
from core.filters import by_ids
from core.operation import DATASET, NOTHING, OPERATIONS, PRECISION, Operation, Slot
from models.weights.memory import NAMES

ANY_PRECISION = OneOf(lambda: NAMES, "unknown_precision")


def requests(call: Call, parse: Parse, situation: Situation) -> list[Request] | Clarification:
    """One request an instance; a Clarification where the instance or a slot is missing."""
    operation = OPERATIONS[call.operation]
    parse = settled(parse, operation, situation)
    base = Request(
        operation=operation.name,
        slots=checked_slots(operation, _for_reader(call, situation.memory.reader), situation.dataset.schema),
        split=split_of(operation, parse.where),
        dataset=situation.data,
        model=situation.model,
        precision=_precision(operation, call) or situation.precision,
        language=situation.language,
        seed=situation.settings.seed,
    )
    base = situation.memory.with_changes(base)
    if operation.scope == NOTHING:
        return [base]
    if operation.scope == DATASET and not (operation.text and situation.own(parse)):
        return [replace(base, where=parse.where)]
    made = with_instances(base, operation, parse, situation)
    missing = [slot for slot in operation.slots if slot.required and not call.slot(slot.name)]
    return _ask_for(missing[0], call, made, situation) if missing and not isinstance(made, Clarification) else made


def _for_reader(call: Call, reader: str) -> tuple[tuple[str, Scalar], ...]:
    """The call's slots, with the reader that the session has asked to be told for where it names none."""
    written = bool(reader) and has_reader(call.operation) and call.slot(AUDIENCE) is None
    return (*call.slots, (AUDIENCE, reader)) if written else call.slots


def _ask_for(slot: Slot, call: Call, made: list[Request], situation: Situation) -> Clarification:
    """The question for a slot that cannot be left open, with its values to pick from where there are few; a label that the rows
    have already is none.
    """
    own = altered(situation.dataset, made[0].changes)
    had = {own.instance(number).label for request in made for number in request.ids}
    same = had if len(had) == 1 and OPERATIONS[call.operation].gives is Change else set()
    labels = [one for one in situation.dataset.schema.labels if isinstance(slot.domain, Label) and one not in same]
    calls = [Call(call.operation, tuple(sorted((*call.slots, (slot.name, label))))) for label in labels]
    custom = tuple(Span(text, 0, len(text), field) for field, text in made[0].custom)
    where = by_ids(tuple(number for request in made for number in request.ids)) or made[0].where
    return Clarification(f"which_{slot.name}", choices=tuple(Parse((one,), where, custom) for one in calls))


def checked_slots(
    operation: Operation, slots: tuple[tuple[str, Scalar], ...], schema: Schema
) -> tuple[tuple[str, Scalar], ...]:
    """The slots that were said, checked. Defaults stay out, so that a request says what its user said."""
    return tuple(sorted((name, _domain(operation, name).check(raw, schema)) for name, raw in slots))


def _domain(operation: Operation, name: str) -> Domain:
    """The slot's domain. Whatever asks a model can ask it in any precision, without declaring that."""
    return ANY_PRECISION if name == PRECISION and operation.has_precision else operation.slot(name).domain


def _precision(operation: Operation, call: Call) -> str:
    """The precision that was said; "" for none, and for an operation with a use of its own for the word."""
    return str(call.slot(PRECISION) or "") if operation.has_precision else ""
