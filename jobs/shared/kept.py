"""Texts that a job has checked already: one that was stopped goes on from there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from core.data import Instance
from core.values import dump, load
from explainers.checking import Checked


class Kept:
    """Texts that were checked before, one a line in `checked.jsonl` of the folder, for jobs with the same facts `of`."""

    def __init__(self, folder: Path | None, of: list[str]) -> None:
        self._of = of
        self._path = folder / "checked.jsonl" if folder else None
        self._known: dict[int | None, list[Checked]] = {}
        if self._path and self._path.exists():
            lines = filter(None, map(_whole, self._path.read_text("utf-8").splitlines()))
            self._known = {one["id"]: list(load(one["checked"])) for one in lines if one["of"] == self._of}

    def read(self, row: Instance) -> list[Checked]:
        """What was found for this text; nothing where it was not checked."""
        return self._known.get(row.id, [])

    def written(self, row: Instance, checked: list[Checked]) -> list[Checked]:
        """The same, after it was put into the folder."""
        if self._path:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            line = json.dumps({"id": row.id, "of": self._of, "checked": dump(checked)})
            with self._path.open("a", encoding="utf-8") as file:
                file.write(f"\n{line}")  # a line that a stop cut short spoils no other
        return checked


def _whole(line: str) -> dict[str, Any] | None:
    """What a line says; None for one that a stop cut short."""
    try:
        found: dict[str, Any] = json.loads(line)
    except ValueError:
        return None
    return found
