"""Every file of words has every complete language, with the same keys and the same slots in each."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from core.languages import complete
from core.settings import ROOT
from core.words import words

FOLDERS = ("core", "explainers", "operations", "agent", "ui", "jobs")
FILES = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.toml"))
SLOT = re.compile(r"\{(\w+)\}")


def flat(table: dict[str, Any], prefix: str = "") -> dict[str, str]:
    """Nested keys joined by dots; lists (sample questions) are checked elsewhere."""
    found: dict[str, str] = {}
    for key, item in table.items():
        if isinstance(item, dict):
            found |= flat(item, f"{prefix}{key}.")
        elif isinstance(item, str):
            found[prefix + key] = item
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_language_has_every_key(path: Path) -> None:
    english = flat(words(path).tables["en"])
    for language in complete():
        table = words(path).tables.get(language)
        assert table is not None, f"{path.name} has no [{language}]"
        there = flat(table)
        assert set(there) == set(english), f"[{language}] differs in {sorted(set(there) ^ set(english))}"
        for key, sentence in there.items():
            assert sentence.strip() or not english[key].strip(), f"[{language}] {key} is empty"
            assert set(SLOT.findall(sentence)) == set(SLOT.findall(english[key])), f"[{language}] {key}: other slots"
