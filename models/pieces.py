"""Pieces to graphemes to words: which of a model's tokens make up what a reader sees as one unit, in any script."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice

import regex

from core.errors import unknown
from core.explanations import Token
from core.languages import graphemes
from core.script import SIGN

GRANULARITIES = ("token", "word", "sentence")
# FREE: without spaces, where a tokenizer's pieces are the best words
SPACE, WORD, FREE, OTHER = "space", "word", "free", "other"

_WORD = regex.compile(r"[\p{L}\p{M}\p{N}_]")
_SPACE = regex.compile(r"[\s\p{Cc}]")
_INNER = regex.compile(r"['’ʼ׳״·.,٫٬_]")  # joins two parts of a word: don't, 3.14, ג׳ירפה
_END = regex.compile(r"[.!?。！？।॥…؟۔։።]")
_CLOSE = regex.compile(r"[\p{Pe}\p{Pf}\"']")
_EITHER = regex.compile(r"\p{Pi}")  # „German“ quotes close with what opens “English” ones


@dataclass(frozen=True, slots=True)
class Unit:
    """Characters [start, end) of a field's text, and the tokens (their places in the list given) that make it up."""

    text: str
    start: int
    end: int
    field: str
    members: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Atom:
    """A stretch that is never cut. `group` is its run: a token stays within the one it covers most."""

    start: int
    end: int
    kind: str
    group: int


def units(texts: Sequence[tuple[str, str]], tokens: Sequence[Token], granularity: str = "word") -> tuple[Unit, ...]:
    """The units of all fields in reading order; every token is in exactly one, and no unit cuts a grapheme.

    Words are runs of letters, marks, digits and inner apostrophes (UAX 29, without dictionaries); where a script has no
    spaces they are the tokens, widened to whole graphemes. What no token covers is in no unit. Raises UserError("unknown_choice").
    """
    if granularity not in _ATOMS:
        raise unknown("unknown_choice", granularity, GRANULARITIES)
    fields = [field for field, _ in texts]
    stray = {token.field for token in tokens} - set(fields)
    if stray:
        raise ValueError(f"tokens of fields that are not given: {sorted(stray)}")
    found: list[Unit] = []
    for field, text in texts:
        mine = [place for place, token in enumerate(tokens) if token.field == field]
        found += _field_units(field, text, mine, tokens, _ATOMS[granularity](text))
    return tuple(found)


def merge(scores: Sequence[float], units: Sequence[Unit]) -> list[float]:
    """One score a unit: the sum of its tokens' scores, exactly rounded."""
    return [math.fsum(scores[member] for member in unit.members) for unit in units]


def _field_units(field: str, text: str, mine: list[int], tokens: Sequence[Token], atoms: list[Atom]) -> list[Unit]:
    """Glue the atoms that a token covers together, then give each token to its stretch of atoms."""
    ranges = {place: _covered(tokens[place], atoms) for place in mine}
    glued = [False] * len(atoms)
    for first, last in ranges.values():
        glued[first:last] = [True] * (last - first)
    stretch = [0] * len(atoms)
    for place in range(1, len(atoms)):
        stretch[place] = stretch[place - 1] + (not glued[place - 1])
    members: dict[int, list[int]] = {}
    for place in mine:
        members.setdefault(stretch[ranges[place][0]], []).append(place)
    found = []
    for number in sorted(members):
        start = atoms[bisect_left(stretch, number)].start
        end = atoms[bisect_right(stretch, number) - 1].end
        found.append(Unit(text[start:end], start, end, field, tuple(members[number])))
    return found


def _covered(token: Token, atoms: list[Atom]) -> tuple[int, int]:
    """First and last atom of the group that the token covers most (the first of equals); spaces only if nothing else."""
    first = bisect_right(atoms, token.start, key=lambda atom: atom.end)
    last = bisect_left(atoms, token.end, key=lambda atom: atom.start) - 1
    if first > last:
        raise ValueError(f"the token {token} covers nothing of its field's text")
    cover: dict[tuple[bool, int], int] = {}
    for atom in atoms[first : last + 1]:
        key = (atom.kind != SPACE, atom.group)
        cover[key] = cover.get(key, 0) + min(atom.end, token.end) - max(atom.start, token.start)
    best = max(cover, key=lambda key: (key[0], cover[key]))
    inside = [place for place in range(first, last + 1) if atoms[place].group == best[1]]
    return inside[0], inside[-1]


