"""From a reading to complete requests: which operation, which instance, which settings; or a question back."""

from __future__ import annotations

from dataclasses import dataclass, replace

from agent.carry import PRECISION, has_precision
from agent.retelling import AUDIENCE, has_reader, retold
from agent.state import Memory, Message
from core import filters
from core.data import Dataset, Schema
from core.dialogue import SAME, Call, Clarification, Parse, Request, Scalar, Span
from core.errors import UserError
from core.filters import Filter, by_ids
from core.operation import DATASET, INSTANCES, NOTHING, ONE_INSTANCE, OPERATIONS, Domain, Label, OneOf, Operation, Slot
from core.settings import Settings
from models.memory import NAMES

ACT = 0.45  # below this confidence the three best readings are offered; chosen on our own development rows
NONE = "none"  # the operation of a message that asks for nothing we have
TEST, ALL = "test", ""  # splits of the data set
ANY_PRECISION = OneOf(lambda: NAMES, "unknown_precision")
MOST = 5  # instances that one message may have explained one by one


@dataclass(frozen=True)
class Situation:
    """What a reading is resolved against."""

    message: Message
    memory: Memory
    dataset: Dataset
    settings: Settings
    language: str


def resolve(parse: Parse, situation: Situation) -> tuple[Request, ...] | Clarification:
    """One request an operation and instance, with every slot checked; or a Clarification where something is missing."""
    if not parse.calls or any(call.operation == NONE for call in parse.calls):
        courtesy = next((call.slot("courtesy") for call in parse.calls if call.slot("courtesy")), None)
        return (
            Clarification(str(courtesy), ()) if courtesy else Clarification("none", choices=_examples(parse, situation))
        )
    if parse.confidence < ACT:
        return Clarification("unsure", choices=_examples(parse, situation))
    if any(call.operation == SAME for call in parse.calls):
        return _follow(parse, situation)
    requests: list[Request] = []
    for call in parse.calls:
        made = _requests(call, parse, situation)
        if isinstance(made, Clarification):
            return made
        requests += made
    return tuple(requests)


def _examples(parse: Parse, situation: Situation) -> tuple[Parse, ...]:
    """The best readings that can be carried out, each with an instance to work on."""
    choices = [parse, *parse.alternatives] if parse.confidence < ACT else list(parse.alternatives)
    known = {
        tuple(call.operation for call in one.calls): one
        for one in reversed(choices)  # of two readings with the same operations the likelier stays
        if one.calls and all(call.operation in OPERATIONS for call in one.calls)
    }
    best = sorted(known.values(), key=choices.index)
    return tuple(_with_instance(one, situation) for one in best[:3])


def _with_instance(parse: Parse, situation: Situation) -> Parse:
    takes = OPERATIONS[parse.calls[0].operation].scope in (ONE_INSTANCE, INSTANCES)
    if not takes or parse.custom or parse.where or situation.memory.ids or situation.memory.custom:
        return parse
    return replace(parse, where=filters.ById(_some_ids(situation.dataset, situation.language)[0]))


def _some_ids(dataset: Dataset, language: str) -> list[int]:
    """Up to three ids to offer, rows in the user's language first."""
    rows = sorted(dataset.split("test")[:200], key=lambda row: row.language != language)
    return [row.id for row in rows[:3] if row.id is not None] or [0]


def _follow(parse: Parse, situation: Situation) -> tuple[Request, ...] | Clarification:
    """The last requests again with what was said now: other slots, another instance."""
    changed = dict(next(call for call in parse.calls if call.operation == SAME).slots)
    reader = changed.get(AUDIENCE)
    before = situation.memory.told if reader else situation.memory.requests
    if not before:
        return Clarification("nothing_before")
    made: list[Request] = []
    for last in before[:MOST]:
        operation = OPERATIONS[last.operation]
        known = {slot.name for slot in operation.slots} | ({PRECISION} if operation.needs else set())
        kept = {name: said for name, said in changed.items() if name in known}
        slots = tuple(sorted((dict(last.slots) | kept).items()))
        call = retold(last, slots, reader) if reader else Call(last.operation, slots)
        aimed = replace(_aimed(parse, last), calls=(call,))
        again = _requests(call, aimed, situation) if _here(parse, last, situation) else _which(aimed, situation)
        if isinstance(again, Clarification):
            return again
        made += again
    return tuple(dict.fromkeys(made))


def _aimed(parse: Parse, last: Request) -> Parse:
    """The follow-up's own instance where it names one, else the last one."""
    if parse.custom or parse.where:
        return parse
    custom = tuple(Span(text, 0, len(text), field) for field, text in last.custom)
    return replace(parse, where=last.where or by_ids(last.ids), custom=custom)


def _here(parse: Parse, last: Request, situation: Situation) -> bool:
    """Whether the instances are in the data at hand: an id of other data would be another text here."""
    named = bool(_own(parse, situation) or parse.where)
    return named or last.dataset == _dataset(situation) or not (last.ids or filters.ids(last.where))


def _dataset(situation: Situation) -> str:
    """The name of the data that the message is about."""
    return situation.message.dataset or situation.settings.dataset


def _requests(call: Call, parse: Parse, situation: Situation) -> list[Request] | Clarification:
    operation = _operation(call)
    parse = _settled(parse, operation, situation)
    base = Request(
        operation=operation.name,
        slots=checked_slots(operation, _for_reader(call, situation.memory.reader), situation.dataset.schema),
        split=_split(operation, parse.where),
        dataset=_dataset(situation),
        model=situation.message.model or situation.settings.model,
        precision=_precision(operation, call) or situation.message.precision or situation.settings.precision,
        language=situation.language,
        seed=situation.settings.seed,
    )
    base = situation.memory.with_changes(base)
    if operation.scope == NOTHING:
        return [base]
    if operation.scope == DATASET and not (operation.text and _own(parse, situation)):
        return [replace(base, where=parse.where)]
    made = _with_instances(base, operation, parse, situation)
    missing = [slot for slot in operation.slots if slot.required and not call.slot(slot.name)]
    return _ask_for(missing[0], call, made, situation) if missing and not isinstance(made, Clarification) else made


