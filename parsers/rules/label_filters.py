"""Labels that narrow the data, and whether each is the gold one or the model's answer: "labelled negative", "predicted negative"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import regex

from core.filters import ByLabel, ByPrediction
from parsers.notation.shapes import Shape
from parsers.rules.understanding import Understood
from parsers.words.lexicon import Mention, label_mentions, mentions, overlap

NEAR = 15  # characters between a label and the word that says whether it is gold or predicted
PREDICT, SCORE = "predict", "score"
NOUN_FIRST = ("es", "fr", "ar", "sw")  # languages whose adjectives follow: "reseñas negativas"
_BESIDE = regex.compile(r" *[的な]{0,2} *")
TOUCHING = regex.compile(r" ?(?:as |to be |als |como |都?[为成是作])?")


@dataclass(frozen=True)
class Labelled:
    """A label filter, the stretch [start, end) that says it, and where the label stands."""

    where: ByLabel | ByPrediction
    start: int
    end: int
    core: int


def label_filters(seen: Understood, shape: Shape) -> Iterator[Labelled]:
    """Labels; each word of labelling or predicting says of one label which kind that is.

    Asked for a score, "those actually positive" is part of what recall means.
    """
    said = label_mentions(seen.request, seen.schema)
    if shape.name == SCORE:
        terms = mentions("recalled", seen.request)
        said = tuple(one for one in said if not any(overlap(one, term) for term in terms))
    cues = [one for one in mentions("filters", seen.request) if one.value in ("labelled", "predicted")]
    gold = [one for one in said if of_a_noun(seen, one)]
    ordered = shape.name == PREDICT  # "predict negative reviews" is an order
    owners = [_owner(seen.request, cue, said, [] if ordered else gold) for cue in cues]
    for place, label in enumerate(said):
        own = [cue for cue, owner in zip(cues, owners, strict=True) if owner == label and _gap(cue, label) <= NEAR]
        cue = min(own, key=lambda one: _gap(one, label), default=None)
        shared = cue or _shared(seen.request, said, place, cues)
        predicted = shared is not None and shared.value == "predicted" and not (ordered and label in gold)
        kind = ByPrediction if predicted else ByLabel
        start, end = (min(cue.start, label.start), max(cue.end, label.end)) if cue else (label.start, label.end)
        yield Labelled(kind(label.value), start, end, label.start)


def of_a_noun(seen: Understood, label: Mention) -> bool:
    """Whether the label describes instances, "negative reviews", and so is the gold one unless a word touches it."""
    nouns = mentions("instances", seen.request)
    behind = any(_adjoin(seen.request, label, noun) for noun in nouns)
    return behind or (seen.language in NOUN_FIRST and any(_adjoin(seen.request, noun, label) for noun in nouns))


def _adjoin(text: str, first: Mention, second: Mention) -> bool:
    return first.end <= second.start and _BESIDE.fullmatch(text, first.end, second.start) is not None


def _owner(text: str, cue: Mention, said: Sequence[Mention], gold: Sequence[Mention]) -> Mention | None:
    """The label that a cue says something of: the one right behind it, else the nearest of those that describe no instances.

    Between two, German "positiv vorhergesagte negative Bewertungen", it is the one that describes none.
    """
    behind = [one for one in said if one.start >= cue.end and TOUCHING.fullmatch(text, cue.end, one.start)]
    before = [one for one in said if one not in gold and text[one.end : cue.start] == " "]
    free = (before if before and behind[:1] and behind[0] in gold else behind[:1]) or [
        one for one in said if one not in gold
    ]
    return min(free, key=lambda label: _gap(cue, label), default=None)


def _shared(text: str, said: Sequence[Mention], place: int, cues: Sequence[Mention]) -> Mention | None:
    """The cue of the label before, where both are joined: "predicted negative or neutral"."""
    if place == 0 or not any(
        one.value == "or" for one in mentions("joints", text[said[place - 1].end : said[place].start])
    ):
        return None
    near = [cue for cue in cues if _gap(cue, said[place - 1]) <= NEAR]
    return min(near, key=lambda cue: _gap(cue, said[place - 1]), default=None)


def _gap(cue: Mention, label: Mention) -> float:
    """Characters between; a cue before its label counts as a little nearer."""
    return label.start - cue.end if label.start >= cue.end else cue.start - label.end + 0.5
