"""Texts that try to be more than text: harmless canaries, which set `window.__canary` or ask for canary.invalid if they work."""

from __future__ import annotations

import json
from functools import cache

from core.settings import ROOT

FILE = ROOT / "tests" / "data" / "attacks.jsonl"


@cache
def attacks() -> tuple[str, ...]:
    """Every attack of the file; `times` in a row is how often its text is repeated."""
    rows = (json.loads(line) for line in FILE.read_text("utf-8").splitlines())
    return tuple(row["text"] * row.get("times", 1) for row in rows)
