"""Tables of words for changing texts, one file a language: opposites, synonyms, negation, typing mistakes."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from core.settings import ROOT

FOLDER = ROOT / "datasets" / "edits"
Pairs = dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class Table:
    """`opposites` and `synonyms` by casefolded word or phrase; the rest as datasets/edits/en.toml describes it."""

    opposites: Pairs = field(default_factory=dict)
    synonyms: Pairs = field(default_factory=dict)
    negations: Pairs = field(default_factory=dict)
    drop: tuple[str, ...] = ()
    intensifiers: tuple[str, ...] = ()
    openers: tuple[str, ...] = ()
    closers: tuple[str, ...] = ()
    keyboard: tuple[str, ...] = ()
    confusions: tuple[tuple[str, str], ...] = ()


@lru_cache(maxsize=64)
def table(language: str) -> Table | None:
    """The table of a language, or None where nobody wrote one."""
    path = FOLDER / f"{language}.toml"
    if not language.isalpha() or not path.exists():
        return None
    with path.open("rb") as file:
        return _table(tomllib.load(file))


def _table(read: dict[str, Any]) -> Table:
    lines = [_sides(line) for line in read["opposites"]]
    for kind in read.get("inflected", ()):
        for line in kind["groups"]:
            lines += [_ended(_sides(line), ending) for ending in kind["endings"]]
    return Table(
        opposites=_across(lines),
        synonyms=_within([*lines, *(([line.split(", ")]) for line in read["synonyms"])]),
        negations=_first(_sides(line) for line in read["negations"]),
        drop=tuple(read["drop"]),
        intensifiers=tuple(read["intensifiers"]),
        openers=tuple(read["openers"]),
        closers=tuple(read["closers"]),
        keyboard=tuple(read["keyboard"]),
        confusions=tuple((line.split("/")[0], line.split("/")[1]) for line in read["confusions"]),
    )


def _sides(line: str) -> list[list[str]]:
    """ "good, fine / bad" to [["good", "fine"], ["bad"]]."""
    return [side.strip().split(", ") for side in line.split(" / ")]


def _ended(sides: list[list[str]], ending: str) -> list[list[str]]:
    """Stems with one ending; the space keeps stems whole that end alike."""
    return [[stem + ending for stem in side] for side in sides]


def _across(lines: list[list[list[str]]]) -> Pairs:
    """Each word to all words of the other side."""
    found: Pairs = {}
    for left, right in lines:
        for mine, others in ((left, right), (right, left)):
            for word in mine:
                _add(found, word, others)
    return found


def _within(lines: list[list[list[str]]]) -> Pairs:
    """Each word to the others of its own side."""
    found: Pairs = {}
    for side in (side for line in lines for side in line):
        for word in side:
            _add(found, word, [other for other in side if other != word])
    return found


def _first(lines: Any) -> Pairs:
    """Left to right only."""
    found: Pairs = {}
    for left, right in lines:
        _add(found, left[0], right)
    return found


def _add(found: Pairs, word: str, others: list[str]) -> None:
    key = word.casefold()
    if others:
        found[key] = tuple(dict.fromkeys((*found.get(key, ()), *others)))
