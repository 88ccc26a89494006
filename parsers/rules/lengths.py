"""Lengths in an utterance: "longer than 20 words", "mindestens drei Sätze", "20 పదాల కంటే ఎక్కువ"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import pairwise

import regex

from core.filters import ByLength
from parsers.notation.shapes import Shape
from parsers.numbers.joined import parted_between, ranged
from parsers.numbers.numerals import Number
from parsers.numbers.roles import signed
from parsers.rules.understanding import Understood
from parsers.words.lexicon import Mention, mentions
from parsers.words.matching import pattern_of
from parsers.words.number_words import cues

COMPARISONS = {
    "more": "greater",
    "less": "less",
    "at_least": "greater equal",
    "at_most": "less equal",
    "exactly": "equal",
    "unlike": "not equal",
}
FLIPPED = {"greater": "less equal", "less": "greater equal", "equal": "not equal"}  # what is true where one is denied
TIGHT = ("unlike", "at_least", "at_most", "more", "less", "exactly")  # "not more than" goes before "more than"
FAR = 25  # characters from a comparison's number to a unit said once for two numbers ("below 10 or above 40 words")
_SMALL = regex.compile(
    r"(?:[\s\-:='’]|个|的|了|数量?|长度|が|は|of|a|os|с|de|из|కి|కు|ల|సంఖ్య|count|number|anzahl|sayısı|संख्या)*",
    regex.IGNORECASE,
)
_POINTED = regex.compile(r"(?:[这那]|\b(?:these|those|diese[nr]?|est[ao]s|es[ao]s|эти|этих|ces))\s*$", regex.IGNORECASE)
_CLOSED = regex.compile(r"\s*(?:$|\p{P}|的)")


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
    said = [number for number in seen.numbers if not number.ordinal]
    free = [number for number in said if not _is_id(number)]
    ends = [end for low, high in pairwise(free if exact else ()) for end in _range(seen.request, low, high)]
    taken = {end.number for end in ends}
    found = [_length(seen, number, exact) for number in said if number not in taken]
    return [*ends, *(one for one in found if one is not None)]


def _is_id(number: Number) -> bool:
    return number.is_id and not number.spelled


def _range(text: str, low: Number, high: Number) -> Sequence[Length]:
    """Both ends of "between 5 and 10 words", "5-10 words", "word count from 5 to 10"; nothing where these numbers span no lengths."""
    compared = _compared(text)
    unit = _unit_of_both(text, low, high, compared) if low.value < high.value else None
    if unit is None:
        return ()
    wide = replace(low, start=min(low.start, unit.start))  # "kati ya maneno 5 na 10"
    both = _with_its_unit(text, low, unit)
    opened = (parted_between(text, first, high, max(high.end, unit.end)) for first in (low, wide, both))
    if not (ranged(text, low, high) or ranged(text, both, high) or any(opened)):
        return ()
    start, end = wide.start, max(high.end, unit.end)
    shortest = Length(ByLength(unit.value, COMPARISONS["at_least"], low.value), low, start, high.start)
    return shortest, Length(ByLength(unit.value, COMPARISONS["at_most"], high.value), high, high.start, end)


def _with_its_unit(text: str, low: Number, unit: Mention) -> Number:
    """The first end of a range with its unit, where that is said of both: "10 words to 20 words"."""
    own = (one for one in _units(text) if one.value == unit.value and one.start >= low.end)
    first = next((one for one in own if not text[low.end : one.start].strip()), None)
    return replace(low, end=first.end) if first else low


def _unit_of_both(text: str, low: Number, high: Number, compared: Sequence[Mention]) -> Mention | None:
    """The unit behind the second end of a range, or before the first one and a word such as "between"."""
    after = _unit(text, high, compared)
    if after and after.start >= high.end and after.end > after.start:
        return after
    found = _between().search(text, max(0, low.start - 20), low.start)
    start = found.start() if found else low.start
    return next((one for one in reversed(_units(text)) if _empty(text, one.end, start, compared)), None)


@cache
def _between() -> regex.Pattern[str]:
    return pattern_of(cues("between"), after=r"\s*$")


def _length(seen: Understood, number: Number, exact: bool) -> Length | None:
    text = seen.request
    compared = _compared(text)
    unit = _unit(text, number, compared)
    if unit is None or _POINTED.search(text, max(0, number.start - 8), number.start):
        return None
    chosen = _own(seen, _comparisons(text, number, unit, compared), number)
    if _is_id(number) and not (chosen and _measured(text, number, unit)):
        return None
    if not chosen:
        plain = exact and ((number.start < unit.start and number.sure) or _only(text, number, unit))
        return _made(number, unit, COMPARISONS["exactly"], ()) if plain else None
    return _made(number, unit, _kind(chosen), chosen[:1])


def _own(seen: Understood, chosen: Sequence[Mention], number: Number) -> list[Mention]:
    """The comparisons but those that lead to the next number, where another one leads to this: "under 10 words, over 50"."""
    if not any(one.end <= number.start for one in chosen):
        return list(chosen)
    later = [other for other in seen.numbers if other.start >= number.end]
    return [one for one in chosen if not any(0 <= other.start - one.end <= 1 for other in later)]


def _kind(chosen: Sequence[Mention]) -> str:
    """What the tightest comparison says; "is not" turns the next one: "is not over 10 words", "que no tengan más de 10"."""
    first, *others = (COMPARISONS[one.value] for one in chosen)
    turned = [FLIPPED[other] for other in others if first == COMPARISONS["unlike"] and other in FLIPPED]
    return turned[0] if turned else first


def _measured(text: str, number: Number, unit: Mention) -> bool:
    """Whether a unit right behind a number outweighs the noun before it: "sentences 10 words or longer", "పదాల సంఖ్య 12"."""
    counted = unit.value != "sents" and bool(text[unit.end : number.start].strip())  # "number of words: 12"
    return (counted or 0 <= unit.start - number.end <= 1) and not signed(text, number)


@lru_cache(maxsize=64)
def _compared(text: str) -> list[Mention]:
    """The comparisons; a plus is one only right behind digits: "20+ words"."""
    said = [_without_its_joint(text, one) for one in mentions("lengths", text)]
    return [one for one in said if text[one.start] != "+" or text[: one.start][-1:].isdigit()]


def _without_its_joint(text: str, said: Mention) -> Mention:
    """The comparison; of "oder mehr" before "als 50 Wörter" the "mehr als", since "oder" joins two lengths there."""
    joints = [one for one in mentions("joints", text[said.start : said.end]) if one.value == "or" and not one.start]
    if not joints:
        return said
    start = said.start + joints[0].end
    longer = (replace(one, start=one.start + start, end=one.end + start) for one in mentions("lengths", text[start:]))
    return next((one for one in longer if one.start < said.end < one.end), said)


def _made(number: Number, unit: Mention, comparison: str, said: Sequence[Mention]) -> Length:
    where = ByLength(unit.value, comparison, number.value)
    parts = [(number.start, number.end), (unit.start, unit.end), *((one.start, one.end) for one in said)]
    return Length(where, number, min(start for start, _ in parts), max(end for _, end in parts))


@lru_cache(maxsize=64)
def _units(text: str) -> list[Mention]:
    """The units that are no part of another word: Japanese "文" counts sentences, Chinese "文本" is a text."""
    taken = {place for one in mentions("no_units", text) for place in range(one.start, one.end)}
    return [one for one in mentions("units", text) if one.start not in taken]


def _unit(text: str, number: Number, compared: Sequence[Mention]) -> Mention | None:
    """The unit beside the number, small words and comparisons between them allowed; else the next one, where it is compared.

    "Longer than 50" without any are words; they stand nowhere.
    """
    units = _units(text)
    after = next(
        (one for one in units if one.start >= number.end and _empty(text, number.end, one.start, compared)), None
    )
    before = [one for one in units if one.end <= number.start and _empty(text, one.end, number.start, compared)]
    if after or before:
        return after or before[-1]
    bound = [one for one in compared if _empty(text, one.end, number.start, ())]
    next_one = next((one for one in units if bound and 0 <= one.start - number.end <= FAR), None)
    return next_one or (Mention("words", number.end, number.end) if _lengthy(text, number, compared) else None)


def _lengthy(text: str, number: Number, compared: Sequence[Mention]) -> bool:
    """Whether a comparison of lengths touches the number and no noun follows: "longer than 50", not "longer than 50 lines"."""
    closed = _CLOSED.match(text, number.end) is not None or any(
        0 <= one.start - number.end <= 1 for section in ("joints", "polite") for one in mentions(section, text)
    )
    before = [one for one in compared if closed and _empty(text, one.end, number.start, ())]
    after = [one for one in compared if _empty(text, number.end, one.start, ())]
    said = [text[one.start : one.end] for one in (*before, *after) if one.value != "exactly"]
    free = number.sure and not number.is_count and not _is_id(number)
    return free and any(mentions("lengthy", one) for one in said)


def _comparisons(text: str, number: Number, unit: Mention, compared: Sequence[Mention]) -> list[Mention]:
    """The comparisons that touch the number or its unit, the tightest first."""
    start, end = min(number.start, unit.start), max(number.end, unit.end)
    first, last = min(number.end, unit.end), max(number.start, unit.start)
    inner = [
        one for one in compared if first <= one.start and one.end <= last and _empty(text, first, one.start, compared)
    ]
    before = [
        one
        for one in compared
        if one.end <= start and "的" not in text[one.end : start] and _empty(text, one.end, start, compared)
    ]
    after = [one for one in compared if one.end > end and _empty(text, end, max(end, one.start), compared)]
    return sorted((*inner, *before, *after), key=lambda one: TIGHT.index(one.value))


def _only(text: str, number: Number, unit: Mention) -> bool:
    """Whether an unsure "one" is said with stress: "of one sentence", "just one word", "ఒక వాక్యం మాత్రమే"."""
    stressed, start, end = mentions("only", text), min(number.start, unit.start), max(number.end, unit.end)
    before = [text[one.end : start] for one in (*stressed, *mentions("made_of", text)) if one.end <= start]
    behind = [text[end : one.start] for one in stressed if one.start >= end]
    return number.spelled and not all(gap.strip() for gap in (*before, *behind))


def _empty(text: str, start: int, end: int, compared: Sequence[Mention]) -> bool:
    """Whether nothing but small words and comparisons stands between."""
    if not 0 <= end - start <= 30:
        return False
    rest = text[start:end]
    for one in compared:
        if start <= one.start and one.end <= end:
            rest = rest.replace(text[one.start : one.end], " ")
    return _SMALL.fullmatch(rest) is not None
