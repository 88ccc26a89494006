"""The number that says how much is shown: k and count."""

from __future__ import annotations

from collections.abc import Sequence

import regex

from core.dialogue import SAME, Call, Scalar
from parsers.notation.shapes import shape
from parsers.numbers.excluded import left_out
from parsers.numbers.numerals import Number, cue_before
from parsers.numbers.roles import behind_its_noun, has_place, named_too
from parsers.rules.filters import COUNT_LIKE, LARGE, ids_in
from parsers.rules.lengths import lengths
from parsers.rules.understanding import Understood
from parsers.words.lexicon import mentions

SENTENCES = "sents"  # the unit
_IN = regex.compile(r"(?:\b(?:in|en|в)\s+|用\s?)$", regex.IGNORECASE)


def counted(seen: Understood, call: Call) -> Scalar | None:
    """A number with a count cue; else one that is neither id nor length, where an id or a text says which instance."""
    known = shape(call.operation)
    long, out = [one.number for one in lengths(seen, known)], left_out(seen, known)
    taken = [*long, *ids_in(seen, known), *out]
    own = bool(seen.custom and known.text)
    free = [
        one
        for one in seen.numbers
        if one.sure and one not in taken and (not one.is_id or (own and _may_count(seen, one)))
    ]
    free = [one for one in free if not _of_the_answer(seen, one)]
    of_list = len(ids_in(seen, known))  # "520 and 521, these two"
    cued = [one.value for one in free if one.is_count and not (one.spelled and one.value == of_list > 1)]
    if cued:
        return cued[0]
    if call.operation == SAME:
        return None if out else _fewer(seen, long)  # "not 54, show 45" puts one instance in the place of another
    placed = not known.ids or bool(taken) or own
    bare = [one for one in free if not _goes_on(seen.request, one) and not _asked_about(seen.request, one)]
    return bare[0].value if bare and placed else None


def _goes_on(text: str, number: Number) -> bool:
    """Whether a joint stands right before a number that nothing says to count: "explain 12, then 15"."""
    said = [one for one in mentions("joints", text) if one.value in ("and", "then") and text[one.start].isalpha()]
    return not number.spelled and any(0 <= number.start - one.end <= 1 for one in said)


def _asked_about(text: str, number: Number) -> bool:
    """Whether the words beside the number ask about it or compare with it: "show 12, why is 15 negative?", "different from 15"."""
    why = any(0 <= one.start - number.end <= 1 for one in mentions("why", text))
    said = cue_before("said_of_each").search(text, max(0, number.start - 20), number.start)
    return why or said is not None or (not number.spelled and has_place(text, number))  # "with ten others" counts


def _may_count(seen: Understood, number: Number) -> bool:
    """Whether a number that a noun makes an id may count that noun: "tres casos", "sentensi 2"."""
    return (number.spelled and not number.ordinal) or behind_its_noun(seen.request, number)


def _of_the_answer(seen: Understood, number: Number) -> bool:
    """Whether the number says how long the answer is to be: "why is 12 negative, in two sentences?"."""
    before = _IN.search(seen.request, max(0, number.start - 8), number.start) is not None
    return before and unit_behind(seen.request, number) == SENTENCES


def _fewer(seen: Understood, long: Sequence[Number]) -> Scalar | None:
    """In a follow-up a bare number counts where a word such as "only" or "enough" says so; a large one or any other is an id."""
    free = [number for number in seen.numbers if not number.is_id and not number.ordinal and number not in long]
    said = {one.value for one in mentions("fewer_follow", seen.request)} & {"fewer_follow", seen.language}
    if not free or has_place(seen.request, free[0]) or named_too(seen.request, free[0]):
        return None
    weak = mentions("fewer_weak", seen.request) or _more(seen.request, free[0])  # "230 instead" is another one
    return free[0].value if free[0].value <= (LARGE if said else COUNT_LIKE if weak else 0) else None


def _more(text: str, number: Number) -> bool:
    return cue_before("more_before").search(text, max(0, number.start - 20), number.start) is not None


def unit_behind(text: str, number: Number) -> str:
    """The unit right behind the number; "" for none."""
    return next((one.value for one in mentions("units", text) if 0 <= one.start - number.end <= 1), "")
