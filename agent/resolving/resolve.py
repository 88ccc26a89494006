"""From a reading to complete requests: which operation, which instance, which settings; or a question back."""

from __future__ import annotations

from agent.resolving.follow_ups import follow
from agent.resolving.instances import settled, with_some_instance
from agent.resolving.requests import requests
from agent.resolving.situation import Situation
from core import filters
from core.dialogue import SAME, Call, Clarification, Parse, Request
from core.errors import UserError
from core.explanations import UNDO, Change
from core.filters import ById
from core.operation import NOTHING, OPERATIONS

ACT = 0.45  # below this confidence the three best readings are offered; chosen on our own development rows
SURE = (
    0.7  # a reading below it is acted on, and the next best ones are offered beside the answer; but nothing is changed
)
NONE = "none"  # the operation of a message that asks for nothing we have


def resolve(parse: Parse, situation: Situation) -> tuple[Request, ...] | Clarification:
    """One request an operation and instance, with every slot checked; or a Clarification where something is missing.

    Raises UserError: nothing_to_undo, changes_elsewhere, unknown_instance and what a slot raises.
    """
    if not parse.calls or any(call.operation == NONE for call in parse.calls):
        courtesy = next((call.slot("courtesy") for call in parse.calls if call.slot("courtesy")), None)
        return (
            Clarification(str(courtesy), ()) if courtesy else Clarification("none", choices=_examples(parse, situation))
        )
    if _unsure(parse):
        return Clarification("unsure", choices=_examples(parse, situation))
    if any(call.operation == SAME for call in parse.calls):
        return follow(parse, situation)
    return _of_each_one(parse) or _all(parse, situation)


def _all(parse: Parse, situation: Situation) -> tuple[Request, ...] | Clarification:
    """The requests of all operations, in the order said."""
    made: list[Request] = []
    for call in parse.calls:
        found = requests(call, parse, situation)
        if isinstance(found, Clarification):
            return found
        if call.operation == UNDO and not any(map(_changes, made)):
            _check_undo(found[0], situation)
        made += found
    return tuple(made)


def _changes(one: Call | Request) -> bool:
    """Whether it changes the session's copy of data and model."""
    return one.operation in OPERATIONS and OPERATIONS[one.operation].gives is Change


def _unsure(parse: Parse) -> bool:
    """Whether the reading is too doubtful to act on; a change takes more than a look."""
    return parse.confidence < (SURE if any(map(_changes, parse.calls)) else ACT)


def _of_each_one(parse: Parse) -> Clarification | None:
    """The question what to change, where several ids stand beside several operations: not all of them are to be changed."""
    ids = filters.listed(parse.where)
    changes = [call for call in parse.calls if _changes(call) and OPERATIONS[call.operation].scope != NOTHING]
    if not changes or len(parse.calls) == 1 or len(ids) == 1 or not ids:
        return None
    pairs = [(call, number) for call in changes for number in ids]
    return Clarification("which_change", choices=tuple(Parse((call,), ById(number)) for call, number in pairs))


def _check_undo(request: Request, situation: Situation) -> None:
    """Nothing to undo is said before a model is loaded, with where the session's changes are. Raises UserError."""
    if request.changes:
        return
    copies = situation.memory.copies
    if not copies:
        raise UserError("nothing_to_undo")
    raise UserError("changes_elsewhere", where=", ".join(f"{copy.dataset} ({copy.model})" for copy in copies))


def _examples(parse: Parse, situation: Situation) -> tuple[Parse, ...]:
    """The best readings that can be carried out, each with an instance to work on."""
    choices = [parse, *parse.alternatives] if _unsure(parse) else list(parse.alternatives)
    known = {
        tuple(call.operation for call in one.calls): one
        for one in reversed(choices)  # of two readings with the same operations the likelier stays
        if one.calls and all(call.operation in OPERATIONS for call in one.calls)
    }
    best = sorted(known.values(), key=choices.index)
    return tuple(with_some_instance(one, situation) for one in best[:3])


def named(parse: Parse, made: tuple[Request, ...], situation: Situation) -> int:
    """How many instances the message names: by their ids, as "those", or as "it" and "them"."""
    read = (settled(parse, OPERATIONS[request.operation], situation) for request in made)
    said = max((len(filters.ids(one.where)) for one in read), default=0)
    meant = not said and not situation.own(parse) and any(request.ids for request in made)
    return len(situation.memory.ids) if meant else said
