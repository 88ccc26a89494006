"""Rows that say how an utterance should be read: benchmark notation, custom input, and our own utterances."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.dialogue import Call, Parse
from core.errors import UserError
from parsers.notation.canonical import read
from parsers.notation.coxql import END, collapse, from_coxql, name_of, operations, to_coxql

Slots = tuple[tuple[str, str], ...]
SLOT_NAMES = {  # the benchmark's names where they are not ours
    "counterfactual": {"label": "target_label", "count": "k"},
    "adversarial": {"count": "k"},
    "augment": {"count": "k"},
}
SCORED = ("k", "method", "label", "target_label")


@dataclass(frozen=True)
class Gold:
    """One row. `notation` is the parse in the benchmark's notation, "" for custom input, which has `span` [start, end)."""

    text: str
    language: str
    names: tuple[str, ...]
    notation: str = ""
    span: tuple[int, int] | None = None
    slots: Slots = ()


def read_gold(path: Path, split: str = "") -> list[Gold]:
    """All rows of a JSON Lines file, those of `split` where rows have one. Raises UserError: bad_table, bad_rows with the line."""
    return list(_rows(path, lines_of(path), split))


def lines_of(path: Path) -> list[str]:
    """The lines of a file. Raises UserError("bad_table")."""
    try:
        return path.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UserError("bad_table", file=path.name, reason=error) from error


def _rows(path: Path, lines: list[str], split: str) -> Iterator[Gold]:
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                row = json.loads(line)
                if not split or row.get("split", split) == split:
                    yield _gold(row, path.stem)
            except UserError as error:
                raise UserError("bad_rows", line=number, file=path.name, reason=error) from error
            except (AttributeError, KeyError, TypeError, ValueError) as error:
                raise UserError(
                    "bad_rows", line=number, file=path.name, reason=f"{type(error).__name__}: {error}"
                ) from error


def _gold(row: dict[str, Any], stem: str) -> Gold:
    text, language = str(row["text"]), str(row.get("lang", stem))
    if not text.strip():
        raise ValueError("the text is empty")
    if "start" not in row:
        parse = _parse(str(row["parse"]))
        return Gold(
            text, language, names_of(parse), to_coxql(parse) if END not in row["parse"] else collapse(row["parse"])
        )
    start, end = int(row["start"]), int(row["end"])
    if not 0 <= start < end <= len(text) or ("input" in row and text[start:end] != row["input"]):
        raise ValueError(f"text[{start}:{end}] is not the input")
    if "intent" in row:
        slots = {str(name): str(value) for name, value in dict(row.get("slots") or {}).items()}
        return Gold(text, language, (_known(str(row["intent"])),), span=(start, end), slots=_scored(slots))
    call = _parse(str(row["parse"])).calls[0]
    return Gold(text, language, (name_of(call.operation),), span=(start, end), slots=slots_of(call))


def _parse(text: str) -> Parse:
    return from_coxql(text) if END in text else read(text)


def _known(intent: str) -> str:
    name = intent.split(" ")[0]
    if name not in operations():
        raise ValueError(f"intent {intent!r}")
    return name


def names_of(parse: Parse) -> tuple[str, ...]:
    """The operations in the notation's names."""
    return tuple(name_of(call.operation) for call in parse.calls)


def slots_of(call: Call) -> Slots:
    """The slots that custom-input rows name, under the benchmark's names."""
    renamed = SLOT_NAMES.get(call.operation, {})
    return _scored({renamed.get(name, name): str(value) for name, value in call.slots})


def _scored(slots: dict[str, str]) -> Slots:
    return tuple(sorted((name, value) for name, value in slots.items() if name in SCORED and value != "default"))
