"""Exports of a conversation: the formats by name, and the file that each makes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from agent.sharing.records import json_line
from agent.state import Turn
from core.errors import unknown
from ui.export.markdown import document
from ui.export.notebook import notebook
from ui.export.page import page
from ui.export.saved import Saved
from ui.turns import SchemaOf


@dataclass(frozen=True)
class Format:
    """A kind of file: how its names end, and what makes its text."""

    ending: str
    write: Callable[[Saved], str]


def records(saved: Saved) -> str:
    """One explanation record a line; `python -m jobs replay` reads it."""
    return "".join(f"{json_line(turn)}\n" for turn in saved.turns)


FORMATS = {
    "html": Format("html", page),
    "markdown": Format("md", document),
    "jsonl": Format("jsonl", records),
    "notebook": Format("ipynb", notebook),
}


def export(format: str, turns: Sequence[Turn], language: str, schema_of: SchemaOf) -> tuple[str, bytes]:
    """The file's name and content, UTF-8; words around the answers in `language`. Raises UserError("unknown_choice")."""
    if format not in FORMATS:
        raise unknown("unknown_choice", format, FORMATS)
    today = datetime.now(UTC).date().isoformat()
    kind = FORMATS[format]
    text = kind.write(Saved(tuple(turns), language, schema_of, today))
    return f"polylens-{today}.{kind.ending}", text.encode("utf-8", "replace")  # lone surrogates are no text
