"""The custom text in an utterance: its exact span, without delimiters, and the field it belongs to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import regex

from core.data import Schema
from core.dialogue import Span
from parsers.texts.quotes import Pair, pairs, trimmed, unclosed
from parsers.texts.segments import before_a_request, density, unmarked, words
from parsers.words.lexicon import Mention, label_mentions, mentions

NO_SCHEMA = Schema(name="", fields=("text",), labels=())
FILTER_WORDS = 4  # a longer quotation beside "contains" is a text, not a word to look for
SHORT = 2  # quotations up to this many words may be a term or a label rather than a text
_EMPTY = regex.compile(r"[\s\p{N}\p{P}#№]*")
_GAP = regex.compile(r"[\s:=(]*")
_FIELD_MARK = r"\s*(?:[:：=–—-]|is|ist|es|是|为)\s*"


def find(text: str, schema: Schema = NO_SCHEMA) -> tuple[Span, ...]:
    """The custom texts: one a field of the task, in the order of the fields; empty where there is none.

    Every span lies in `text`, and `text[span.start:span.end] == span.text`.
    """
    if len(schema.fields) > 1:
        named = _named_fields(text, schema)
        if len(named) > 1:
            return named
    every = pairs(text)
    quoted = [pair for pair in every if not _no_text(text, pair, schema)]
    if quoted:
        return _assigned(text, _around(text, quoted) or _chosen(quoted, schema), schema)
    lone = None if every else unclosed(text)
    found = lone or unmarked(_without(text, every))
    return _assigned(text, [found], schema) if found and not _no_text(text, found, schema) else ()


def every(text: str, schema: Schema) -> tuple[Span, ...]:
    """Every quotation that is a text, for a task of one field, in reading order: two texts that are compared."""
    found = [pair for pair in pairs(text) if not _no_text(text, pair, schema)] if len(schema.fields) == 1 else []
    return tuple(Span(text[pair.start : pair.end], pair.start, pair.end) for pair in found)


def _without(text: str, every: Sequence[Pair]) -> str:
    """The text with its quotations blackened, so that a colon in them parts nothing."""
    for pair in every:
        text = text[: pair.start] + "x" * (pair.end - pair.start) + text[pair.end :]
    return text


def _no_text(text: str, pair: Pair, schema: Schema) -> bool:
    """A quoted number, label, method, or word to look for."""
    inner = text[pair.start : pair.end]
    if _EMPTY.fullmatch(inner):
        return not regex.search(r"[^\s\p{P}\p{N}#№]", inner)
    named = [*label_mentions(inner, schema), *mentions("methods", inner), *mentions("metrics", inner)]
    if any(found.start == 0 and found.end == len(inner) for found in named):
        return True
    return words(inner) <= FILTER_WORDS * (3 if regex.search(r"\p{Han}", inner) else 1) and _looked_for(text, pair)


def _looked_for(text: str, pair: Pair) -> bool:
    """Whether a cue such as "contains" stands right beside the quotation."""
    cues = mentions("filters", text)
    before = any(_touches(text, found.end, pair.start - 1) for found in cues if found.value == "includes")
    return before or any(_touches(text, pair.end + 1, found.start) for found in cues if found.value == "includes_after")


def _touches(text: str, start: int, end: int) -> bool:
    return start <= end and _GAP.fullmatch(text, start, end) is not None


def _around(text: str, quoted: Sequence[Pair]) -> list[Pair]:
    """The stretch after a colon or on lines of its own that holds the quotations as a part of a longer text."""
    outer = unmarked(text)
    if outer is None or outer.mark not in ":\n(":
        return []
    inside = [pair for pair in quoted if outer.start < pair.start and pair.end < outer.end]
    rest = text[outer.start : outer.end]
    for pair in inside:
        rest = rest.replace(text[pair.start - 1 : pair.end + 1], " ")  # with its marks
    longer = words(rest) > max(3, *(words(text[pair.start : pair.end]) for pair in quoted))
    return [outer] if inside and len(inside) == len(quoted) and longer and density(rest) < 0.1 else []


def _chosen(quoted: Sequence[Pair], schema: Schema) -> list[Pair]:
    """As many quotations as the task has fields, the longest ones, in reading order."""
    longest = sorted(quoted, key=lambda pair: pair.start - pair.end)[: max(1, len(schema.fields))]
    return sorted(longest, key=lambda pair: pair.start)


def _assigned(text: str, found: Sequence[Pair], schema: Schema) -> tuple[Span, ...]:
    """Spans with their fields: the field named last before each, else the fields in order."""
    if len(schema.fields) < 2:
        return tuple(Span(text[pair.start : pair.end], pair.start, pair.end) for pair in found)
    named = [_field_before(text, pair, previous, schema) for pair, previous in zip(found, [None, *found], strict=False)]
    if len(found) < len(schema.fields) or len(set(named)) < len(named) or "" in named:
        free = iter([field for field in schema.fields if field not in named])
        named = [field or next(free, "") for field in named] if len(found) > 1 and len(set(named)) > 1 else named
        if len(found) > 1 and (len(set(named)) < len(named) or "" in named):
            named = list(schema.fields[: len(found)])
    spans = [
        Span(text[pair.start : pair.end], pair.start, pair.end, field) for pair, field in zip(found, named, strict=True)
    ]
    return tuple(sorted(spans, key=lambda span: schema.fields.index(span.field) if span.field else -1))


def _field_before(text: str, pair: Pair, previous: Pair | None, schema: Schema) -> str:
    start = previous.end + 1 if previous else 0
    said = [found for found in _field_mentions(text, schema) if start <= found.start and found.end <= pair.start]
    return said[-1].value if said else ""


def _named_fields(text: str, schema: Schema) -> tuple[Span, ...]:
    """Texts that follow their field's name and a colon: "Claim: … Evidence: …"."""
    marked = list(_field_marks(text, schema))
    if len({mark.value for mark in marked}) < 2:
        return ()
    ends = [mark.start for mark in marked[1:]] + [len(text)]
    ends[-1] = before_a_request(text, marked[-1].end)
    found = [_inner(text, trimmed(text, Pair(mark.end, end, ":"))) for mark, end in zip(marked, ends, strict=True)]
    spans = [
        Span(text[pair.start : pair.end], pair.start, pair.end, mark.value)
        for mark, pair in zip(marked, found, strict=True)
        if pair.end > pair.start
    ]
    return tuple(sorted(spans, key=lambda span: schema.fields.index(span.field)))


