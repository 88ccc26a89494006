"""Moves that leave the meaning alone: synonyms, other emphasis, an opening or closing phrase, punctuation, order of sentences."""

from __future__ import annotations

from itertools import pairwise

import regex

from core.data import Instance
from core.script import ends_in_word, sentences
from explainers.edits.moves import replaced
from explainers.edits.tables import Table
from explainers.edits.text import Change, Move

SYNONYM, EMPHASIS, FRAME, MARKS, ORDER = "synonym", "emphasis", "frame", "marks", "order"
_MARKS = (
    (regex.compile(r"(?<![.!?…])\.\s*$"), "!"),
    (regex.compile(r"(?<![.!?…])!\s*$"), "."),
    (regex.compile(r"。\s*$"), "！"),
    (regex.compile(r"！\s*$"), "。"),
)
_INNER = (
    (regex.compile(r"; "), ". "),
    (regex.compile(r"(?<!\p{N}), |, (?!\p{N})"), " – "),
    (regex.compile(r"，"), "；"),
)


def synonyms(instance: Instance, table: Table) -> list[Move]:
    """Every known word replaced by one that means about the same."""
    return list(dict.fromkeys(replaced(instance, table.synonyms, SYNONYM)))


def emphasis(instance: Instance, table: Table) -> list[Move]:
    """One word of emphasis for another."""
    return list(dict.fromkeys(replaced(instance, table.emphasis, EMPHASIS)))


def frames(instance: Instance, table: Table) -> list[Move]:
    """A neutral phrase before or after the (last) text."""
    field, text = instance.fields[-1]
    end = len(text.rstrip())
    found = []
    for phrase in table.openers:
        found.append(Move((Change(field, 0, 0, phrase.split("{text}")[0]),), FRAME, 0.5))
    if text[:end] and not ends_in_word(text[:end]):
        for phrase in table.closers:
            found.append(Move((Change(field, end, end, phrase.split("{text}")[1]),), FRAME, 0.5))
    return found


def marks(instance: Instance) -> list[Move]:
    """Other punctuation at the end, or once inside."""
    found = []
    for field, text in instance.fields:
        for pattern, other in _MARKS:
            if match := pattern.search(text):
                ended = Change(field, match.start(), match.end(), other)
                found.append(Move((*_opening(field, text, other, instance.language), ended), MARKS))
        for pattern, other in _INNER:
            if match := pattern.search(text):
                found.append(Move((_mark(field, text, match.start(), match.end(), other),), MARKS))
    return found


def _opening(field: str, text: str, mark: str, language: str) -> tuple[Change, ...]:
    """What the new mark at the end asks for at the beginning of the last sentence: Spanish exclamations open with a mark."""
    start = sentences(text)[-1][0] if sentences(text) else 0
    opened = text.startswith("¡", start)
    if language != "es" or opened == (mark == "!"):
        return ()
    return (Change(field, start, start + opened, "" if opened else "¡"),)


def _mark(field: str, text: str, start: int, end: int, other: str) -> Change:
    """A mark with the letter after it, which gets its capital after a full stop."""
    if other.startswith(".") and end < len(text) and text[end].islower():
        return Change(field, start, end + 1, other + text[end].upper())
    return Change(field, start, end, other)


def reorderings(instance: Instance) -> list[Move]:
    """Two neighbouring sentences in the other order, where both have their stop."""
    found = []
    for field, text in instance.fields:
        for (start, stop), (again, end) in pairwise(sentences(text)):
            if not (ends_in_word(text[:stop]) or ends_in_word(text[:end])):
                swapped = text[again:end] + text[stop:again] + text[start:stop]
                found.append(Move((Change(field, start, end, swapped),), ORDER))
    return found
