"""What words of denial deny: "not negative", "ohne „Akku“", "„Akku“ nicht enthalten", "కాకుండా"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import regex

from parsers.rules.understanding import Understood
from parsers.words.lexicon import Mention, mentions

FAR, NEAR = 12, 7  # characters between a denial and the value after it, or the stretch before it
NOT, AFTER = "not", "not_after"
TWICE = {"nor": NOT, "nor_after": AFTER}  # words that deny only where they are said twice: "ne olumlu ne olumsuz"
BOUNDS = ("at_least", "at_most")  # "no more than" and "al menos" deny nothing
_AND = r"\b(?:and|und|y|и)\b"
_CLAUSE = regex.compile(  # "and" between two numbers joins no clauses
    rf"[,;.?!،؛؟।，。；？！]|\s[–—-]\s|(?<!\p{{Nd}}\s){_AND}|{_AND}(?!\s\p{{Nd}})"
)
_COLON = regex.compile("[:：]")


def denials(seen: Understood, start: int, end: int, core: int, values: Sequence[int] = ()) -> list[Mention]:
    """The denials of the stretch [start, end) whose value begins at `core`: before the value or behind the stretch, in one clause.

    `values` are the places of all values: German "nicht" and Hindi "नहीं" stand on either side, and deny the one behind them
    where there is one.
    """
    text, said = seen.request, _said(seen.request, seen.language)
    leading = [one for one in said if one.value == NOT and _leads(text, one, start, core)]
    before = [one for one in leading if not any(one.end <= value < core for value in values)]
    after = [
        one for one in said if one.value == AFTER and core < one.start <= end + NEAR and _joined(text, end, one.start)
    ]
    return [*before, *(one for one in after if not _of_another(text, one, said, values))]


def _leads(text: str, denial: Mention, start: int, core: int) -> bool:
    """Whether the denial stands before the stretch or the value, in its clause; "I don't get why 12 is negative" denies no label."""
    if not any(0 <= at - denial.end <= FAR for at in (start, core)):
        return False
    apart = _COLON.search(text, denial.end, max(denial.end, start)) or mentions("why", text[denial.end : core])
    return not apart and _joined(text, denial.end, core)


def _of_another(text: str, denial: Mention, said: Sequence[Mention], values: Sequence[int]) -> bool:
    """Whether a denial that may stand on either side has a value behind it."""
    either = any(one.end == denial.end and one.value == NOT for one in said)
    return either and any(_leads(text, denial, at, at) for at in values)


@lru_cache(maxsize=64)
def _said(text: str, language: str) -> tuple[Mention, ...]:
    """All denials; a value with a language ("not_sw") holds in that one only, since "si" is no denial in Spanish."""
    bounds = {place for one in mentions("lengths", text) if one.value in BOUNDS for place in range(one.start, one.end)}
    own = [replace(one, value=one.value.removesuffix(f"_{language}")) for one in mentions("joints", text)]
    said = [one for one in own if one.value in (NOT, AFTER)]
    for value, meant in TWICE.items():
        pair = [replace(one, value=meant) for one in own if one.value == value]
        said += pair if len(pair) > 1 else []
    return tuple(one for one in said if not bounds.issuperset(range(one.start, one.end)))


def _joined(text: str, start: int, end: int) -> bool:
    return not _CLAUSE.search(text, start, max(start, end))
