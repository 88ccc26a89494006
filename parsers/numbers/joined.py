"""Numbers that are said together: parts of a list, ends of a range."""

from __future__ import annotations

from functools import cache

import regex

from parsers.numbers.numerals import Number
from parsers.words.matching import pattern_of
from parsers.words.number_words import ANY, cues, tables

_RUN = regex.compile(
    r"(?<!\p{Latin})ids\W{0,3}\p{Nd}+(?:\s+\p{Nd}+)+|(?<![\p{Nd}.,:–-])\p{Nd}+(?:\s+\p{Nd}+){2,}(?![.,:]?\p{Nd})",
    regex.IGNORECASE,
)


def listed(text: str, before: Number, after: Number) -> bool:
    """Whether two numbers are parts of one list: "3, 5 and 7", or of a bare run: "12 15 18"."""
    runs = _RUN.finditer(text) if text[before.end : after.start].isspace() else ()
    joined = _joint("joints").fullmatch(text, before.end, after.start) is not None
    return joined or any(run.start() <= before.start and after.end <= run.end() for run in runs)


def ranged(text: str, low: Number, high: Number) -> bool:
    """Whether two numbers are the ends of a range: "5 to 8", "5-8", "5 bis 8"."""
    return _joint("spans").fullmatch(text, low.end, high.start) is not None


def parted_between(text: str, low: Number, high: Number, end: int) -> bool:
    """Whether two numbers are the ends of a range that is opened before them, or closed behind `end`: "between 5 and 10"."""
    opened = _joint("spans", "joints").fullmatch(text, low.end, high.start) is not None
    before = pattern_of(cues("between"), after=r"\s*$").search(text, max(0, low.start - 20), low.start)
    closed = pattern_of(cues("between_after"), before=r"[\s\-'’]{0,2}").match(text, end, end + 20)
    return opened and (before or closed) is not None


@cache
def _joint(*kinds: str) -> regex.Pattern[str]:
    known = [joint for kind in kinds for joint in tables()[ANY][kind]]
    joints = "|".join(regex.escape(joint) for joint in sorted(known, key=len, reverse=True))
    the = "|".join(tables()[ANY]["determiners"])
    nouns = pattern_of(cues("id_before")).pattern
    said = "|".join(regex.escape(joint) for joint in known if joint[-1].isalpha())
    named = rf"\s*(?:{said})\s+(?:(?:{the})\s+)?(?:{nouns})\s*"  # "12 and review 15", but not "7, case 2330"
    return regex.compile(
        rf"(?:号|番|条|个|個)?(?:\s*(?:{joints}))+\s*(?:(?:{the})\s+)?(?:[#№第]|ids?|nr\.?)?\s*|{named}",
        regex.IGNORECASE,
    )
