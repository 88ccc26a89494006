"""Which texts an operation is asked about: the user's own, those named, those of a filter, or those of the answer before."""

from __future__ import annotations

from dataclasses import replace

from agent.resolving.carry import carried
from agent.resolving.situation import Situation
from core import filters
from core.data import Dataset
from core.dialogue import Call, Clarification, Parse, Request
from core.explanations import EDIT_LABEL, UNDO, UNLEARN, Change
from core.filters import Filter
from core.operation import INSTANCES, ONE_INSTANCE, OPERATIONS, PRECISION, Operation

TEST, ALL = "test", ""  # splits of the data set
MOST = 5  # instances that one message may have explained one by one
OFFERED = 3  # of which one can be picked


def with_instances(
    base: Request, operation: Operation, parse: Parse, situation: Situation
) -> list[Request] | Clarification:
    """The user's own text, else the ids, else the filter, else the instances of the turn before."""
    own = situation.own(parse)
    ids = filters.listed(parse.where)
    for number in ids:
        situation.dataset.instance(number)
    if own and operation.text:
        return _about_own(base, operation, own, ids, situation)
    if ids:
        return _about_rows(base, operation, ids, situation)
    if parse.where is not None:
        return [replace(base, where=parse.where)]
    return _no_text(operation, parse, situation) if own else _about_it(base, operation, parse, situation)


def _about_own(
    base: Request, operation: Operation, own: tuple[tuple[str, str], ...], ids: tuple[int, ...], situation: Situation
) -> list[Request]:
    pairs = [] if _apart(base, operation) else _paired(base, own, ids, situation)
    return pairs or [replace(base, custom=situation.dataset.custom(own, situation.language).fields)]


def _about_rows(base: Request, operation: Operation, ids: tuple[int, ...], situation: Situation) -> list[Request]:
    """One request a row, or one for all of them where the operation sets several beside each other."""
    if not _apart(base, operation) and (pairs := _paired(base, (), ids, situation)):
        return pairs
    if operation.scope == ONE_INSTANCE:
        return [replace(base, ids=(number,)) for number in ids[:MOST]]
    return [replace(base, ids=ids)]


def _about_it(base: Request, operation: Operation, parse: Parse, situation: Situation) -> list[Request] | Clarification:
    """What the answer before was about, in the precision that was asked for there."""
    memory = situation.memory
    if memory.custom and operation.text and len(memory.custom) == len(situation.dataset.schema.fields):
        return [_as_before(replace(base, custom=memory.custom), situation)]
    if not memory.ids or memory.dataset != base.dataset:
        return which(parse, situation)
    if operation.gives is Change and len(memory.ids) > 1:
        return which(parse, situation, memory.ids)
    ids = memory.ids if _apart(base, operation) else memory.ids[:1]
    return [_as_before(made, situation) for made in _about_rows(base, operation, ids, situation)]


def _as_before(request: Request, situation: Situation) -> Request:
    """The request with what was said in the question before and holds on, where it names nothing else."""
    before = situation.memory.requests[-1:]
    if not before or before[0].model != request.model:
        return request
    kept = dict(carried(before[0].slots, before[0].operation, request.operation)) | dict(request.slots)
    precision = str(kept.get(PRECISION) or request.precision)
    return replace(request, slots=tuple(sorted(kept.items())), precision=precision)


def _apart(base: Request, operation: Operation) -> bool:
    """Whether every instance is a request of its own, instead of the other side of one."""
    return not operation.sides or any(base.slot(name) for name in operation.sides)


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


def which(parse: Parse, situation: Situation, among: tuple[int, ...] = ()) -> Clarification:
    """The question for an instance, with a few to pick from: of `among`, if these were meant together."""
    offered = among[:OFFERED] or some_ids(situation.dataset, situation.language)
    bare = replace(parse, custom=(), alternatives=())
    return Clarification("which_instance", choices=tuple(replace(bare, where=filters.ById(one)) for one in offered))


def _no_text(operation: Operation, parse: Parse, situation: Situation) -> Clarification:
    """What works on rows alone was asked of a text of the user's own, which never gives way to another one.

    Such a text is learned with a label and taken out again by undoing that.
    """
    if operation.name == UNLEARN:
        rows = which(parse, situation).choices
        return Clarification("unlearn_own", choices=(Parse((Call(UNDO),)), *rows))
    if operation.gives is not Change:
        return Clarification("rows_only", (("operation", operation.name),), which(parse, situation).choices)
    calls = [Call(EDIT_LABEL, (("label", label),)) for label in situation.dataset.schema.labels]
    return Clarification("which_label", choices=tuple(Parse((call,), None, parse.custom) for call in calls))


def settled(parse: Parse, operation: Operation, situation: Situation) -> Parse:
    """The reading with the rows that "those" means to this operation, and its filter in the order of all languages."""
    if parse.where is None:
        return parse
    those = situation.memory.those(situation.data, split_of(operation, parse.where))
    return replace(parse, where=filters.ordered(filters.settled(parse.where, those)))


def split_of(operation: Operation, where: Filter | None) -> str:
    """What the model says is asked of the test rows, which it did not learn from, but of rows that are named wherever they stand;
    what stands in the data, or changes it, of all rows.
    """
    asks = operation.needs and operation.gives is not Change
    return TEST if (asks or filters.any_part(where, filters.ByPrediction)) and not filters.among(where) else ALL


def with_some_instance(parse: Parse, situation: Situation) -> Parse:
    """The reading about a row of the data, where it needs an instance and nothing names one."""
    takes = OPERATIONS[parse.calls[0].operation].scope in (ONE_INSTANCE, INSTANCES)
    if not takes or parse.custom or parse.where or situation.memory.ids or situation.memory.custom:
        return parse
    return replace(parse, where=filters.ById(some_ids(situation.dataset, situation.language)[0]))


def some_ids(dataset: Dataset, language: str) -> list[int]:
    """A few ids to offer, rows in the user's language first."""
    rows = sorted(dataset.split("test")[:200], key=lambda row: row.language != language)
    return [row.id for row in rows[:OFFERED] if row.id is not None] or [0]
