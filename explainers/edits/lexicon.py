"""What the training rows of one language offer for edits: words with the label they speak for, and short sentences."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import regex

from core.data import Dataset, Instance, train_and_test
from core.progress import Progress
from core.script import ends_in_word, sentences
from explainers.base import explained_units
from explainers.edits.text import words_of
from models.base import GENERATE, ExplainedModel
from models.pieces import Unit

STEP = "edit"  # the key under `step` that looking for edits reports its progress with
WORDS = 500  # words of a language that the model is asked about, each alone: about 1 s once
SHORTEST, LONGEST = 2, 5  # words of a sentence that may be put in whole; in scripts without spaces twice as many signs
CHUNK = 64
_PLAIN = regex.compile(r"[\p{L}\p{M}'’\u200c\u200d-]{2,}|[\p{So}\p{Emoji_Presentation}]")
_QUOTES = regex.compile(r"[“”„«»\"「」()（）]")


@dataclass(frozen=True)
class Word:
    """A word of the training rows: what the label probabilities [label] are, and its neighbours there, casefolded."""

    text: str
    chances: tuple[float, ...]
    left: frozenset[str]
    right: frozenset[str]


@dataclass(frozen=True)
class Lexicon:
    """Words and short sentences of one language, each with the label probabilities that the model gives it alone."""

    words: tuple[Word, ...] = ()
    sentences: tuple[tuple[str, tuple[float, ...]], ...] = ()


_KNOWN: WeakKeyDictionary[ExplainedModel, dict[tuple[str, str], Lexicon]] = WeakKeyDictionary()


def lexicon(model: ExplainedModel, dataset: Dataset, language: str, progress: Progress) -> Lexicon:
    """The lexicon of a language for this model, made once; empty where the data have no training rows of the language."""
    known = _KNOWN.setdefault(model, {})
    key = (dataset.revision, language)
    if key not in known:
        known[key] = _made(model, training_rows(dataset, language), progress)
    return known[key]


def training_rows(dataset: Dataset, language: str) -> list[Instance]:
    """The training rows of one language, with those whose language the data do not tell."""
    return [row for row in train_and_test(dataset)[0] if row.language in (language, "")]


def _made(model: ExplainedModel, rows: Sequence[Instance], progress: Progress) -> Lexicon:
    found = _Found()
    for row in rows:
        found.read(row, explained_units(model.encode(row), "word"))
    chosen = found.chosen()
    slow = GENERATE in model.capabilities  # one call a word would take minutes: how often a label has the word must do
    fields = model.schema.fields
    texts = [*chosen, *found.sentences]
    chances = [found.share(text, model.labels) for text in texts] if slow else _asked(model, texts, fields, progress)
    words = tuple(
        Word(text, chance, frozenset(found.left[text]), frozenset(found.right[text]))
        for text, chance in zip(chosen, chances, strict=False)
    )
    return Lexicon(words, tuple(zip(found.sentences, chances[len(chosen) :], strict=True)))


def _asked(
    model: ExplainedModel, texts: Sequence[str], fields: Sequence[str], progress: Progress
) -> list[tuple[float, ...]]:
    """The label probabilities of each text alone (it stands in every field)."""
    found: list[tuple[float, ...]] = []
    for start in range(0, len(texts), CHUNK):
        progress(STEP, 0.5 * start / len(texts))
        rows = [Instance(tuple((field, text) for field in fields)) for text in texts[start : start + CHUNK]]
        found += [made.probabilities for made in model.predict(rows)]
    return found


class _Found:
    """Counts over the training rows."""

    def __init__(self) -> None:
        self.rows: Counter[str] = Counter()
        self.labels: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.left: defaultdict[str, set[str]] = defaultdict(set)
        self.right: defaultdict[str, set[str]] = defaultdict(set)
        self.sentences: list[str] = []

    def read(self, row: Instance, units: Sequence[Unit]) -> None:
        """Count one row's words and keep its short sentences."""
        texts = [unit.text for unit in units]
        for place, text in enumerate(texts):
            if not _PLAIN.fullmatch(text):
                continue
            before, after = texts[place - 1 : place] or [""], texts[place + 1 : place + 2] or [""]
            opens = place == 0 or before[0] in ".!?…:"
            word = text if not opens or not text.istitle() else text.lower()
            self.rows[word] += 1
            self.labels[word][row.label] += 1
            self.left[word].add(before[0].casefold())
            self.right[word].add(after[0].casefold())
        for _, field in row.fields:
            for sentence in (field[start:end] for start, end in sentences(field)):
                if SHORTEST <= _length(sentence) <= LONGEST and _complete(sentence):
                    if sentence not in self.labels:
                        self.sentences.append(sentence)
                    self.labels[sentence][row.label] += 1

    def chosen(self) -> list[str]:
        """The words that differ most between labels, then the most frequent."""
        return sorted(self.rows, key=lambda word: (-self._contrast(word), -self.rows[word], word))[:WORDS]

    def _contrast(self, word: str) -> float:
        counts = self.labels[word].values()
        return max(counts) / math.sqrt(sum(counts))

    def share(self, text: str, labels: Sequence[str]) -> tuple[float, ...]:
        """How often each label has it, one added to each."""
        counts = self.labels[text]
        total = sum(counts.values()) + len(labels)
        return tuple((counts[label] + 1) / total for label in labels)


def _complete(sentence: str) -> bool:
    """Whether it begins with a letter, a capital where the script has them, ends with a stop, and holds no quotes or brackets."""
    begins = sentence[:1].isalpha() and not sentence[:1].islower()
    return begins and not ends_in_word(sentence) and not _QUOTES.search(sentence)


def _length(sentence: str) -> float:
    """Words; signs of scripts without spaces count half."""
    found = words_of(sentence)
    return sum(0.5 if len(word) == 1 and not word.isascii() and word.isalpha() else 1 for word in found)
