"""What was understood, in human words: operation · which text · which settings."""

from __future__ import annotations

import re
from collections.abc import Iterable

from agent.state import Turn
from agent.words import method_name
from core import filters
from core.data import Schema
from core.dialogue import Call, Parse, Request, Scalar
from core.filters import Filter
from core.glossary import glossary
from core.languages import languages
from core.operation import OPERATIONS
from core.settings import ROOT
from core.words import words
from models.written import ALL
from parsers.canonical_filters import write_filter
from ui.words import say, say_or

DOT = " · "
METHOD, TOP, WRITTEN = "method", "k", "written"
OTHER = "other"  # the method that a comparison is made with
SPOKEN, TOPIC, TERM = "language", "topic", "term"
LABELS = ("label", "contrast", "target")  # slots whose value is a label of the task


def understood(turn: Turn, language: str, schema: Schema | None = None) -> str:
    """One line such as "Word importance · your text · default method"; "" where nothing was understood."""
    requests = [answer.request for answer in turn.answers]
    if requests:
        return _line(_named(requests), _of_requests(requests, language), requests[0].slots, language, schema)
    if turn.parse and turn.parse.calls:
        return _line(
            [call.operation for call in turn.parse.calls],
            _of_parse(turn.parse, language),
            _slots(turn.parse.calls),
            language,
            schema,
        )
    return ""


def _line(
    operations: Iterable[str], target: str, slots: Iterable[tuple[str, Scalar]], language: str, schema: Schema | None
) -> str:
    names = list(operations)
    what = " + ".join(title(name, language) for name in names)
    said = [_setting(name, value, language, schema) for name, value in slots]
    has_method = any(name in OPERATIONS and METHOD in {slot.name for slot in OPERATIONS[name].slots} for name in names)
    if has_method and METHOD not in dict(slots):
        said.append(say("understood.default_method", language))
    return DOT.join(part for part in (what, target, *said) if part)


def title(name: str, language: str) -> str:
    """The operation's title; one that has words but no code yet has a title, too."""
    file = ROOT / "operations" / f"{name}.toml"
    return words(file).say("title", language) if name.isidentifier() and file.exists() else name.replace("_", " ")


def title_of(query: str, language: str) -> str:
    """The title of a canonical query's first operation."""
    first = re.match(r"[a-z_]+", query)
    return title(first.group(), language) if first else query


def _named(requests: Iterable[Request]) -> list[str]:
    return list(dict.fromkeys(request.operation for request in requests))


def _slots(calls: Iterable[Call]) -> tuple[tuple[str, Scalar], ...]:
    return tuple(slot for call in calls for slot in call.slots)


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


def _setting(name: str, value: Scalar, language: str, schema: Schema | None) -> str:
    """A slot as people say it: "occlusion", "top 3", "label: positive"."""
    if name == METHOD:
        return method_name(str(value), language)
    if name == TOP:
        return say("understood.top", language, number=value)
    if name == WRITTEN:
        return f"{say('slot.written', language)}: {say('compare.quote', language, text=value)}" if value != ALL else ""
    return f"{say_or('slot.' + name, language, name)}: {_value(name, str(value), language, schema)}"


def _value(name: str, value: str, language: str, schema: Schema | None) -> str:
    """A slot's value by its name where something has one, else in a word of the page where there is one."""
    if name == OTHER:
        return method_name(value, language)
    if name == SPOKEN and value in languages():
        return languages()[value].native
    if name == TOPIC:
        return title(value, language)
    if name == TERM:
        known = glossary(language)
        return ", ".join(known[slug].name if slug in known else slug for slug in value.split(", "))
    label = schema.label_in(value, language) if schema and name in LABELS else ""
    return label or say_or(f"value.{value}", language, value)