def _token_atoms(text: str) -> list[Atom]:
    """Every grapheme by itself; all but the spaces are one group, so that a token keeps all it covers."""
    return [Atom(start, end, kind, int(kind == SPACE)) for start, end, kind in _graphemes(text)]


def _word_atoms(text: str) -> list[Atom]:
    """A word is one atom; other graphemes stand alone, in one group as long as their kind does not change."""
    found: list[Atom] = []
    parts = _graphemes(text)
    for place, (start, end, kind) in enumerate(parts):
        if kind == OTHER and _joins(text, parts, place):
            kind = WORD
        last = found[-1] if found else None
        if last and last.kind == kind == WORD:
            found[-1] = Atom(last.start, end, kind, last.group)
        else:
            group = last.group + (last.kind != kind) if last else 0
            found.append(Atom(start, end, kind, group))
    return found


def _sentence_atoms(text: str) -> list[Atom]:
    """A sentence is one atom; the spaces between sentences stand alone."""
    found: list[Atom] = []
    parts = _graphemes(text)
    final = max((place for place, part in enumerate(parts) if part[2] != SPACE), default=-1)
    start: int | None = None
    for place, (begin, end, kind) in enumerate(parts):
        if start is None and kind == SPACE:
            found.append(Atom(begin, end, SPACE, len(found)))
            continue
        start = begin if start is None else start
        if place == final or _ends(text, parts, place):
            found.append(Atom(start, end, WORD, len(found)))
            start = None
    return found


def _graphemes(text: str) -> list[tuple[int, int, str]]:
    """Start, end and kind of every grapheme; its first character tells the kind."""
    return [(start, end, _kind(text[start])) for start, end in graphemes(text)]


def _kind(char: str) -> str:
    for pattern, kind in ((_SPACE, SPACE), (SIGN, FREE), (_WORD, WORD)):
        if pattern.match(char):
            return kind
    return OTHER


def _joins(text: str, parts: list[tuple[int, int, str]], place: int) -> bool:
    """Whether an apostrophe stands between letters, or a point or comma between digits."""
    if not 0 < place < len(parts) - 1 or not _INNER.match(text[parts[place][0]]):
        return False
    before, after = text[parts[place - 1][0]], text[parts[place + 1][0]]
    if text[parts[place][0]] in ".,٫٬":
        return before.isdecimal() and after.isdecimal()
    return parts[place - 1][2] == parts[place + 1][2] == WORD


def _ends(text: str, parts: list[tuple[int, int, str]], place: int) -> bool:
    """Whether a sentence ends with this grapheme: before a line end, or after a mark and its closing quotes."""
    following = text[parts[place + 1][0]]
    if following in "\n\r\u2028\u2029":
        return True
    if _END.match(following) or _closes(text, parts, place + 1):
        return False
    mark = place
    while mark > 0 and _closes(text, parts, mark):
        mark -= 1
    char = text[parts[mark][0]]
    if not _END.match(char):
        return False
    return char in "。！？" or (
        parts[place + 1][2] == SPACE and not (char == "." and _lower_next(text, parts, place + 1))
    )


def _closes(text: str, parts: list[tuple[int, int, str]], place: int) -> bool:
    """Whether a closing quote or bracket stands here."""
    char = text[parts[place][0]]
    if not _EITHER.match(char):
        return bool(_CLOSE.match(char))
    return place + 1 == len(parts) or parts[place + 1][2] in (SPACE, OTHER)


def _lower_next(text: str, parts: list[tuple[int, int, str]], place: int) -> bool:
    """Whether the next word begins in lower case: the point before it belongs to an abbreviation."""
    rest = islice(parts, place, None)
    return next((text[start].islower() for start, _, kind in rest if kind != SPACE), False)


_ATOMS: dict[str, Callable[[str], list[Atom]]] = {
    "token": _token_atoms,
    "word": _word_atoms,
    "sentence": _sentence_atoms,
}
