"""Reads a notation from left to right: the piece at hand, and an error that says where and what would work."""

from __future__ import annotations

import json

import regex

from core.errors import UserError

NUMBER = regex.compile(r"-?\d{1,15}(?:\.\d{1,15})?(?![\w.])", regex.ASCII)
BARE = regex.compile(r"[A-Za-z_][A-Za-z0-9_\-]*")
_SPACE = regex.compile(r"\s*")
_JSON = json.JSONDecoder(strict=False)
DEPTH = 40  # brackets and "not" inside one another; far above what people write, far below Python's recursion limit


class Scanner:
    """A text and a position in it; every `take` moves on."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.depth = 0
        self._space()

    def at(self, literal: str) -> bool:
        """Whether `literal` comes next; a word ends at its last letter."""
        end = self.position + len(literal)
        inside = literal[-1].isalnum() and end < len(self.text) and (self.text[end].isalnum() or self.text[end] in "_-")
        return self.text.startswith(literal, self.position) and not inside

    def take(self, literal: str) -> bool:
        """Move over `literal` and the space after it, where it comes next."""
        if not self.at(literal):
            return False
        self._to(self.position + len(literal))
        return True

    def need(self, literal: str) -> None:
        """Move over `literal`, which must come next."""
        if not self.take(literal):
            raise self.error(literal)

    def pattern(self, pattern: regex.Pattern[str]) -> str | None:
        """What `pattern` matches here, or None."""
        match = pattern.match(self.text, self.position)
        if match is None:
            return None
        self._to(match.end())
        return str(match.group())

    def string(self) -> tuple[str, int, int] | None:
        """A JSON string with its inner span [start, end), or None where no quote comes next."""
        if not self.text.startswith('"', self.position):
            return None
        start = self.position + 1
        try:
            said, end = _JSON.raw_decode(self.text, self.position)
        except json.JSONDecodeError as error:
            raise self.error('"…"') from error
        self._to(end)
        return str(said), start, end - 1

    def deeper(self) -> None:
        """Count one level of nesting; too many are refused."""
        self.depth += 1
        if self.depth > DEPTH:
            raise self.error(f"≤ {DEPTH} ( )")

    @property
    def done(self) -> bool:
        """Whether nothing is left."""
        return self.position >= len(self.text)

    def error(self, *expected: str) -> UserError:
        """The error for this position: what stands here, and what would work."""
        found = self.text[self.position : self.position + 20] or "–"
        return UserError("bad_query", position=self.position, found=found, expected=", ".join(expected))

    def _to(self, position: int) -> None:
        self.position = position
        self._space()

    def _space(self) -> None:
        match = _SPACE.match(self.text, self.position)
        self.position = match.end() if match else self.position


def quoted(text: str) -> str:
    """`text` as a JSON string, its letters as they are."""
    return json.dumps(text, ensure_ascii=False)


def word(text: str) -> str:
    """`text` bare where that is unmistakable, else as a JSON string."""
    return text if BARE.fullmatch(text) and text not in ("true", "false") else quoted(text)
