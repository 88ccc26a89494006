"""Words that speak for a label over many texts: attributions added up by word, and a check of the words on other texts."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean

import regex
from scipy.stats import wilcoxon

from core.data import Instance
from core.explanations import Attribution
from core.progress import Progress
from explainers.base import STEP, attribute, explained_units, target_of
from explainers.metrics.base import Kept
from explainers.metrics.variants import probabilities
from models.base import ExplainedModel

BUDGET = 32  # texts that are explained: about half a minute on a small CPU
CHECKED = 24  # other texts that the words are cut out of
ASKED = 8  # times the texts wanted: so many are asked for their label, no more
FEWEST = 2  # texts in which a word must stand
DRAWS = 5  # random sets of words a text
NEAREST = 5  # words nearest in frequency among which the random ones are drawn
ENOUGH = 6  # texts: with fewer a paired test can show nothing at this level
LEVEL = 0.025  # of a test in one direction
_LETTERS = regex.compile(r"\p{L}")


@dataclass(frozen=True)
class ClassKeyword:
    """A word, in how many of the texts it stands, and its mean share of a text's scores (−1 to 1), shrunk towards 0."""

    word: str
    texts: int
    effect: float


@dataclass(frozen=True)
class Check:
    """Mean fall of the label's probability without the words, and without random words as frequent, over `texts` texts.

    `p` is one-sided, of the words mattering more, text by text (Wilcoxon 1945, signed ranks); 1 where there are too few texts.
    """

    own: float
    chance: float
    texts: int
    p: float

    @property
    def holds(self) -> bool:
        """Whether the words matter more than others as frequent."""
        return self.p < LEVEL


def of_class(
    model: ExplainedModel, rows: Sequence[Instance], label: str, count: int, seed: int, progress: Progress
) -> list[Instance]:
    """At most `count` random rows that the model gives this label."""
    shuffled = list(rows)
    random.Random(seed).shuffle(shuffled)
    found: list[Instance] = []
    for first in range(0, min(len(shuffled), ASKED * count), count):
        progress("predict", len(found) / count)
        chunk = shuffled[first : first + count]
        found += [row for row, made in zip(chunk, model.predict(chunk), strict=True) if made.label == label]
        if len(found) >= count:
            break
    return found[:count]


def attributions(
    model: ExplainedModel, rows: Sequence[Instance], label: str, method: str, seed: int, progress: Progress
) -> Iterator[Attribution]:
    """The map of every row towards the label; a method that the model cannot run is replaced by the nearest."""
    for number, row in enumerate(rows):
        progress(STEP, number / len(rows))
        yield attribute(model, row, method, target_label=label, seed=seed, fallback=True)


def class_keywords(maps: Sequence[Attribution]) -> tuple[ClassKeyword, ...]:
    """Words with a positive effect that stand in at least FEWEST texts, the strongest first.

    Each text's scores are divided by the sum of their sizes, so that no text outweighs another. The effect of a word is the sum of
    its shares over its texts, divided by one text more: a text in which it does nothing, against chance finds in two texts.
    """
    shares: dict[str, list[float]] = {}
    forms: dict[str, Counter[str]] = {}
    for made in maps:
        whole = sum(abs(score) for score in made.scores) or 1.0
        own: dict[str, float] = {}
        for token, score in zip(made.tokens, made.scores, strict=True):
            if _LETTERS.search(token.text):
                own[token.text.casefold()] = own.get(token.text.casefold(), 0.0) + score / whole
                forms.setdefault(token.text.casefold(), Counter())[token.text] += 1
        for word, share in own.items():
            shares.setdefault(word, []).append(share)
    found = [
        ClassKeyword(forms[word].most_common(1)[0][0], len(parts), sum(parts) / (len(parts) + 1))
        for word, parts in shares.items()
        if len(parts) >= FEWEST and sum(parts) > 0
    ]
    return tuple(sorted(found, key=lambda one: (-one.effect, one.word)))


def check(
    model: ExplainedModel, rows: Sequence[Instance], label: str, words: Sequence[str], seed: int, progress: Progress
) -> Check:
    """Cuts the words out of rows that were not explained, and as many random words that stand in about as many of the rows."""
    source, named = random.Random(seed), {word.casefold() for word in words}
    texts = [[unit.text.casefold() for unit in explained_units(model.encode(row), "word")] for row in rows]
    frequency = Counter(word for text in texts for word in set(text))
    falls = []
    for number, (row, text) in enumerate(zip(rows, texts, strict=True)):
        progress("judge", number / len(rows))
        own = [place for place, word in enumerate(text) if word in named]
        free = [place for place, word in enumerate(text) if word not in named and _LETTERS.search(word)]
        if own and len(free) >= len(own):
            drawn = [_alike(own, free, text, frequency, source) for _ in range(DRAWS)]
            falls.append(_falls(model, row, label, [frozenset(own), *drawn]))
    differences = [mine - chance for mine, chance in falls]
    tested = len(falls) >= ENOUGH and any(differences)
    p = float(wilcoxon(differences, alternative="greater").pvalue) if tested else 1.0
    own_fall, chance_fall = (fmean(part) if part else 0.0 for part in ([a for a, _ in falls], [b for _, b in falls]))
    return Check(own_fall, chance_fall, len(falls), p)


def _alike(
    own: Sequence[int], free: Sequence[int], text: Sequence[str], frequency: Counter[str], source: random.Random
) -> Kept:
    """For each of a text's own places another one, at random among the NEAREST in frequency; none twice."""
    left, chosen = list(free), []
    for place in own:
        left.sort(key=lambda other: abs(frequency[text[other]] - frequency[text[place]]))
        chosen.append(left.pop(source.randrange(min(NEAREST, len(left)))))
    return frozenset(chosen)


def _falls(model: ExplainedModel, row: Instance, label: str, gone: Sequence[Kept]) -> tuple[float, float]:
    """How far the probability falls without the first set of units, and without the others on average."""
    encoded = model.encode(row)
    pieces = explained_units(encoded, "word")
    whole = frozenset(range(len(pieces)))
    kept = [whole - one for one in gone]
    found = probabilities(model, encoded, pieces, target_of(model, label, None), [whole, *kept], Progress())
    own, *others = (found[whole] - found[one] for one in kept)
    return own, fmean(others)
