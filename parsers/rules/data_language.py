"""Languages that narrow the data: "how many reviews are in German?", "accuracy on Spanish texts", "తెలుగు సమీక్షలు"."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from parsers.notation.shapes import Shape
from parsers.texts.segments import words
from parsers.words.lexicon import Mention, mentions, overlap

BESIDE = 1  # words between the rows and their language: "reviews written in German"
COMPARE = "compare"
BETWEEN = 2  # words between "answer" and the language: "answer me, please, in German"
BETWEEN_UNSPACED = 4  # characters in scripts without spaces
UNSPACED = ("zh", "ja")


def data_languages(request: str, language: str, shape: Shape) -> list[Mention]:
    """The languages of the data that the request is about; `language` is its own.

    One that describes rows always is. An operation on the data takes any other, too, unless a word such as "answer" stands beside
    it and it is not the language that the message is written in anyway.
    """
    if shape.name == COMPARE or not shape.where:
        return []
    rows = mentions("instances", request)
    free = [
        one
        for one in languages_in(request)
        if not shape.text and (one.value == language or not ordered(request, one, language))
    ]
    return [one for one in languages_in(request) if one in free or _describes(request, one, rows)]


def ordered(request: str, named: Mention, language: str) -> bool:
    """Whether a word that asks for an answer touches the language, or nearly."""
    least = BETWEEN_UNSPACED if language in UNSPACED else BETWEEN
    return any(words(gap) <= least for gap in _gaps(request, named, mentions("answering", request)))


def languages_in(request: str) -> list[Mention]:
    """Every language, "in German" as one."""
    phrases = mentions("answer_in", request)
    bare = [one for one in mentions("languages", request) if not any(overlap(one, other) for other in phrases)]
    return sorted((*phrases, *bare), key=lambda one: one.start)


def _describes(request: str, named: Mention, rows: tuple[Mention, ...]) -> bool:
    return any(words(gap) <= BESIDE for gap in _gaps(request, named, rows))


def _gaps(request: str, named: Mention, others: tuple[Mention, ...]) -> Iterator[str]:
    """What stands between the language and each of these words."""
    return (request[min(one.end, two.end) : max(one.start, two.start)] for one, two in product([named], others))
