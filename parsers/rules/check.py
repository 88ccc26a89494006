"""The one place of repair: every value of a parse stands in the utterance or is a default, and fits its operation."""

from __future__ import annotations

from dataclasses import replace

from core.dialogue import Call, Parse, Scalar, Span
from core.filters import And, ById, ByLanguage, ByLength, Filter, Includes, Not, Or
from parsers.notation.shapes import shape
from parsers.rules.comparisons import precisions
from parsers.rules.data_language import languages_in
from parsers.rules.understanding import Understood
from parsers.words.lexicon import label_mentions, mentions
from parsers.words.terms import terms_in

COUNTED = ("k", "count", "most")
SECTIONS = {  # slots whose value is a word of the lexicon, with the section where it stands
    "audience": "audience",
    "language": "languages",
    "method": "methods",
    "other": "methods",
    "refine": "refine",
    "style": "styles",
}
MOST = 1000  # more rows or words than anybody reads


def check(parse: Parse, seen: Understood) -> Parse:
    """The parse without slots, ids and texts that its operations do not take or that were not said."""
    calls = tuple(_call(call, seen) for call in parse.calls)
    shapes = [shape(call.operation) for call in calls]
    where = _where(parse.where, seen) if parse.where and any(known.where or known.ids for known in shapes) else None
    takes = any(known.text or (known.single and where is None) for known in shapes)
    custom = tuple(span for span in parse.custom if _stands(span, seen)) if takes else ()
    alone = bool(custom) and not any(known.pairs for known in shapes)
    return replace(parse, calls=calls, custom=custom, where=None if alone else where)


def _call(call: Call, seen: Understood) -> Call:
    known = shape(call.operation).slots
    return Call(
        call.operation, tuple((name, value) for name, value in call.slots if name in known and _said(name, value, seen))
    )


def _said(name: str, value: Scalar, seen: Understood) -> bool:
    """Whether a number, label or method was said; what the kind of question decides has no word of its own."""
    if name in COUNTED:
        return isinstance(value, int) and 0 < value <= MOST and value in _values(seen)
    if name in ("label", "contrast"):
        said = (*label_mentions(seen.request, seen.schema), *mentions("other_labels", seen.request))
        return value in [found.value for found in said]
    if name in ("precision", "reference"):
        return value in precisions(seen)
    if name == "term":
        return set(str(value).split(", ")) <= set(terms_in(seen.text, seen.language))
    if name in SECTIONS:
        return value in [found.value for found in mentions(SECTIONS[name], seen.request)]
    return True


def _where(where: Filter, seen: Understood) -> Filter | None:
    """The filter, or None where one of its parts was not said: half a filter would answer another question."""
    return where if all(_part_said(part, seen) for part in _leaves(where)) else None


def _leaves(where: Filter) -> list[Filter]:
    if isinstance(where, And | Or):
        return [leaf for part in where.parts for leaf in _leaves(part)]
    return _leaves(where.part) if isinstance(where, Not) else [where]


def _part_said(part: Filter, seen: Understood) -> bool:
    if isinstance(part, ById):
        return part.id in _values(seen)
    if isinstance(part, ByLength):
        return part.number in _values(seen)
    if isinstance(part, ByLanguage):
        return part.language in {one.value for one in languages_in(seen.request)}
    return not isinstance(part, Includes) or part.token in seen.text


def _values(seen: Understood) -> set[int]:
    return {number.value for number in seen.numbers}


def _stands(span: Span, seen: Understood) -> bool:
    """Whether the span is where it says; texts of a form stand beside the message."""
    beside = span.start == span.end == len(seen.text)
    return bool(span.text.strip()) and (beside or seen.text[span.start : span.end] == span.text)
