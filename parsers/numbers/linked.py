"""Lists of ids with a label after each: "why is 12 negative and 15 positive?"."""

from __future__ import annotations

from functools import lru_cache

import regex

from parsers.numbers.joined import listed
from parsers.numbers.numerals import Number
from parsers.rules.understanding import Understood
from parsers.words.lexicon import label_mentions
from parsers.words.matching import pattern_of
from parsers.words.number_words import cues


def linked(seen: Understood, before: Number, after: Number) -> bool:
    """Whether two numbers are parts of one list: "12 and 15", "12 is negative and 15 positive"."""
    text, labels = seen.request, label_mentions(seen.request, seen.schema)
    inside = [one for one in labels if before.end <= one.start and one.end <= after.start]
    if listed(text, before, after) or len(inside) != 1:
        return listed(text, before, after)
    beside = [*((after.end, one.start) for one in labels), *((one.end, before.start) for one in labels)]
    gaps = ((before.end, inside[0].start), (inside[0].end, after.start))
    return all(_small(text, *gap) for gap in gaps) and any(_small(text, *gap) for gap in beside)


def _small(text: str, start: int, end: int) -> bool:
    """Whether nothing stands between but what links a number, its label and the next number."""
    return start <= end and _links().fullmatch(text, start, end) is not None


@lru_cache(maxsize=1)
def _links() -> regex.Pattern[str]:
    known = pattern_of((*cues("said_of_each"), *cues("joints"))).pattern
    return regex.compile(rf"(?:[\s,;،؛，；、]|{known})*", regex.IGNORECASE)
