"""Quotation marks of every language: the outermost pairs, with apostrophes, nesting and missing marks taken into account."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import regex

ONE_WAY = {
    "„": '“”"',
    "«": "»",
    "‹": "›",
    "「": "」",
    "『": "』",
    "‚": "‘’'",
    "《": "》",
    "〝": "〞",
    "❝": "❞",
    "❛": "❜",
}
TWO_WAY = {"“": '”"', "‘": "’", "»": "«", "›": "‹"}  # these close a pair in some languages and open one in others
ALIKE = "\"'`＂＇"  # the same mark on both sides
LONELY = {"”": "“", "’": "‘", "“": "”„"}
FENCES = regex.compile(r"(```|\"\"\"|'''|'')(?:(?<=```)\w*\n)?(?P<text>.+?)\1|``(?P<text>[^`]+?)''", regex.DOTALL)
_APOSTROPHES = "'’‘"
_SUFFIX = regex.compile(r"\p{Latin}{1,4}(?![\p{L}\p{M}\p{N}])")  # the ending of a quoted word: Turkish "…"yi


@dataclass(frozen=True)
class Pair:
    """What stands between two marks: characters [start, end), space at the edges left out, and the opening mark."""

    start: int
    end: int
    mark: str


@lru_cache(maxsize=64)  # several rules look at the same message
def pairs(text: str) -> tuple[Pair, ...]:
    """The outermost quoted stretches in reading order; a pair inside another is part of its text."""
    fences = list(FENCES.finditer(text))
    fenced = [Pair(match.start("text"), match.end("text"), "```") for match in fences]
    bare = FENCES.sub(lambda match: " " * len(match.group()), text)
    marked = [pair for opening, closing in _marks(bare) for pair in _pairs_of(bare, opening, closing)]
    return outermost(trimmed(text, pair) for pair in (*fenced, *marked))


def _marks(text: str) -> Iterator[tuple[str, str]]:
    """Opening marks with those that close them; a curly mark closes itself where its partner is not used (”so”, “so“)."""
    for mark, closing in (ONE_WAY | TWO_WAY | dict(zip(ALIKE, ALIKE, strict=True))).items():
        if mark in text:
            yield mark, closing
    for mark, partners in LONELY.items():
        if mark in text and not any(one in text for one in partners):
            yield mark, mark


def unclosed(text: str) -> Pair | None:
    """From a lone opening mark to the end of the text, or None."""
    for place in reversed(range(len(text))):
        if text[place] in '„«「『“"' and _opens(text, place):
            found = trimmed(text, Pair(place + 1, len(text), text[place]))
            return found if found.end > found.start else None
    return None


def outermost(found: Iterator[Pair]) -> tuple[Pair, ...]:
    """Pairs that hold something and lie in no other; of two that cross, the longer."""
    kept: list[Pair] = []
    for pair in sorted(found, key=lambda one: (one.start - one.end, one.start)):
        if pair.end > pair.start and all(pair.end <= other.start or pair.start >= other.end for other in kept):
            kept.append(pair)
    return tuple(sorted(kept, key=lambda one: one.start))


def trimmed(text: str, pair: Pair) -> Pair:
    """The pair without space at its edges."""
    inner = text[pair.start : pair.end]
    start = pair.start + len(inner) - len(inner.lstrip())
    return Pair(start, max(start, pair.end - len(inner) + len(inner.rstrip())), pair.mark)


def _pairs_of(text: str, opening: str, closing: str) -> Iterator[Pair]:
    """Pairs that this mark opens, outermost ones, each closed by the last mark before the next opening one."""
    start, depth, last = -1, 0, -1
    for place, role in _roles(text, opening, closing):
        if role == "open":
            if depth == 0:
                if last >= 0:
                    yield Pair(start + 1, last, opening)
                start, last = place, -1
            depth += 1
        elif start >= 0:
            depth = max(0, depth - 1)
            if depth == 0:
                last = place
    if last >= 0:
        yield Pair(start + 1, last, opening)


def _roles(text: str, opening: str, closing: str) -> Iterator[tuple[int, str]]:
    """Where marks of this kind open and close. A mark that can open or close closes an open pair."""
    is_open = False
    for place, char in enumerate(text):
        if char not in (opening + closing) or _inside_word(text, place):
            continue
        opens = char == opening and (_opens_one_way(text, place) if opening in ONE_WAY else _opens(text, place))
        ends = is_open and _ends(text, place, closing)
        closes = char in closing and (opening in ONE_WAY or _closes(text, place) or ends)
        if opens and (not closes or not is_open):
            is_open = True
            yield place, "open"
        elif closes:
            is_open = False
            yield place, "close"


def _opens_one_way(text: str, place: int) -> bool:
    """Whether a mark with a direction opens: not so where a word ends before it and none starts after it (»so«)."""
    before, after = text[place - 1 : place], text[place + 1 : place + 2]
    return not before or before.isspace() or not (after.isspace() or not after) or _no_spaces(before)


def _opens(text: str, place: int) -> bool:
    before, after = text[place - 1 : place], text[place + 1 : place + 2]
    return bool(after) and not after.isspace() and (not _wordlike(before) or _no_spaces(before) or _no_spaces(after))


def _closes(text: str, place: int) -> bool:
    before, after = text[place - 1 : place], text[place + 1 : place + 2]
    return bool(before) and not before.isspace() and (not _wordlike(after) or _no_spaces(after) or _agglutinated(after))


def _ends(text: str, place: int, closing: str) -> bool:
    """Whether the last mark of its kind has but the ending of a word behind it."""
    last = not text[place - 1 : place].isspace() and not any(mark in text[place + 1 :] for mark in closing)
    return last and text[place] not in _APOSTROPHES and _SUFFIX.match(text, place + 1) is not None


def _inside_word(text: str, place: int) -> bool:
    """An apostrophe between two letters."""
    before, after = text[place - 1 : place], text[place + 1 : place + 2]
    letters = _wordlike(before) and _wordlike(after) and not _no_spaces(before) and not _no_spaces(after)
    return text[place] in _APOSTROPHES and letters


def _wordlike(char: str) -> bool:
    return char != "" and regex.match(r"[\p{L}\p{M}\p{N}]", char) is not None


def _no_spaces(char: str) -> bool:
    return char != "" and regex.match(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}]", char) is not None


def _agglutinated(char: str) -> bool:
    """Scripts whose endings are written right after a closing mark ("…"ని, "…"కి)."""
    return char != "" and regex.match(r"[\p{Telugu}\p{Devanagari}\p{Tamil}\p{Bengali}\p{Hangul}]", char) is not None
