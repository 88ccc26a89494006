"""Demonstrations: what people say and which operation they mean, from the operations' sample questions and our utterances."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from core.dialogue import Call, Parse
from core.settings import ROOT
from core.words import words
from parsers.notation.canonical import read
from parsers.notation.shapes import shape
from parsers.texts.custom_text import SHORT
from parsers.texts.masked import masked
from parsers.texts.segments import words as count_words

OPERATIONS = ROOT / "operations"
UTTERANCES = ROOT / "datasets" / "utterances"


@dataclass(frozen=True)
class Example:
    """A masked utterance and the call it stands for, with the slots that the kind of question decides and no others."""

    text: str
    call: Call


def examples() -> tuple[Example, ...]:
    """All demonstrations of one operation, each once, in a fixed order."""
    single = ((text, parse) for text, parse in rows() if len(parse.calls) == 1)  # several requests are read one by one
    return tuple(dict.fromkeys(Example(hidden(text, parse), kind_of(parse.calls[0])) for text, parse in single))


def rows() -> Iterator[tuple[str, Parse]]:
    """Every demonstration as it is said, with its whole reading; those of several operations too."""
    yield from _asked(OPERATIONS)
    yield from _said(UTTERANCES)


def kind_of(call: Call) -> Call:
    """The call without the slots that rules fill."""
    variants = shape(call.operation).variants
    return Call(call.operation, tuple((name, value) for name, value in sorted(call.slots) if name in variants))


def hidden(text: str, parse: Parse) -> str:
    """The text as readers see it: numbers are 0, custom texts of more than a word or two a mark."""
    own = [(text.find(span.text), span.text) for span in parse.custom if count_words(span.text) > SHORT]
    return masked(text, [(start, start + len(said)) for start, said in own if start >= 0]).text


def _asked(folder: Path) -> Iterator[tuple[str, Parse]]:
    for path in sorted(folder.glob("*.toml")):
        for table in words(path).tables.values():
            for row in table.get("ask", ()):
                yield row["text"], read(row["query"])


def _said(folder: Path) -> Iterator[tuple[str, Parse]]:
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            row = json.loads(line)
            if row["split"] == "train":
                yield row["text"], read(row["parse"])
