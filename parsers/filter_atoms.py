"""Single filters that an utterance names: words it contains, labels, predictions, the answer before; denied or not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import regex

from core.filters import ByLabel, ByLength, ByPrediction, Filter, Includes, Not, Previous
from parsers.denials import denials
from parsers.lengths import lengths
from parsers.lexicon import Mention, label_mentions, mentions
from parsers.query import Shape
from parsers.searched_words import searched
from parsers.segments import words
from parsers.understanding import Understood

NEAR = 15  # characters between a label and the word that says whether it is gold or predicted
NAMED = 3  # words of a clause in which something may have been named
BESIDE = 12  # characters after another filter within which "those" points back to it and to no earlier answer
SHOWN = ("show", "count", "predict", "likelihood")  # "show them" points back; "wrong predictions, list them" does not
_LATIN = regex.compile(r"\p{Latin}")
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
    made += [Atom(Includes(one.value), one.start, one.end, one.core) for one in searched(seen, shape)]
    labels = [one for one in _labels(seen) if not any(_overlap(one, other) for other in made)]
    values = [atom.core for atom in (*made, *labels)]
    found = [_denied(seen, atom, values) for atom in (*made, *labels)]
    return sorted([*found, *_previous(seen, shape, found)], key=lambda atom: atom.start)


def of_label(where: Filter) -> bool:
    """Whether this is a label or a prediction, denied or not."""
    return isinstance(where.part if isinstance(where, Not) else where, ByLabel | ByPrediction)


def _labels(seen: Understood) -> Iterator[Atom]:
    """Labels; each word of labelling or predicting says of the label nearest to it which kind that is."""
    said = label_mentions(seen.request, seen.schema)
    cues = [one for one in mentions("filters", seen.request) if one.value in ("labelled", "predicted")]
    owners = [min(said, key=lambda label: _gap(cue, label), default=None) for cue in cues]
    for place, label in enumerate(said):
        own = [cue for cue, owner in zip(cues, owners, strict=True) if owner == label and _gap(cue, label) <= NEAR]
        cue = min(own, key=lambda one: _gap(one, label), default=None)
        shared = cue or _shared(seen.request, said, place, cues)
        kind = ByPrediction if shared and shared.value == "predicted" else ByLabel
        start, end = (min(cue.start, label.start), max(cue.end, label.end)) if cue else (label.start, label.end)
        yield Atom(kind(label.value), start, end, label.start)


def _shared(text: str, said: Sequence[Mention], place: int, cues: Sequence[Mention]) -> Mention | None:
    """The cue of the label before, where both are joined: "predicted negative or neutral"."""
    if place == 0 or not any(
        one.value == "or" for one in mentions("joints", text[said[place - 1].end : said[place].start])
    ):
        return None
    return min(cues, key=lambda cue: _gap(cue, said[place - 1]), default=None)


def _gap(cue: Mention, label: Mention) -> float:
    """Characters between; a cue before its label counts as a little nearer."""
    return label.start - cue.end if label.start >= cue.end else cue.start - label.end + 0.5


def _previous(seen: Understood, shape: Shape, others: Sequence[Atom]) -> list[Atom]:
    """ "Among those": no noun right after it, and no filter right before it that it could point to."""
    nouns = mentions("data", seen.request)
    weak = () if others or shape.name not in SHOWN else mentions("previous_weak", seen.request)
    found = mentions("previous", seen.request) or weak
    free = [
        one
        for one in found
        if not any(0 <= noun.start - one.end <= 3 for noun in nouns)
        and not any(-2 <= one.start - atom.end <= BESIDE for atom in others)
        and not _means_this(seen.request, one)
        and not (
            one.end < len(seen.request)
            and any(atom.start - one.end == 1 and _LATIN.match(seen.request, one.start) for atom in others)
        )
    ]
    return [_denied(seen, Atom(Previous(), one.start, one.end, one.start)) for one in free[:1]]


def _means_this(text: str, cue: Mention) -> bool:
    """Whether "those" points back to what this message has just named: "which classes are there, and how many of each of those?"."""
    said = text[: cue.start]
    breaks = [match.start() for match in _BREAK.finditer(said)]
    return bool(breaks) and words(said[: breaks[-1]]) >= NAMED


def _denied(seen: Understood, atom: Atom, values: Sequence[int] = ()) -> Atom:
    """The atom under Not where a word of denial stands beside it; a length that is denied has a comparison of its own."""
    found = [] if isinstance(atom.where, ByLength) else denials(seen, atom.start, atom.end, atom.core, values)
    if not found:
        return atom
    start, end = min(atom.start, *(one.start for one in found)), max(atom.end, *(one.end for one in found))
    return replace(atom, where=Not(atom.where), start=start, end=end)


def _overlap(atom: Atom, other: Atom) -> bool:
    return other.start <= atom.core < other.end
