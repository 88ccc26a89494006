"""What was understood, in human words: operation · which text · which settings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from agent.replying.settings_said import METHOD, setting
from agent.state import Turn
from core import filters
from core.data import Schema
from core.dialogue import Parse, Request, Scalar
from core.filters import Filter
from core.operation import OPERATIONS
from parsers.notation.canonical_filters import write_filter
from ui.words import say

DOT = " · "
Asked = tuple[str, tuple[tuple[str, Scalar], ...]]  # an operation with its slots


def understood(turn: Turn, language: str, schema: Schema | None = None) -> str:
    """One line such as "Word importance · your text · default method"; "" where nothing was understood."""
    requests = [answer.request for answer in turn.answers]
    if requests:
        asked = [(request.operation, request.slots) for request in requests]
        return _line(asked, _of_requests(requests, language), language, schema)
    if turn.parse and turn.parse.calls:
        asked = [(call.operation, call.slots) for call in turn.parse.calls]
        return _line(asked, _of_parse(turn.parse, language), language, schema)
    return ""


def _line(asked: Sequence[Asked], target: str, language: str, schema: Schema | None) -> str:
    what = " + ".join(title(name, language) for name in dict.fromkeys(name for name, _ in asked))
    slots = dict.fromkeys(slot for _, given in asked for slot in given)
    said = [setting(name, value, language, schema) for name, value in slots]
    if any(_has_method(name) and METHOD not in dict(given) for name, given in asked):
        said.append(say("understood.default_method", language))
    return DOT.join(part for part in (what, target, *said) if part)


def _has_method(operation: str) -> bool:
    return operation in OPERATIONS and METHOD in {slot.name for slot in OPERATIONS[operation].slots}


def title(name: str, language: str) -> str:
    """The operation's title; of a name that is none, the name."""
    return OPERATIONS[name].words.say("title", language) if name in OPERATIONS else name.replace("_", " ")


def title_of(query: str, language: str) -> str:
    """The title of a canonical query's first operation."""
    first = re.match(r"[a-z_]+", query)
    return title(first.group(), language) if first else query


def _of_requests(requests: list[Request], language: str) -> str:
    own = [say("understood.your_text", language)] if any(request.custom for request in requests) else []
    ids = list(dict.fromkeys(number for request in requests for number in request.ids))
    named = [_ids(ids, language)] if ids else []
    return " + ".join([*own, *named]) or _filter(requests[0].where, language)


def _of_parse(parse: Parse, language: str) -> str:
    if parse.custom:
        return say("understood.your_text", language)
    return _filter(parse.where, language)


def _filter(where: Filter | None, language: str) -> str:
    if where is None:
        return ""
    plain = isinstance(where, filters.ById) or (isinstance(where, filters.Or) and bool(filters.ids(where)))
    return _ids(filters.ids(where), language) if plain else write_filter(where)


def _ids(numbers: Iterable[int], language: str) -> str:
    return say("understood.id", language, id=", ".join(str(number) for number in numbers))
