"""Keywords: the words that texts are about, by how often they occur and in how few of all texts."""

from __future__ import annotations

import math
import tomllib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import regex

from core.data import Dataset, Instance
from core.explanations import Token
from core.progress import Progress
from core.script import SIGN, words
from core.settings import ROOT
from models.pieces import units

STEP = "search"  # the key under `step` that it reports its progress with
CHUNK = 200  # rows between two looks at the stop button
COMMON = 0.25  # in a language without a list of stop words, words of so many texts are left out
_LETTERS = regex.compile(r"\p{L}")
Pieces = Callable[[Instance], Sequence[Token]]  # a tokenizer's pieces of the instance's texts


@dataclass(frozen=True)
class Keyword:
    """A word as its texts write it most often, how often it occurs, in how many of the texts, and its weight."""

    word: str
    count: int
    texts: int
    weight: float


def words_of(instance: Instance, pieces: Pieces | None) -> list[str]:
    """The words of an instance in reading order, as written.

    Runs of letters; where a script has no spaces, a tokenizer's pieces widened to whole graphemes (models.pieces).
    """
    if pieces is None or not SIGN.search(instance.text):
        return words(instance.text)
    return [unit.text for unit in units(instance.fields, pieces(instance), "word")]


def keywords(
    chosen: Sequence[Instance], dataset: Dataset, pieces: Pieces | None, progress: Progress
) -> tuple[Keyword, ...]:
    """Every word of the chosen rows but stop words, the weightiest first; equals by occurrences, then by the alphabet.

    Weight = occurrences × log((1 + N) / (1 + n)), where n of the N texts of the same language in the whole data set hold the
    word, so that one language's words do not outweigh another's by being common in it. Salton and Buckley 1988. A text whose
    language the data do not have is weighed beside the texts whose language they do not tell.
    """
    read = _read(list({row.fields: row for row in (*dataset.rows, *chosen)}.values()), pieces, progress)
    seen: Counter[tuple[str, str]] = Counter()
    texts: Counter[str] = Counter(row.language for row in dataset.rows)
    for row in dataset.rows:
        seen.update({(row.language, word.casefold()) for word in read[row.fields]})
    counts: Counter[str] = Counter()
    holding: Counter[str] = Counter()
    weights: dict[str, float] = {}
    forms: dict[str, Counter[str]] = {}
    for row in chosen:
        beside = row.language if texts[row.language] else ""
        kept = [word for word in read[row.fields] if _tells(word, row.language, beside, seen, texts)]
        for word in kept:
            low = word.casefold()
            counts[low] += 1
            forms.setdefault(low, Counter())[word] += 1
            rarity = math.log((1 + texts[beside]) / (1 + seen[beside, low]))
            weights[low] = weights.get(low, 0.0) + rarity
        holding.update({word.casefold() for word in kept})
    found = [Keyword(forms[low].most_common(1)[0][0], counts[low], holding[low], weights[low]) for low in counts]
    return tuple(sorted(found, key=lambda one: (-one.weight, -one.count, one.word)))


def _read(
    rows: Sequence[Instance], pieces: Pieces | None, progress: Progress
) -> dict[tuple[tuple[str, str], ...], list[str]]:
    found = {}
    for number, row in enumerate(rows):
        if number % CHUNK == 0:
            progress(STEP, number / len(rows))
        found[row.fields] = words_of(row, pieces)
    return found


def _tells(word: str, language: str, beside: str, seen: Counter[tuple[str, str]], texts: Counter[str]) -> bool:
    """Whether it is a word that says what a text is about: letters, at least two signs, no stop word; where the language has no list
    of those, none that the texts of `beside` have too often.
    """
    low = word.casefold()
    if len(low) < 2 or not _LETTERS.search(low):
        return False
    stops = stop_words().get(language)
    if stops is not None:
        return low not in stops
    return texts[beside] < 4 or seen[beside, low] < COMMON * texts[beside]


@cache
def stop_words() -> dict[str, frozenset[str]]:
    """Stop words of each language that has a list."""
    with (ROOT / "datasets" / "stop_words.toml").open("rb") as file:
        return {code: frozenset(line.split()) for code, line in tomllib.load(file).items()}
