"""Languages: names, direction, script and digits, and text as people count it (NFC, graphemes)."""

from __future__ import annotations

import tomllib
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import regex

from core.settings import ROOT

LONGEST_NUMBER = 19  # digits from which on a number of 64 bits may be too small
_GRAPHEME = regex.compile(r"\X")
_CONTROL = regex.compile(r"[\p{Cc}\p{Cs}\p{Co}\p{Cn}--[\t\n\r]]", regex.V1)


@dataclass(frozen=True)
class Language:
    """One language; `complete` ones have every word of the interface, the others are understood and answered in that of the page."""

    code: str
    name: str
    native: str
    script: str
    direction: str
    complete: bool


@lru_cache(maxsize=1)
def languages() -> dict[str, Language]:
    """All languages of `datasets/languages.toml` by code, complete ones first."""
    with (ROOT / "datasets" / "languages.toml").open("rb") as file:
        rows = tomllib.load(file)["language"]
    known = [Language(**row) for row in rows]
    return {language.code: language for language in sorted(known, key=lambda one: not one.complete)}


def complete() -> tuple[str, ...]:
    """Codes of the complete languages."""
    return tuple(code for code, language in languages().items() if language.complete)


def code_of(said: str) -> str:
    """The code of a language that is given by its code, its English name or its own name; anything else as it is."""
    wanted = said.strip().casefold()
    known = {name.casefold(): one.code for one in languages().values() for name in (one.name, one.native, one.code)}
    return known.get(wanted, said.strip()[:40])


def direction(code: str) -> str:
    """ "rtl" or "ltr"; an unknown language leaves it to the browser: "auto"."""
    known = languages().get(code)
    return known.direction if known else "auto"


def clean(text: str) -> str:
    """NFC text without control characters, surrogates and unassigned code points; tabs and line ends stay."""
    repaired = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return str(_CONTROL.sub("", unicodedata.normalize("NFC", repaired)))


def graphemes(text: str) -> list[tuple[int, int]]:
    """Character spans [start, end) of what a reader sees as one character."""
    return [match.span() for match in _GRAPHEME.finditer(text)]


def shorten(text: str, limit: int) -> str:
    """The first `limit` graphemes, with an ellipsis where something was cut."""
    spans = graphemes(text)
    return text if len(spans) <= limit else text[: spans[limit - 1][1]].rstrip() + "…"


def western_digits(text: str) -> str:
    """The same text, same length, with every script's decimal digits as 0 to 9."""
    return "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in text)


def whole_number(text: str) -> int | None:
    """The whole number that a text is, in digits of any script, if a store could hold it; None for any other text."""
    plain = western_digits(text.strip())
    return int(plain) if plain.isascii() and plain.isdecimal() and len(plain) < LONGEST_NUMBER else None
