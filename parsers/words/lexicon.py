"""Surface words of `lexicon/*.toml`: where an utterance mentions a method, a metric, a label or any other cue."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import regex

from core.data import Schema
from parsers.words.matching import one

FOLDER = Path(__file__).with_name("lexicon")
_FIRST_WORD = regex.compile(r"[^\s\-*]+")
_LATIN = regex.compile(r"\p{Latin}")
_APOSTROPHES = dict.fromkeys(map(ord, "’ʼ´"), "'")


@dataclass(frozen=True)
class Mention:
    """Characters [start, end) of the text that name `value`."""

    value: str
    start: int
    end: int


@dataclass(frozen=True)
class Cue:
    """One way to say a value; `first` is a quick test before the pattern is tried, or even made: most are never needed."""

    value: str
    first: str
    word: str

    @property
    def pattern(self) -> regex.Pattern[str]:
        """What matches it in lower case."""
        return _compiled(self.word)


@cache
def _compiled(word: str) -> regex.Pattern[str]:
    return regex.compile(one(word))


def lower(text: str) -> str:
    """Lower case of the same length (a capital dotted I would grow), with the plain apostrophe that the lexicon has."""
    text = text.translate(_APOSTROPHES)
    made = text.lower()
    return made if len(made) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


@lru_cache(maxsize=256)  # one utterance is searched for the same section by several rules
def mentions(section: str, text: str) -> tuple[Mention, ...]:
    """Every mention of a section's values ("methods", "requests") in reading order; of two that overlap the longer one.

    A word that has several values is a mention of each: German "nicht" denies what stands before or behind it.
    """
    return apart(_found(_cues(section), text), ties=True)


@lru_cache(maxsize=64)
def label_mentions(text: str, schema: Schema) -> tuple[Mention, ...]:
    """Every mention of a label, in any language's word for it, inflected or not; "true positives" is a term, no label."""
    terms = mentions("no_labels", text)
    found = search(_label_cues(schema), text)
    return tuple(one for one in found if not any(overlap(one, term) for term in terms))


def said(section: str, language: str) -> tuple[str, ...]:
    """The words of a section without values ("polite") in one language; English ones where it has none."""
    found = _tables().get(language, {}).get(section, ()) or _tables()["en"][section]
    return tuple(found)


def search(cues: Iterable[Cue], text: str) -> tuple[Mention, ...]:
    """Mentions of these cues that do not overlap."""
    return apart(_found(cues, text))


def _found(cues: Iterable[Cue], text: str) -> list[Mention]:
    lowered = lower(text)
    return [
        Mention(cue.value, *match.span())
        for cue in cues
        if cue.first in lowered
        for match in cue.pattern.finditer(lowered)
    ]


def apart(found: Iterable[Mention], ties: bool = False) -> tuple[Mention, ...]:
    """The longest mentions that do not overlap, in reading order; with `ties` every value of the same characters."""
    kept: dict[Mention, None] = {}
    owners: dict[int, tuple[int, int]] = {}  # by character, the stretch that it belongs to
    for mention in sorted(found, key=lambda one: (one.start - one.end, one.start)):
        stretch = (mention.start, mention.end)
        others = {owners[place] for place in range(*stretch) if place in owners}
        if not others or (ties and others == {stretch}):
            kept[mention] = None
            owners.update(dict.fromkeys(range(*stretch), stretch))
    return tuple(sorted(kept, key=lambda one: one.start))


def overlap(one: Mention, other: Mention) -> bool:
    """Whether two mentions share a character."""
    return one.start < other.end and other.start < one.end


def make(words: Mapping[str, Iterable[str]]) -> tuple[Cue, ...]:
    """Cues of values by name."""
    pairs = dict.fromkeys((value, lower(word)) for value, said in words.items() for word in said)
    return tuple(
        Cue(value, first.group() if (first := _FIRST_WORD.search(word)) else word, word) for value, word in pairs
    )


@cache
def _cues(section: str) -> tuple[Cue, ...]:
    merged: dict[str, list[str]] = {}
    for table in _tables().values():
        part = table.get(section, {})
        for value, said in (part if isinstance(part, dict) else {section: part}).items():
            merged.setdefault(value, []).extend(said)
    return make(merged)


@lru_cache(maxsize=32)
def _label_cues(schema: Schema) -> tuple[Cue, ...]:
    known = {
        value: [cue for table in _tables().values() for cue in table.get("labels", {}).get(value, ())]
        for value in schema.labels
    }
    for label in schema.labels:
        said = [label, *(word for _, word in dict(schema.label_words).get(label, ()))]
        known[label].extend(map(_stem, said))
    return make(known)


def _stem(word: str) -> str:
    """The word with a star for its ending, where it is long enough to be told apart without it."""
    if len(word) < 5 or (not word[-1].isalpha() and not regex.match(r"\p{M}", word[-1])):
        return word
    return f"{word[: -1 if _LATIN.search(word) or len(word) < 8 else -2]}*"


@lru_cache(maxsize=1)
def _tables() -> dict[str, dict[str, Any]]:
    return {path.stem: tomllib.loads(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.toml"))}
