"""Words for users: one TOML file beside the code, one table a language, the same keys in each."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FALLBACK = "en"  # a language that is not complete reads English, and the reply says so


@dataclass(frozen=True)
class Words:
    """The tables of one file. `say("greeting", "de", name="Ada")` fills `{name}`; nested tables are reached by dots."""

    path: Path
    tables: dict[str, dict[str, Any]]

    def get(self, key: str, language: str) -> Any:
        """Whatever stands at `key`; the English entry where the language has none. KeyError if English has none either."""
        for code in (language, FALLBACK):
            found: Any = self.tables.get(code, {})
            for part in key.split("."):
                found = found.get(part) if isinstance(found, dict) else None
            if found is not None:
                return found
        raise KeyError(f"{self.path}: no {key!r} in [{FALLBACK}]")

    def say(self, key: str, language: str, /, **facts: object) -> str:
        """The sentence at `key` with its `{slots}` filled; facts are text, never format strings."""
        sentence = str(self.get(key, language))
        for name, fact in facts.items():
            sentence = sentence.replace("{" + name + "}", str(fact).replace("{", "{\u2060"))
        return sentence.replace("{\u2060", "{")

    def languages(self) -> tuple[str, ...]:
        """The languages that have a table."""
        return tuple(self.tables)


@cache
def words(path: Path) -> Words:
    """The words in the TOML file `path`, read once."""
    with path.open("rb") as file:
        return Words(path, tomllib.load(file))


def words_beside(module_file: str) -> Words:
    """The words of a Python file: the TOML file of the same name beside it."""
    return words(Path(module_file).with_suffix(".toml"))