def _inner(text: str, pair: Pair) -> Pair:
    """The quotation in the stretch where there is one, else the stretch without a comma or a semicolon at its end."""
    quoted = pairs(text[pair.start : pair.end])
    if quoted:
        return Pair(pair.start + quoted[0].start, pair.start + quoted[0].end, quoted[0].mark)
    bare = text[pair.start : pair.end].rstrip(" ,;，；、\n")
    return Pair(pair.start, pair.start + len(bare), ":")


def _field_marks(text: str, schema: Schema) -> Iterator[Mention]:
    for found in _field_mentions(text, schema):
        mark = regex.compile(_FIELD_MARK).match(text, found.end)
        if mark:
            yield Mention(found.value, found.start, mark.end())


def _field_mentions(text: str, schema: Schema) -> list[Mention]:
    """Where the task's fields are named, in any language or as the schema writes them."""
    return [found for found in mentions("fields", text) if found.value in schema.fields] or _by_name(text, schema)


def _by_name(text: str, schema: Schema) -> list[Mention]:
    found = [
        Mention(field, *match.span())
        for field in schema.fields
        for match in regex.finditer(rf"(?<!\w){regex.escape(field)}(?!\w)", text, regex.IGNORECASE)
    ]
    return sorted(found, key=lambda mention: mention.start)
