"""Ids that a request sets aside: "all but 5", "13, not 12", "12 yerine 13"."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

import regex

from parsers.notation.shapes import Shape
from parsers.numbers.joined import listed
from parsers.numbers.numerals import Number, cue_before
from parsers.rules.denials import AFTER, NOT, denials
from parsers.rules.lengths import lengths
from parsers.rules.understanding import Understood
from parsers.texts.segments import words
from parsers.words.lexicon import Mention, label_mentions, mentions
from parsers.words.matching import pattern_of
from parsers.words.number_words import cues

BETWEEN = 1  # words between a denial and its id: "don't do 12", "no la 12"
FAR = 60  # characters between the two, from which on no more is looked at
DENYING = ("not", "nor")  # what the names of joints that deny begin with
BEFORE, BEHIND = "before", "behind"  # on which side of the id the denial stands
_CLAUSE = regex.compile(r"[^,;:.?!،؛؟।，。；：？！]*$")
_CLAUSE_END = regex.compile(r"\s*(?:$|[,;:.?!،؛؟।，。；：？！]|[–—-]\s)")
_CLAUSE_GOES_ON = regex.compile(r"\s*[,;:،؛，；：]\s*\S")
_LETTER = regex.compile(r"\p{L}")


def left_out(seen: Understood, shape: Shape) -> list[Number]:
    """The numbers that can be ids and are set aside; no lengths and no counts."""
    return list(_left_out(seen, shape)) if _denies(seen.request) else []


@lru_cache(maxsize=16)  # slots, filters and other readings of one message ask the same
def _left_out(seen: Understood, shape: Shape) -> list[Number]:
    taken = {one.number.value for one in lengths(seen, shape)}
    return _denied(seen, [one for one in seen.numbers if one.sure and not one.is_count and one.value not in taken])


def _denies(text: str) -> bool:
    """Whether any word denies: most requests need no closer look."""
    joints = any(one.value.startswith(DENYING) for one in mentions("joints", text))
    return joints or any(mentions(section, text) for section in ("instead_of", "instead_of_after"))


def _denied(seen: Understood, numbers: Sequence[Number]) -> list[Number]:
    """The numbers that a word of denial touches, with those joined to them: "except 5 and 7", "5 ve 7 hariç"."""
    sides = {one: side for one in numbers if (side := _denied_from(seen, one))}
    pairs = list(pairwise(numbers))
    for before, after in pairs:
        if sides.get(before) == BEFORE and _joined(seen.request, before, after):
            sides[after] = BEFORE
    for before, after in reversed(pairs):
        if sides.get(after) == BEHIND and listed(seen.request, before, after):
            sides[before] = BEHIND
    return [one for one in numbers if one in sides]


def _denied_from(seen: Understood, number: Number) -> str:
    """The side on which a denial stands beside the number, an id cue between them allowed; "" for none."""
    text = seen.request
    cue = cue_before("id_before").search(text, max(0, number.start - 40), number.start)
    start = cue.start() if cue else number.start
    said = denials(seen, start, number.end, start)
    before = [*(one for one in said if one.value != AFTER), *mentions("instead_of", text)]
    after = [one for one in said if one.value == AFTER and not _of_a_verb(text, one)]
    behind = [*after, *_ends(text, number), *mentions("instead_of_after", text)]
    if any(_touches(seen, one, one.end, start) for one in before if one.end <= start):
        return BEFORE
    return (
        BEHIND if any(_touches(seen, one, number.end, one.start) for one in behind if one.start >= number.end) else ""
    )


def _ends(text: str, number: Number) -> list[Mention]:
    """Denials right behind the number that end its clause, before another one: "la 12 no, la 21"."""
    said = [one for one in mentions("joints", text) if one.value == NOT and 0 <= one.start - number.end <= 1]
    return [one for one in said if _CLAUSE_GOES_ON.match(text, one.end)]


def _of_a_verb(text: str, denial: Mention) -> bool:
    """Whether a denial that may stand on either side denies what follows: "die 26 nicht lesen", but "12 nicht, sondern 13"."""
    either = any(one.end == denial.end for one in mentions("either_side", text))
    return either and _CLAUSE_END.match(text, denial.end) is None


def _touches(seen: Understood, denial: Mention, start: int, end: int) -> bool:
    """Whether next to nothing stands between the denial and the id; "why isn't 12 positive?" denies what is asked, no id."""
    if end - start > FAR:
        return False
    text, gap = seen.request, seen.request[start:end]
    asked = mentions("why", gap) or _asks_why(seen, denial) or label_mentions(gap, seen.schema)
    short = words(gap) <= BETWEEN and _CLAUSE.fullmatch(gap) is not None
    return short and not asked and not text[denial.start : denial.end].endswith(("'t", "’t"))


def _asks_why(seen: Understood, denial: Mention) -> bool:
    """Whether the clause before the denial asks for reasons of what is denied; "why 12 and not 15?" names an id before."""
    clause = _clause(seen.request, denial.start)
    named = any(denial.start - len(clause) <= one.start and one.end <= denial.start for one in seen.numbers)
    return bool(mentions("why", clause)) and not named


def _clause(text: str, end: int) -> str:
    found = _CLAUSE.search(text, 0, end)
    return found.group() if found else ""


@lru_cache(maxsize=1)
def _determiners() -> regex.Pattern[str]:
    return pattern_of(cues("determiners"))


def _joined(text: str, before: Number, after: Number) -> bool:
    """Whether a word joins two ids: "not 12 or 13"; "not 12, 13" corrects the first."""
    gap = _determiners().sub("", text[before.end : after.start])  # "pas le 12, le 21"
    return listed(text, before, after) and _LETTER.search(gap) is not None
