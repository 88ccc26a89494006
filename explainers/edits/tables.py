"""Tables of words for changing texts, one file a language: opposites, synonyms, negation, typing mistakes."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from core.script import folded
from core.settings import ROOT

FOLDER = ROOT / "datasets" / "edits"
Pairs = dict[str, tuple[str, ...]]
Side = list[list[str]]
"""Words on one side of a line, in groups that mean about the same."""


@dataclass(frozen=True)
class Table:
    """`opposites` and `synonyms` by word or phrase as core.script.folded compares them; the rest as datasets/edits/en.toml describes it."""

    opposites: Pairs = field(default_factory=dict)
    synonyms: Pairs = field(default_factory=dict)
    emphasis: Pairs = field(default_factory=dict)
    negations: Pairs = field(default_factory=dict)
    drop: tuple[str, ...] = ()
    intensifiers: tuple[str, ...] = ()
    openers: tuple[str, ...] = ()
    closers: tuple[str, ...] = ()
    keyboard: tuple[str, ...] = ()
    confusions: tuple[tuple[str, str], ...] = ()


@lru_cache(maxsize=64)
def table(language: str) -> Table | None:
    """The table of a language, or None where there is none."""
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
        synonyms=_within([*lines, *([_groups(line)] for line in read["synonyms"])], read["instead"]),
        emphasis=_first(line.split(" > ") for line in read["emphasis"]),
        negations=_first(line.split(" / ") for line in read["negations"]),
        drop=tuple(read["drop"]),
        intensifiers=tuple(read["intensifiers"]),
        openers=tuple(read["openers"]),
        closers=tuple(read["closers"]),
        keyboard=tuple(read["keyboard"]),
        confusions=tuple((line.split("/")[0], line.split("/")[1]) for line in read["confusions"]),
    )


def _sides(line: str) -> list[Side]:
    """Sides (/) of groups (;) of words: "good, fine; kind / bad" to [[["good", "fine"], ["kind"]], [["bad"]]]."""
    return [_groups(side) for side in line.split(" / ")]


def _groups(side: str) -> Side:
    return [group.split(", ") for group in side.split("; ")]


def _ended(sides: list[Side], ending: str) -> list[Side]:
    """Stems with one ending."""
    return [[[stem + ending for stem in group] for group in side] for side in sides]


def _across(lines: list[list[Side]]) -> Pairs:
    """Each word to all words of the other side."""
    found: Pairs = {}
    for line in lines:
        left, right = ([word for group in side for word in group] for side in line)
        for mine, others in ((left, right), (right, left)):
            for word in mine:
                _add(found, word, others)
    return found


def _within(lines: list[list[Side]], instead: Iterable[str]) -> Pairs:
    """Each word to the others of its own group; those of `instead` in one direction."""
    found = _first(line.split(" > ") for line in instead)
    for group in (group for line in lines for side in line for group in side):
        for word in group:
            _add(found, word, [other for other in group if other != word])
    return found


def _first(lines: Iterable[list[str]]) -> Pairs:
    """Each word on the left to those on the right, and not back."""
    found: Pairs = {}
    for left, right in lines:
        _add(found, left, right.split(", "))
    return found


def _add(found: Pairs, word: str, others: list[str]) -> None:
    key = folded(word)
    if others:
        found[key] = tuple(dict.fromkeys((*found.get(key, ()), *others)))
