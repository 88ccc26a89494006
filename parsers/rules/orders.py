"""Which rows come first: "the longest reviews", "la reseña negativa más corta"."""

from __future__ import annotations

from collections.abc import Sequence

from parsers.notation.shapes import shape
from parsers.numbers.numerals import Number
from parsers.rules.lengths import lengths
from parsers.rules.understanding import Understood
from parsers.texts.segments import words
from parsers.words.lexicon import Mention, mentions

SHOW = "show"
BETWEEN = 2  # words between "longest" and the rows: "the longest negative Spanish review"


def order_in(seen: Understood) -> str:
    """The order that rows are wanted in; "" where none is, and beside an id, a text or a length ("más largas de 20 palabras")."""
    said = mentions("orders", seen.request)
    named = seen.custom or any(one.is_id and not _within(one, said) for one in seen.numbers)
    if not said or named or lengths(seen, shape(SHOW)):
        return ""
    rows = mentions("instances", seen.request)
    return next((one.value for one in said if any(_beside(seen.request, one, row) for row in rows)), "")


def _within(number: Number, said: Sequence[Mention]) -> bool:
    """Whether the number is a part of the words: Japanese "一番長い"."""
    return any(one.start <= number.start < one.end for one in said)


def _beside(text: str, order: Mention, rows: Mention) -> bool:
    return words(text[min(order.end, rows.end) : max(order.start, rows.start)]) <= BETWEEN
