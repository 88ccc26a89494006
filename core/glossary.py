"""The glossary of the field: `datasets/glossary`, one file a language beside one with groups and sources."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from core.settings import ROOT
from core.words import FALLBACK

FOLDER = ROOT / "datasets" / "glossary"
INDEX = "terms"  # the file without a language: group and source of every term


@dataclass(frozen=True)
class Term:
    """One term in one language. `forms` are other names, with a star where any ending may follow; `source` is "" where none is due."""

    slug: str
    group: str
    name: str
    english: str
    forms: tuple[str, ...]
    definition: str
    source: str

    @property
    def aliases(self) -> tuple[str, ...]:
        """Other names as people write them; forms with a star only serve to find the term."""
        return tuple(form for form in self.forms if "*" not in form)


@lru_cache(maxsize=32)
def glossary(language: str) -> dict[str, Term]:
    """All terms by slug in the order of the index; in English where the language has no file."""
    index, english = _table(FOLDER / f"{INDEX}.toml"), _table(FOLDER / f"{FALLBACK}.toml")
    own = _table(FOLDER / f"{language}.toml") if language in written() else english
    return {slug: _term(slug, row, own[slug], english[slug]["name"]) for slug, row in index.items()}


@lru_cache(maxsize=1)
def written() -> tuple[str, ...]:
    """The languages that have a glossary."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml") if path.stem != INDEX))


def _term(slug: str, index: dict[str, Any], row: dict[str, Any], english: str) -> Term:
    forms = tuple(row.get("aliases", ()))
    return Term(slug, index["group"], row["name"], english, forms, row["definition"], index.get("source", ""))


def _table(path: Path) -> dict[str, dict[str, Any]]:
    return tomllib.loads(path.read_text("utf-8"))
