"""Single filters that an utterance names: words it contains, labels, predictions, the answer before; denied or not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import regex

from core.filters import ByLabel, ByLanguage, ByLength, ByPrediction, Filter, Includes, Not, Previous
from parsers.notation.shapes import Shape
from parsers.rules.data_language import data_languages
from parsers.rules.denials import denials
from parsers.rules.label_filters import label_filters
from parsers.rules.lengths import FLIPPED, lengths
from parsers.rules.searched_words import searched
from parsers.rules.understanding import Understood
from parsers.texts.segments import words
from parsers.words.lexicon import Mention, mentions, overlap

NAMED = 3  # words of a clause in which something may have been named
BESIDE = 12  # characters after another filter within which "those" points back to it and to no earlier answer
JOINT = 2  # words of a joint: "or the"
WEAK = "previous_weak"
SHOWN = ("show", "count", "predict", "likelihood")  # "show them" points back; "wrong predictions, list them" does not
_LATIN = regex.compile(r"\p{Latin}")
_COMMA = regex.compile(r"\s*[,،，、]\s*")
_DETERMINER = regex.compile(
    r"\bth[oe]se\s+(?:\p{L}+(?:ing|ed)|with\p{L}*|over|under|above|below|longer|shorter)\b", regex.IGNORECASE
)
_BREAK = regex.compile(r"[,;.?!:，。；？！：؟]|\s[–-]\s")


@dataclass(frozen=True)
class Atom:
    """A filter, the stretch [start, end) of the request that says it, and where its value stands."""

    where: Filter
    start: int
    end: int
    core: int


def atoms(seen: Understood, shape: Shape) -> list[Atom]:
    """All single filters but ids, denied where "not" stands beside them, in reading order."""
    made = [Atom(one.where, one.start, one.end, one.number.start) for one in lengths(seen, shape)]
    made = list({one.where: one for one in reversed(made) if not _of_a_cue(seen.request, one)}.values())
    searched_for = [Atom(Includes(one.value), one.start, one.end, one.core) for one in searched(seen, shape)]
    made += [one for one in searched_for if not any(one.start < other.end and other.start < one.end for other in made)]
    named = [Atom(one.where, one.start, one.end, one.core) for one in label_filters(seen, shape)]
    labels = [one for one in named if not any(_overlap(one, other) for other in made)]
    spoken = [
        Atom(ByLanguage(one.value), one.start, one.end, one.start)
        for one in data_languages(seen.request, seen.language, shape)
    ]
    labels += [one for one in spoken if not any(_overlap(one, other) for other in (*made, *labels))]
    runs = _runs(seen.request, sorted((*made, *labels), key=lambda atom: atom.core))
    values = [atom.core for run in runs for atom in run]
    found = [_denied(seen, atom, run, values) for run in runs for atom in run]
    return sorted([*found, *_previous(seen, shape, found)], key=lambda atom: atom.start)


def _of_a_cue(text: str, length: Atom) -> bool:
    """Whether the length only says that a word is meant: “服务”二字."""
    cues = (one for one in mentions("filters", text) if one.value == "includes_after")
    return any(cue.start <= length.start and length.end <= cue.end for cue in cues)


def of_label(where: Filter) -> bool:
    """Whether this is a label or a prediction, denied or not."""
    return isinstance(_undenied(where), ByLabel | ByPrediction)


def exclusive(where: Filter) -> bool:
    """Whether no text can have two of the kind, so that "and" between them means either: "German and Spanish reviews"."""
    return of_label(where) or isinstance(_undenied(where), ByLanguage)


def _previous(seen: Understood, shape: Shape, others: Sequence[Atom]) -> list[Atom]:
    """ "Among those": no noun right after it, and no filter right before it that it could point to."""
    nouns = mentions("data", seen.request)
    weak = () if others or shape.name not in SHOWN else mentions(WEAK, seen.request)
    found = mentions("previous", seen.request) or weak
    free = [
        one
        for one in found
        if not any(0 <= noun.start - one.end <= 3 or noun.end == one.start for noun in nouns)
        and not any(-2 <= one.start - atom.end <= BESIDE for atom in others)
        and not _means_this(seen.request, one)
        and not (
            _is_determiner(seen.request, one)
            and any(atom.start - one.end == 1 and _LATIN.match(seen.request, one.start) for atom in others)
        )
    ]
    pointed = [Atom(Previous(), one.start, one.end, one.start) for one in free[:1]]
    return [_denied(seen, one, [one]) for one in pointed]


def _is_determiner(text: str, cue: Mention) -> bool:
    """Whether "those" may belong to the filter right behind: "of those mentioning battery", not "which of those mention battery"."""
    return cue.value == WEAK or _DETERMINER.search(text, cue.start, min(len(text), cue.end + BESIDE)) is not None


def _means_this(text: str, cue: Mention) -> bool:
    """Whether "those" points back to what this message has just named: "which classes are there, and how many of each of those?"."""
    said = text[: cue.start]
    breaks = [match.start() for match in _BREAK.finditer(said)]
    return bool(breaks) and words(said[: breaks[-1]]) >= NAMED


def _runs(text: str, found: Sequence[Atom]) -> list[list[Atom]]:
    """The filters, with those of one kind together that "or" joins: a denial of "positive or negative" denies both."""
    runs = [[atom] for atom in found[:1]]
    for (before, atom), either in zip(pairwise(found), either_or(text, found), strict=True):
        gap = text[before.end : atom.start]
        near = words(gap) <= JOINT and not (of_label(atom.where) and _COMMA.search(gap))
        runs = [*runs[:-1], [*runs[-1], atom]] if either and near and alike(before, atom) else [*runs, [atom]]
    return runs


def either_or(text: str, found: Sequence[Atom]) -> list[bool]:
    """Of every two neighbours whether "or" joins them; before the last of a list it joins all: "battery, screen or price"."""
    made: list[bool] = []
    for first, second in reversed(list(pairwise(found))):
        shared = first.end > second.start  # a unit behind both numbers: "under 10 or over 50 words"
        gap = text[first.core : second.core] if shared else text[first.end : second.start]
        listed = made[:1] == [True] and alike(first, second) and _COMMA.fullmatch(gap) is not None
        made.insert(0, listed or any(one.value == "or" for one in mentions("joints", gap)))
    return made


def alike(one: Atom, other: Atom) -> bool:
    """Whether both are filters of one kind, denied or not."""
    return type(_undenied(one.where)) is type(_undenied(other.where))


def _undenied(where: Filter) -> Filter:
    return where.part if isinstance(where, Not) else where


def _denied(seen: Understood, atom: Atom, run: Sequence[Atom], values: Sequence[int] = ()) -> Atom:
    """The atom under Not where a word of denial stands beside it, or beside the run that it is part of."""
    if isinstance(atom.where, ByLength):
        return _turned(seen, atom, values)
    found = denials(seen, atom.start, atom.end, atom.core, values)
    if not found:
        return replace(atom, where=Not(atom.where)) if _run_denied(seen, run, values) else atom
    start, end = min(atom.start, *(one.start for one in found)), max(atom.end, *(one.end for one in found))
    return replace(atom, where=Not(atom.where), start=start, end=end)


def _run_denied(seen: Understood, run: Sequence[Atom], values: Sequence[int]) -> bool:
    first, last = run[0], run[-1]
    before = [one for one in denials(seen, first.start, first.end, first.core, values) if one.start < first.core]
    return bool(before) or any(one.start > last.core for one in denials(seen, last.start, last.end, last.core, values))


def _turned(seen: Understood, atom: Atom, values: Sequence[int]) -> Atom:
    """The length, compared the other way round where that is denied: "not over 10 words" are at most 10."""
    where = atom.where
    if not isinstance(where, ByLength) or where.comparison not in FLIPPED:
        return atom
    compared = [cue for cue in mentions("lengths", seen.request) if atom.start <= cue.start and cue.end <= atom.end]
    said = denials(seen, atom.start, atom.end, atom.core, values)  # "no llegan a 10" is a comparison as it stands
    free = (one for one in said if not any(overlap(one, cue) for cue in compared))
    denied = any(_of_length(seen.request, one, atom, values) for one in free)
    return replace(atom, where=replace(where, comparison=FLIPPED[where.comparison])) if denied else atom


def _of_length(text: str, denial: Mention, atom: Atom, values: Sequence[int]) -> bool:
    """Whether a denial is that of the length: no other value, and a verb or small words between ("do not have more than")."""
    low, high = (denial.end, atom.start) if denial.start < atom.start else (atom.end, denial.start)
    between = any(low <= value < high for value in values)
    gap = text[low : max(low, high)].split()
    small = len(gap) < 2 or all(mentions("stop", word)[:1] == (Mention("stop", 0, len(word)),) for word in gap)
    return not between and small and not any("的" in word for word in gap)


def _overlap(atom: Atom, other: Atom) -> bool:
    return other.start <= atom.core < other.end
