"""Lengths in an utterance: "longer than 20 words", "mindestens drei Sätze", "20 పదాల కంటే ఎక్కువ"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import regex

from core.filters import ByLength
from parsers.denials import denials
from parsers.lexicon import Mention, mentions
from parsers.numbers import parted_between, ranged
from parsers.query import Shape
from parsers.said_numbers import Number
from parsers.understanding import Understood

COMPARISONS = {
    "more": "greater",
    "less": "less",
    "at_least": "greater equal",
    "at_most": "less equal",
    "exactly": "equal",
    "unlike": "not equal",
}
TIGHT = ("unlike", "at_least", "at_most", "more", "less", "exactly")  # "not more than" goes before "more than"
FAR = 25  # characters from a comparison's number to a unit said once for two numbers ("below 10 or above 40 words")
_SMALL = regex.compile(
    r"(?:[\s\-:=]|个|的|了|数量?|长度|of|a|or|os|с|de|из|కి|కు|ల|సంఖ్య|count|number|anzahl)*", regex.IGNORECASE
)


@dataclass(frozen=True)
class Length:
    """A length filter, its number, and the stretch [start, end) that says it."""

    where: ByLength
    number: Number
    start: int
    end: int


def lengths(seen: Understood, shape: Shape) -> list[Length]:
    """All lengths; without a comparison a number of words is one only where the operation counts no words itself."""
    if not shape.where:
        return []
    exact = not {"k", "count"} & set(shape.slots)
    free = [number for number in seen.numbers if not (number.ordinal or _is_id(number))]
    ends = [end for low, high in pairwise(free if exact else ()) for end in _range(seen.request, low, high)]
    taken = {end.number for end in ends}
    found = [_length(seen, number, exact) for number in free if number not in taken]
    return [*ends, *(one for one in found if one is not None)]


def _is_id(number: Number) -> bool:
    return number.is_id and not number.spelled


def _range(text: str, low: Number, high: Number) -> Sequence[Length]:
    """Both ends of "between 5 and 10 words", "5-10 words", "5 bis 10 Wörter"; nothing where these numbers span no lengths."""
    compared = mentions("lengths", text)
    unit = _unit(text, high, compared) if low.value < high.value else None
    if unit is None or unit.start < high.end:
        return ()
    if not (ranged(text, low, high) or parted_between(text, low, high, unit.end)):
        return ()
    shortest = Length(ByLength(unit.value, COMPARISONS["at_least"], low.value), low, low.start, high.start)
    return shortest, _made(high, unit, "at_most", ())


def _length(seen: Understood, number: Number, exact: bool) -> Length | None:
    text = seen.request
    compared = mentions("lengths", text)
    unit = _unit(text, number, compared)
    if unit is None:
        return None
    chosen = _comparison(text, number, unit, compared)
    if chosen is None:
        plain = exact and number.start < unit.start and (number.sure or _only(text, number))
        return _made(number, unit, _denied(seen, number, unit, "exactly"), ()) if plain else None
    return _made(number, unit, _denied(seen, number, unit, chosen.value), (chosen,))


def _made(number: Number, unit: Mention, comparison: str, cues: Sequence[Mention]) -> Length:
    where = ByLength(unit.value, COMPARISONS[comparison], number.value)
    parts = [(number.start, number.end), (unit.start, unit.end), *((one.start, one.end) for one in cues)]
    return Length(where, number, min(start for start, _ in parts), max(end for _, end in parts))


@lru_cache(maxsize=64)
def _units(text: str) -> list[Mention]:
    """The units that are no part of another word: Japanese "文" counts sentences, Chinese "文本" is a text."""
    taken = {place for one in mentions("no_units", text) for place in range(one.start, one.end)}
    return [one for one in mentions("units", text) if one.start not in taken]


def _unit(text: str, number: Number, compared: Sequence[Mention]) -> Mention | None:
    """The unit beside the number, small words and comparisons between them allowed; else the next one, where it is compared."""
    units = _units(text)
    after = next(
        (one for one in units if one.start >= number.end and _empty(text, number.end, one.start, compared)), None
    )
    before = [one for one in units if one.end <= number.start and _empty(text, one.end, number.start, compared)]
    if after or before:
        return after or before[-1]
    bound = any(_empty(text, one.end, number.start, ()) for one in compared if one.end <= number.start)
    return next((one for one in units if bound and 0 <= one.start - number.end <= FAR), None)


def _comparison(text: str, number: Number, unit: Mention, compared: Sequence[Mention]) -> Mention | None:
    """The comparison that touches the number or its unit; the tightest of several."""
    start, end = min(number.start, unit.start), max(number.end, unit.end)
    inner = [
        one for one in compared if min(number.end, unit.end) <= one.start and one.end <= max(number.start, unit.start)
    ]
    before = [
        one
        for one in compared
        if one.end <= start and "的" not in text[one.end : start] and _empty(text, one.end, start, compared)
    ]
    after = [one for one in compared if one.end > end and _empty(text, end, max(end, one.start), compared)]
    return min((*inner, *before, *after), key=lambda one: TIGHT.index(one.value), default=None)


def _denied(seen: Understood, number: Number, unit: Mention, comparison: str) -> str:
    """ "Not (exactly) 120 characters" is unlike 120."""
    exact = comparison == "exactly"
    return "unlike" if exact and denials(seen, number.start, max(number.end, unit.end), number.start) else comparison


def _only(text: str, number: Number) -> bool:
    """Whether an unsure "one" is said with stress: "of one sentence", "just one word"."""
    return (
        regex.search(
            r"(?:\bof|\bjust|\bonly|\bnur|\bsolo|\baus|\bde|ровно|только|из|只有|仅|就|ఒకే)\s*$", text[: number.start]
        )
        is not None
    )


def _empty(text: str, start: int, end: int, compared: Sequence[Mention]) -> bool:
    """Whether nothing but small words and comparisons stands between."""
    if not 0 <= end - start <= 30:
        return False
    rest = text[start:end]
    for one in compared:
        if start <= one.start and one.end <= end:
            rest = rest.replace(text[one.start : one.end], " ")
    return _SMALL.fullmatch(rest) is not None
