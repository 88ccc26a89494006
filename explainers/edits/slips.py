"""Typing mistakes that a reader passes over: of Latin and Cyrillic letters, Chinese signs and Telugu signs, each in its own script."""

from __future__ import annotations

import random
from collections.abc import Iterator

import regex

from core.data import Instance
from core.languages import graphemes
from explainers.edits.tables import Table
from explainers.edits.text import Change, Move

TYPO = "typo"
A_WORD = 8  # mistakes offered for one word
SHORTEST = 3  # letters of a word that may be misspelt
# never touched: links, addresses, @names, #tags, and whatever has a digit
_KEPT = regex.compile(r"\S*(?:://|www\.|@|#)\S*|[\p{L}\p{M}]*\p{N}[\p{L}\p{M}\p{N}.,]*")
_LETTERS = regex.compile(r"[\p{Latin}\p{Cyrillic}\p{M}]{3,}")
_HAN = regex.compile(r"\p{Han}")
_INDIC = regex.compile(r"[\p{Telugu}\p{Devanagari}\p{Tamil}\p{Kannada}\p{Bengali}\u200c\u200d]{2,}")


def typos(instance: Instance, table: Table | None, seed: int) -> list[Move]:
    """Up to A_WORD mistakes for every word, the same for the same seed; one move changes one word."""
    source = random.Random(seed)
    found = []
    for field, text in instance.fields:
        for start, end in misspellable(text):
            made = sorted(set(_mistakes(text[start:end], table)) - {text[start:end]})
            for other in source.sample(made, min(A_WORD, len(made))):
                found.append(Move((Change(field, start, end, other),), TYPO))
    return found


def misspellable(text: str) -> Iterator[tuple[int, int]]:
    """Spans of words that may be misspelt (of scripts without spaces: of single signs)."""
    kept = [match.span() for match in _KEPT.finditer(text)]
    for pattern in (_LETTERS, _INDIC, _HAN):
        for match in pattern.finditer(text):
            start, end = match.span()
            if not any(first < end and start < last for first, last in kept):
                yield start, end


def _mistakes(word: str, table: Table | None) -> Iterator[str]:
    yield from _confused(word, table.confusions if table else ())
    if _LETTERS.fullmatch(word):
        yield from _slips(word)
        yield from _neighbours(word, table.keyboard if table else ())


def _confused(word: str, confusions: tuple[tuple[str, str], ...]) -> Iterator[str]:
    """One group of letters or signs written as another that sounds or looks alike, at any place but never inside a cluster."""
    ends = {0, *(end for _, end in graphemes(word))}
    for right, wrong in confusions:
        place = word.find(right)
        while place >= 0:
            made = word[:place] + wrong + word[place + len(right) :]
            if _letters_kept(made, ends, len(word)):
                yield made
            place = word.find(right, place + 1)


def _letters_kept(made: str, ends: set[int], length: int) -> bool:
    """Whether the mistake neither joins nor tears clusters: where lengths agree, the clusters end where they did."""
    return len(made) != length or {0, *(end for _, end in graphemes(made))} == ends


def _slips(word: str) -> Iterator[str]:
    """Two inner letters in the wrong order, one left out, or one written twice."""
    for place in range(1, len(word) - 1):
        yield word[: place + 1] + word[place:]
        if len(word) > SHORTEST:
            yield word[:place] + word[place + 1 :]
            yield word[:place] + word[place + 1] + word[place] + word[place + 2 :]


def _neighbours(word: str, keyboard: tuple[str, ...]) -> Iterator[str]:
    """One inner letter hit one key to the side."""
    for place in range(1, len(word)):
        for row in keyboard:
            key = row.find(word[place])
            for beside in (key - 1, key + 1) if key >= 0 else ():
                if 0 <= beside < len(row):
                    yield word[:place] + row[beside] + word[place + 1 :]
