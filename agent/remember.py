"""What a session remembers of its answers: what "the same", "and for 12?" and "among those" will mean in the next message."""

from __future__ import annotations

from dataclasses import replace

from agent.state import Answer, Memory
from core.explanations import Instances, Table
from core.operation import NOTHING, OPERATIONS


def after(memory: Memory, answers: tuple[Answer, ...], reader: str = "") -> Memory:
    """The memory once these answers were given; `reader` is the audience that the message asked to be told for, if it did."""
    requests = tuple(answer.request for answer in answers)
    last = requests[-1]
    memory = replace(memory, told=requests, reader=reader or memory.reader)
    if (
        OPERATIONS[last.operation].scope == NOTHING
    ):  # "and for 12?" after "what can you do?" goes on from the question before
        return memory
    found = tuple(number for answer in answers for number in matched(answer))
    memory = replace(memory, requests=requests, matched=found or memory.matched, dataset=last.dataset)
    return replace(memory, ids=last.ids, custom=last.custom) if last.ids or last.custom else memory


def matched(answer: Answer) -> tuple[int, ...]:
    """The instances that "among those" would mean."""
    made = answer.explanation
    if isinstance(made, Instances):
        return tuple(row.id for row in made.rows if row.id is not None)
    if isinstance(made, Table) and "id" in made.columns:
        place = made.columns.index("id")
        return tuple(int(row[place]) for row in made.rows)
    return answer.request.ids
