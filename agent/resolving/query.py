"""Requests as canonical queries: what an answer's chip shows, and what its buttons ask."""

from __future__ import annotations

from core.dialogue import Call, Parse, Request, Span
from core.filters import by_ids
from core.operation import OPERATIONS
from parsers.notation.canonical import write


def of_request(requests: tuple[Request, ...]) -> str:
    """The canonical query that asks for these requests again; "" for none."""
    return write(parse_of(requests)) if requests else ""


def possible(parse: Parse) -> tuple[Parse, ...]:
    """The other readings that can be carried out, best first."""
    return tuple(
        one for one in parse.alternatives if one.calls and all(call.operation in OPERATIONS for call in one.calls)
    )


def parse_of(requests: tuple[Request, ...]) -> Parse:
    """The reading that asks for these requests, of which there is at least one."""
    first = requests[0]
    calls = tuple(dict.fromkeys(Call(one.operation, one.slots) for one in requests))
    custom = tuple(Span(text, 0, len(text), field if len(first.custom) > 1 else "") for field, text in first.custom)
    ids = tuple(dict.fromkeys(number for one in requests for number in one.ids))
    return Parse(calls, first.where or by_ids(ids), custom)
