"""Errors that a user can meet: a kind, the facts, and one sentence in the user's language that says what would work."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class UserError(Exception):
    """Something that the user can do something about. `kind` names a sentence in `core/errors.toml`; `facts` fill it."""

    def __init__(self, kind: str, **facts: object) -> None:
        super().__init__(kind, facts)
        self.kind = kind
        self.facts = {name: str(fact) for name, fact in facts.items()}

    def __str__(self) -> str:
        return f"{self.kind}: " + ", ".join(f"{name} = {fact}" for name, fact in self.facts.items())


class Stopped(Exception):
    """The user pressed stop; raised from a progress call, so that slow work ends between two steps."""


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name that looks most like `name`; the first one where none is close."""
    names = list(known)
    close = difflib.get_close_matches(name.lower(), names, n=1, cutoff=0.4)
    return close[0] if close else (names[0] if names else "")


def unknown(kind: str, name: str, known: Iterable[str]) -> UserError:
    """The error for a name that does not exist: what was asked, the nearest that does, and all that do."""
    names = sorted(known)
    return UserError(kind, name=name[:80], nearest=nearest(name, names), known=", ".join(names))
