"""Telling: what every kind of explanation needs to become blocks of an answer, and the functions by kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from agent.words import percent, say
from core.blocks import Block, Rows, Text
from core.data import Instance, Schema
from core.languages import languages
from core.words import Words

MORE = ("label", "language", "split")  # what else is known of a row of the data


class Teller:
    """Tells explanations of one operation with its words, the task's label words and one language."""

    def __init__(self, words: Words, schema: Schema, language: str) -> None:
        self.words, self.schema, self.language = words, schema, language

    def say(self, key: str, /, **facts: object) -> Text:
        """A sentence of the operation."""
        return Text(self.words.say(f"say.{key}", self.language, **facts))

    def label(self, label: str) -> str:
        """A label as people say it."""
        return self.schema.label_in(label, self.language)

    def quoted(self, *rows: Instance, full: bool = False) -> list[Block]:
        """Instances of one data set, as they stand there, in one table."""
        if not rows:
            return []
        names = [name for name, _ in rows[0].fields] if len(rows[0].fields) > 1 else ["text"]
        columns = ["id", *names, *(MORE if full else ())]
        titles = tuple(word("column", name, self.language) for name in columns)
        return [Rows(titles, tuple(self._cells(row, full) for row in rows))]

    def _cells(self, row: Instance, full: bool) -> tuple[str, ...]:
        more = [self.cell(name, getattr(row, name)) for name in MORE] if full else []
        return (str(row.id), *(text for _, text in row.fields), *more)

    def cell(self, column: str, item: str | int | float) -> str:
        """A cell as people read it: labels, languages and splits in words, shares in per cent."""
        if column in ("label", "prediction"):
            return self.label(str(item)) or "–"
        if column == "language" or (column == "part" and item not in self.schema.labels):
            known = languages().get(str(item))
            return known.native if known else str(item)
        if column == "part":
            return self.label(str(item))
        if column == "split":
            return word("parts", str(item), self.language)
        if column in ("share", "confidence", "figure", "low", "high", "push"):
            return item if isinstance(item, str) else percent(float(item), self.language)
        return str(item)


Tell = Callable[[Teller, Any], list[Block]]
TELLERS: dict[type, Tell] = {}


def tells(kind: type) -> Callable[[Tell], Tell]:
    """Declare the function below as the one that tells explanations of this kind."""

    def declare(tell: Tell) -> Tell:
        TELLERS[kind] = tell
        return tell

    return declare


def word(group: str, name: str, language: str) -> str:
    """A word of agent/words.toml, or the name itself: users' own columns have no words."""
    try:
        return say(f"{group}.{name}", language)
    except KeyError:
        return name
