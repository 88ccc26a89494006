"""What an explained model answers for rows of a data set, asked once and kept: for the viewer's mistakes."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Lock

from core.data import Instance
from models.base import ExplainedModel

KEPT = 8  # models with their answers
CHUNK = 16  # rows between two looks at the clock
BUDGET = 12.0  # seconds a visitor waits for; the next look goes on from there
Key = tuple[str, str, str, str]


@dataclass
class Answers:
    """Labels by row id for each model on each data set; safe to use from several threads."""

    _said: OrderedDict[Key, dict[int, str]] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def labels(
        self, model: ExplainedModel, data: str, rows: Sequence[Instance], budget: float = BUDGET
    ) -> dict[int, str]:
        """The model's label for those of the rows that it was asked about, within `budget` seconds. `data` names their revision."""
        key = (model.name, model.revision, model.precision, data)
        with self._lock:
            said = self._said.setdefault(key, {})
            self._said.move_to_end(key)
            while len(self._said) > KEPT:
                self._said.popitem(last=False)
        new = [row for row in rows if row.id is not None and row.id not in said]
        end = time.monotonic() + budget
        for start in range(0, len(new), CHUNK):
            if time.monotonic() > end:
                break
            chunk = new[start : start + CHUNK]
            said.update(
                {row.id: one.label for row, one in zip(chunk, model.predict(chunk), strict=True) if row.id is not None}
            )
        return said
