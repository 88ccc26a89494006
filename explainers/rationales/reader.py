"""A reader of a rationale alone, which guesses the label: a linear classifier on sentence vectors, apart from the explained model."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

import regex
from sklearn.linear_model import LogisticRegression

from core.script import PIECE, unspaced
from explainers.edits.figures import Sentences

STEM = 6  # letters in which a word and a label agree ("entailed", "entailment"): then it names the label
HIDDEN = "…"
LESSONS = 600  # texts that a reader learns from
_RUN = regex.compile(rf"{HIDDEN}(?:[\s\p{{P}}]*{HIDDEN})+")
Lesson = TypeVar("Lesson")


class Reader(Protocol):
    """What guesses labels from rationales."""

    def labels_of(self, texts: Sequence[str]) -> list[str]:
        """The label that each text seems to argue for."""
        ...


class LinearReader:
    """Trained on texts that argue for labels: people's explanations where there are any, else the data's own texts."""

    def __init__(self, encoder: Sentences, texts: Sequence[str], labels: Sequence[str], names: Iterable[str]) -> None:
        """`names` are the labels and their words, which are hidden from it."""
        self._encoder, self._names = encoder, tuple(names)
        self._model = LogisticRegression(C=10.0, max_iter=1000).fit(encoder.embed(self._hidden(texts)), list(labels))

    @classmethod
    def taught(cls, encoder: Sentences, lessons: Sequence[tuple[str, str]], names: Iterable[str]) -> LinearReader:
        """One that learned from these texts, each with its label."""
        return cls(encoder, [text for text, _ in lessons], [label for _, label in lessons], names)

    def labels_of(self, texts: Sequence[str]) -> list[str]:
        """The label that each text seems to argue for, label names hidden."""
        if not texts:
            return []
        return [str(label) for label in self._model.predict(self._encoder.embed(self._hidden(texts)))]

    def _hidden(self, texts: Sequence[str]) -> list[str]:
        return [hidden(text, self._names) for text in texts]


def spread(lessons: Sequence[Lesson]) -> Sequence[Lesson]:
    """At most LESSONS of them, taken evenly from all."""
    return lessons[:: max(1, len(lessons) // LESSONS)][:LESSONS]


def hidden(text: str, names: Iterable[str]) -> str:
    """The text without the words that name a label: a rationale that only repeats the answer would give it away.

    Hase et al. 2020, arXiv 2010.04119, call that leakage. In scripts without spaces a name is hidden wherever its signs stand.
    """
    known = sorted(names, key=len, reverse=True)
    for name in filter(unspaced, known):
        text = text.replace(name, HIDDEN)
    stems = {word.casefold()[:STEM] for name in known for word in name.split() if len(word) > 2}
    pieces = [match.group() for match in PIECE.finditer(text)]
    kept = [HIDDEN if any(piece.casefold().startswith(stem) for stem in stems) else piece for piece in pieces]
    return str(_RUN.sub(HIDDEN, "".join(kept)))
