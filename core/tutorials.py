"""What people are told about the operations: `datasets/tutorials`, one file a language, three audiences a topic."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from core.settings import ROOT
from core.words import FALLBACK

FOLDER = ROOT / "datasets" / "tutorials"
AUDIENCES = ("novice", "user", "expert")


@dataclass(frozen=True)
class Tutorial:
    """One operation for one audience: the question it answers, how it is worked out here, how to read it, and its limits."""

    question: str
    how: str
    read: str
    limits: str


@lru_cache(maxsize=32)
def tutorials(language: str) -> dict[tuple[str, str], Tutorial]:
    """Tutorials by topic and audience; in English where the language has no file."""
    path = FOLDER / f"{language}.toml"
    table = tomllib.loads((path if path.exists() else FOLDER / f"{FALLBACK}.toml").read_text("utf-8"))
    return {(topic, audience): _tutorial(row, audience) for topic, row in table.items() for audience in AUDIENCES}


def topics() -> tuple[str, ...]:
    """The operations that have a tutorial, in the order of the file."""
    return tuple(dict.fromkeys(topic for topic, _ in tutorials(FALLBACK)))


def _tutorial(row: dict[str, Any], audience: str) -> Tutorial:
    part = row[audience]
    return Tutorial(row["question"], part["how"], part["read"], part["limits"])
