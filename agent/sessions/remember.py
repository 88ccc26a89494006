"""What a session remembers of its answers: what "the same", "and for 12?" and "among those" will mean in the next message."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from agent.resolving.retelling import WISH, wanted_reader
from agent.state import Answer, Memory
from core.data import Instance
from core.dialogue import Clarification, Parse
from core.explanations import Neighbours, Table
from core.filters import ByPrediction, any_part
from core.operation import DATASET, NOTHING, OPERATIONS

FEW = 100  # rows that a query lists by their ids; more are told by the filter that found them
LISTED = 1000  # rows that are known one by one, for questions that the filter would answer from other splits
OWN_PICK = "mistakes"  # picks its rows among those of the filter
Given = tuple[Answer, tuple[Instance, ...]]


def asking(memory: Memory, asked: Clarification, parse: Parse) -> Memory:
    """The memory once this was asked back: a courtesy asks nothing, and what could continue no question is wished for all to come."""
    wished = parse.language if asked.reason == WISH else ""
    memory = _wished(replace(memory, language=wished or memory.language), parse)
    return replace(memory, asked=asked) if asked.choices else memory


def after(
    memory: Memory, answers: tuple[Answer, ...], read: Iterable[tuple[Instance, ...]], parse: Parse | None = None
) -> Memory:
    """The memory once these answers were given. `read` are the instances that each was asked about; `parse` is the reading of the
    message, which may ask to be told for another audience from now on.
    """
    memory = replace(memory, told=tuple(answer.request for answer in answers), asked=None)
    memory = _wished(memory, parse) if parse else memory
    given = zip(answers, read, strict=True)
    about = [one for one in given if OPERATIONS[one[0].request.operation].scope != NOTHING]
    if not about:  # "and for 12?" after "what can you do?" goes on from the question before
        return memory
    requests = tuple(answer.request for answer, _ in about)
    if requests[-1].dataset != memory.dataset:  # ids say nothing in other data
        memory = replace(memory, ids=(), matched=(), fitting=None, dataset=requests[-1].dataset)
    return _with_it(_with_those(replace(memory, requests=requests), about), about)


def _wished(memory: Memory, parse: Parse) -> Memory:
    """The memory with the audience that the message asks for; a language that was wished for all answers gives way to another one."""
    language = parse.language or memory.language if memory.language else ""
    return replace(memory, reader=wanted_reader(parse) or memory.reader, language=language)


def _with_it(memory: Memory, about: Sequence[Given]) -> Memory:
    """The memory with what "it" or "they" would mean: what the newest operation was asked about by name, or the only row found."""
    for answer, rows in reversed(about):
        request = answer.request
        if request.custom:
            return replace(memory, ids=request.ids, custom=request.custom)
        if request.ids:
            alike = [one.request for one, _ in about if one.request.operation == request.operation]
            ids = tuple(dict.fromkeys(number for one in alike for number in one.ids))
            return replace(memory, ids=ids, custom=())
        if len(rows) == 1 and OPERATIONS[request.operation].scope != DATASET:
            return replace(memory, ids=_ids(rows), custom=())
    return memory


def _with_those(memory: Memory, about: Sequence[Given]) -> Memory:
    """The memory with the rows of these answers; with the rows of earlier ones where these are about no rows in particular."""
    found = [rows for rows in (matched(*one) for one in about) if rows is not None]
    if not found:
        return memory
    ids = tuple(dict.fromkeys(number for rows in found for number in rows))
    last = about[-1][0].request
    where = last.where if len(ids) > FEW and last.operation != OWN_PICK else None
    alone = where and (len(ids) > LISTED or any_part(where, ByPrediction))  # predictions are asked of one split only
    return replace(memory, matched=() if alone else ids, fitting=where, split=last.split)


def matched(answer: Answer, read: tuple[Instance, ...]) -> tuple[int, ...] | None:
    """The rows that "among those" would mean, however few of them are shown; None for an answer about no rows in particular."""
    made, request = answer.explanation, answer.request
    if isinstance(made, Neighbours):
        return _ids(made.rows)
    if request.operation == OWN_PICK and isinstance(made, Table):
        return tuple(map(int, dict(made.facts).get("ids", "").split()))
    return request.ids or None if request.where is None else _ids(read)


def _ids(rows: tuple[Instance, ...]) -> tuple[int, ...]:
    return tuple(row.id for row in rows if row.id is not None)