def _for_reader(call: Call, reader: str) -> tuple[tuple[str, Scalar], ...]:
    """The call's slots, with the reader that the session has asked to be told for where it names none."""
    written = bool(reader) and has_reader(call.operation) and call.slot(AUDIENCE) is None
    return (*call.slots, (AUDIENCE, reader)) if written else call.slots


def _ask_for(slot: Slot, call: Call, made: list[Request], situation: Situation) -> Clarification:
    """The question for a slot that cannot be left open, with its values to pick from where there are few."""
    labels = situation.dataset.schema.labels if isinstance(slot.domain, Label) else ()
    calls = [Call(call.operation, tuple(sorted((*call.slots, (slot.name, label))))) for label in labels]
    custom = tuple(Span(text, 0, len(text), field) for field, text in made[0].custom)
    where = by_ids(tuple(number for request in made for number in request.ids)) or made[0].where
    return Clarification(f"which_{slot.name}", choices=tuple(Parse((one,), where, custom) for one in calls))


def _own(parse: Parse, situation: Situation) -> tuple[tuple[str, str], ...]:
    """The user's own text: what a form holds, else what stands in the message."""
    return situation.message.fields or tuple((span.field, span.text) for span in parse.custom)


def _operation(call: Call) -> Operation:
    if call.operation not in OPERATIONS:
        raise UserError("not_yet", operation=call.operation, known=", ".join(OPERATIONS.names()))
    return OPERATIONS[call.operation]


def named(parse: Parse, requests: tuple[Request, ...], situation: Situation) -> int:
    """How many instances the message names: by their ids, or as "those"."""
    read = (_settled(parse, OPERATIONS[request.operation], situation) for request in requests)
    return max((len(filters.ids(one.where)) for one in read), default=0)


def _settled(parse: Parse, operation: Operation, situation: Situation) -> Parse:
    """The reading with the rows that "those" means to this operation."""
    if parse.where is None:
        return parse
    those = situation.memory.those(_dataset(situation), _split(operation, parse.where))
    return replace(parse, where=filters.settled(parse.where, those))


def _split(operation: Operation, where: Filter | None) -> str:
    """What the model says is asked of the test rows, which it did not learn from, but of rows that are named wherever they stand;
    what stands in the data, of all rows.
    """
    asks = operation.needs or filters.any_part(where, filters.ByPrediction)
    return TEST if asks and not filters.among(where) else ALL


def checked_slots(
    operation: Operation, slots: tuple[tuple[str, Scalar], ...], schema: Schema
) -> tuple[tuple[str, Scalar], ...]:
    """The slots that were said, checked. Defaults stay out, so that a request says what its user said."""
    return tuple(sorted((name, _domain(operation, name).check(raw, schema)) for name, raw in slots))


def _domain(operation: Operation, name: str) -> Domain:
    """The slot's domain. Whatever asks a model can ask it in any precision, without declaring that."""
    return ANY_PRECISION if name == PRECISION and has_precision(operation) else operation.slot(name).domain


def _precision(operation: Operation, call: Call) -> str:
    """The precision that was said; "" for none, and for an operation with a use of its own for the word."""
    return str(call.slot(PRECISION) or "") if has_precision(operation) else ""


def _with_instances(
    base: Request, operation: Operation, parse: Parse, situation: Situation
) -> list[Request] | Clarification:
    """The user's own text, else the ids, else the filter, else the instance of the turn before."""
    schema = situation.dataset.schema
    own = _own(parse, situation) if operation.text else ()
    ids = filters.listed(parse.where)
    for number in ids:
        situation.dataset.instance(number)
    apart = not operation.sides or any(base.slot(name) for name in operation.sides)
    if not apart and (pairs := _paired(base, own, ids, situation)):
        return pairs
    if own:
        return [replace(base, custom=situation.dataset.custom(own, situation.language).fields)]
    if parse.where is not None and not ids:
        return [replace(base, where=parse.where)]
    if ids and operation.scope == ONE_INSTANCE:
        return [replace(base, ids=(number,)) for number in ids[:MOST]]
    if ids:
        return [replace(base, ids=ids)]
    if situation.memory.custom and operation.text and len(situation.memory.custom) == len(schema.fields):
        return [replace(base, custom=situation.memory.custom)]
    if situation.memory.ids and situation.memory.dataset == base.dataset:
        return [replace(base, ids=situation.memory.ids[:1])]
    return _which(parse, situation)


def _which(parse: Parse, situation: Situation) -> Clarification:
    """The question for an instance, with a few to pick from."""
    offered = _some_ids(situation.dataset, situation.language)
    bare = replace(parse, custom=(), alternatives=())
    return Clarification("which_instance", choices=tuple(replace(bare, where=filters.ById(one)) for one in offered))


def _paired(
    base: Request, own: tuple[tuple[str, str], ...], ids: tuple[int, ...], situation: Situation
) -> list[Request]:
    """The first instance beside each of the others, texts of the user's own before rows; none where there is only one."""
    texts = [one.fields for one in situation.dataset.several(own, situation.language)] if own else []
    if len(texts) > 1:
        return [replace(base, custom=texts[0] + texts[1])]
    if texts:
        return [replace(base, custom=texts[0], ids=(number,)) for number in ids[:MOST]]
    return [replace(base, ids=(ids[0], number)) for number in ids[1 : MOST + 1]]
