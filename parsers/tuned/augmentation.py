"""Training augmentation: puts a different text into each request.

So the model learns where a custom text begins and ends instead of memorising it.
"""

from __future__ import annotations

import json
import random
import tomllib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import regex

from core.settings import ROOT
from parsers.texts.masked import NUMBER, OWN_TEXT, masked
from parsers.tuned.lessons import Lesson, takes_text
from parsers.words.lexicon import said

TASKS = ROOT / "datasets" / "tasks"
ASIDES = ROOT / "datasets" / "utterances" / "asides.toml"
OTHER_TEXT = 0.7  # share of rows with a custom text that get another one
ID_TO_TEXT = 0.3  # share of rows about one number that become rows about a text
OWN_LANGUAGE = 0.6  # share of texts in the language of the request
BARE = 0.5  # share of delimited texts that lose their marks
POLITE = 0.15  # share of requests that end with their text and then a "please"
ASIDE = 0.12  # share of rows about a text that begin with a sentence about an id that is not meant
SPACED = 0.9  # share of such sentences that a space parts from the request
PLAIN = 0.5  # share of texts that are typed without capitals and full stop
LONGEST = 150  # characters of a text; wide ones count double
_PARTS = regex.compile(r"[^.!?。！？;；\n]+[.!?。！？]*")
_WIDE = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]")
_CUES = (
    r"(?:(?:id|nr\.?|no\.?|nº|number|nummer|número|номер\w*|№|#|instance|instanz|item|row|zeile|fila|строк\w*|id-)\s*)*"
)
_ID = regex.compile(
    rf"(?<![\p{{L}}\p{{M}}\p{{N}}.,]){_CUES}{NUMBER}(?![\p{{L}}\p{{M}}\p{{N}}%]|[.,:]\p{{N}})", regex.IGNORECASE
)
_MARKS = {
    "„": "“”",
    "“": "”",
    "«": "»",
    "「": "」",
    "『": "』",
    "‘": "’",
    "‚": "‘",
    '"': '"',
    "'": "'",
    "`": "`",
    "(": ")",
    "»": "«",
}


class Frames:
    """Varies lessons; everything is decided by the source of chance that is passed in."""

    def __init__(self, lessons: Sequence[Lesson]) -> None:
        texts = {(lesson.language, lesson.text[slice(*lesson.span)]) for lesson in lessons if lesson.span}
        texts |= {(path.stem, text) for path in TASKS.glob("*/*.jsonl") for text in _texts(path)}
        self._texts = [text for _, text in sorted(texts)]
        self._own: dict[str, list[str]] = {}
        for language, text in sorted(texts):
            self._own.setdefault(language, []).append(text)
        self._asides: dict[str, list[str]] = tomllib.loads(ASIDES.read_text("utf-8"))

    def __call__(self, lesson: Lesson, source: random.Random) -> Lesson:
        """The lesson, or one with the same request about another text."""
        made = self._other(lesson, source)
        return self._after_an_aside(made, source) if OWN_TEXT in made.text or made.span else made

    def _other(self, lesson: Lesson, source: random.Random) -> Lesson:
        if lesson.span and source.random() < OTHER_TEXT:
            return self._put(_bared(lesson, source), source)
        if lesson.span is None and takes_text(lesson.target) and source.random() < ID_TO_TEXT:
            found = [match.span() for match in _ID.finditer(lesson.text)]
            if len(found) == 1 and lesson.text.count(NUMBER) == 1:
                return self._put(replace(lesson, span=found[0]), source)
        return lesson

    def _after_an_aside(self, lesson: Lesson, source: random.Random) -> Lesson:
        """ "Forget id 0. …": what is said of another instance before a request about a text."""
        if lesson.language not in self._asides or source.random() >= ASIDE:
            return lesson
        said = source.choice(self._asides[lesson.language]) + (" " if source.random() < SPACED else "")
        span = (lesson.span[0] + len(said), lesson.span[1] + len(said)) if lesson.span else None
        return replace(lesson, text=said + lesson.text, span=span)

    def _put(self, lesson: Lesson, source: random.Random) -> Lesson:
        start, end = lesson.span or (0, 0)
        texts = self._own[lesson.language] if source.random() < OWN_LANGUAGE else self._texts
        text = masked(_typed(source.choice(texts), source)).text
        made = lesson.text[:start] + text + lesson.text[end:]
        if end == len(lesson.text) and source.random() < POLITE:
            made += " " + source.choice(said("polite", lesson.language))
        return replace(lesson, text=made, span=(start, start + len(text)))


def _bared(lesson: Lesson, source: random.Random) -> Lesson:
    """The lesson without the marks around its text, half of the time."""
    if lesson.span is None or source.random() >= BARE:
        return lesson
    start, end = lesson.span
    text = lesson.text
    if not 0 < start < end < len(text) or text[end] not in _MARKS.get(text[start - 1], ()):
        return lesson
    return replace(lesson, text=text[: start - 1] + text[start:end] + text[end + 1 :], span=(start - 1, end - 1))


def _typed(text: str, source: random.Random) -> str:
    """The text, or as people type it in passing."""
    return text[:1].lower() + text[1:].rstrip(" .。!！") if source.random() < PLAIN else text


def _texts(path: Path) -> list[str]:
    """Training texts of a task: whole where they are short, and their sentences."""
    found: list[str] = []
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        if row["split"] == "train":
            texts = [value for name, value in row.items() if name in ("text", "claim", "evidence")]
            found += [part.strip() for text in texts for part in (text, *_PARTS.findall(text))]
    return [text for text in found if 4 < _width(text) <= LONGEST]


def _width(text: str) -> int:
    return len(text) + len(_WIDE.findall(text))
