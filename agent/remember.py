"""What a session remembers of its answers: what "the same", "and for 12?" and "among those" will mean in the next message."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from agent.state import Answer, Memory
from core.data import Instance
from core.explanations import Neighbours, Table
from core.operation import NOTHING, OPERATIONS

FEW = 100  # rows that a query lists by their ids; more are told by the filter that found them
OWN_PICK = "mistakes"  # picks its rows among those of the filter


def after(
    memory: Memory, answers: tuple[Answer, ...], read: Iterable[tuple[Instance, ...]], reader: str = ""
) -> Memory:
    """The memory once these answers were given. `read` are the instances that each was asked about; `reader` is the audience
    that the message asked to be told for, if it did.
    """
    requests = tuple(answer.request for answer in answers)
    last = requests[-1]
    memory = replace(memory, told=requests, reader=reader or memory.reader)
    if (
        OPERATIONS[last.operation].scope == NOTHING
    ):  # "and for 12?" after "what can you do?" goes on from the question before
        return memory
    if last.dataset != memory.dataset:  # ids say nothing in other data
        memory = replace(memory, ids=(), matched=(), fitting=None, dataset=last.dataset)
    memory = _with_those(replace(memory, requests=requests), answers, read)
    return replace(memory, ids=last.ids, custom=last.custom) if last.ids or last.custom else memory


def _with_those(memory: Memory, answers: tuple[Answer, ...], read: Iterable[tuple[Instance, ...]]) -> Memory:
    """The memory with the rows of these answers; with the rows of earlier ones where these are about no rows in particular."""
    found = [rows for rows in map(matched, answers, read) if rows is not None]
    if not found:
        return memory
    ids = tuple(dict.fromkeys(number for rows in found for number in rows))
    where = answers[-1].request.where if len(ids) > FEW else None
    return replace(memory, matched=() if where else ids, fitting=where)


def matched(answer: Answer, read: tuple[Instance, ...]) -> tuple[int, ...] | None:
    """The rows that "among those" would mean, however few of them are shown; None for an answer about no rows in particular."""
    made, request = answer.explanation, answer.request
    if isinstance(made, Neighbours):
        return _ids(made.rows)
    if request.operation == OWN_PICK and isinstance(made, Table):
        place = made.columns.index("id") if "id" in made.columns else None
        return () if place is None else tuple(int(row[place]) for row in made.rows)
    return request.ids or None if request.where is None else _ids(read)


def _ids(rows: tuple[Instance, ...]) -> tuple[int, ...]:
    return tuple(row.id for row in rows if row.id is not None)
