"""Numbers that count, or do not, by the clause that they stand in: "the three that …", "отзывов пять", "is 12 similar …?"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise

import regex

from parsers.numbers.joined import listed, ranged
from parsers.numbers.numerals import Number, cue_after, cue_before
from parsers.words.lexicon import mentions
from parsers.words.matching import pattern_of
from parsers.words.number_words import cues

_CLAUSE_START = regex.compile(r"(?:^|[,;:.?!¿])$")


def opens_a_question(text: str, number: Number) -> bool:
    """Whether a question opens with it: "is 12 similar to 15?", "why is 12 different?"; "what is 5 most similar" counts."""
    copula = cue_before("copulas").search(text, max(0, number.start - 20), number.start)
    if copula is None:
        return False
    before = text[: copula.start()].rstrip()
    return _CLAUSE_START.search(before) is not None or any(one.end == len(before) for one in mentions("why", before))


def of_some(text: str, number: Number) -> bool:
    """Whether a word for a number counts what a clause behind it tells: "the three that are most similar"."""
    some = number.spelled and number.value > 1
    the = some and cue_before("determiners").search(text, max(0, number.start - 20), number.start)
    return bool(the) and _relative().match(text, number.end, number.end + 20) is not None


def counted_nouns(text: str, numbers: Sequence[Number]) -> list[Number]:
    """The numbers, counts those alone behind a plural noun: "రివ్యూలు ఐదు", "отзывов пять"; of a list they are ids."""
    beside = {
        one
        for low, high in pairwise(numbers)
        if listed(text, low, high) or ranged(text, low, high)
        for one in (low, high)
    }
    return [replace(one, is_id=False, is_count=True) if _behind_plural(text, one, beside) else one for one in numbers]


def _behind_plural(text: str, number: Number, beside: set[Number]) -> bool:
    placed = (
        cue_after("id_after").match(text, number.end, number.end + 40) or text[number.end : number.end + 1].isalpha()
    )
    if number in beside or number.ordinal or placed:  # "రివ్యూలు 12కి"
        return False
    return cue_before("counted_before").search(text, max(0, number.start - 40), number.start) is not None


@cache
def _relative() -> regex.Pattern[str]:
    return pattern_of(cues("relatives"), before=r",?\s")
