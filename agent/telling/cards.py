"""Telling cards: what is known of the model or the data, what a term means, how an operation works."""

from __future__ import annotations

from collections.abc import Callable

import regex

from agent.telling.base import Teller, tells, word
from agent.words import number, say
from core.blocks import Block, Rows
from core.explanations import Card
from core.languages import languages

THIN = "\u202f"  # narrow no-break space, which parts thousands in every language (ISO 80000-1)
_PART = regex.compile(r"[^\s(),:][^(),:]*(?=: \d)")
_CODE = regex.compile(r"(?:^|(?<=; ))[a-z]{2,3}(?= )")
_SHARE = regex.compile(r"(\d+\.\d) %")


@tells(Card)
def card(teller: Teller, made: Card) -> list[Block]:
    """The caption, then the entries as a two-column list."""
    entries = tuple(_row(teller, name, text) for name, text in made.entries)
    return [teller.say(made.caption, **dict(made.facts)), Rows(("", ""), entries)]


def _row(teller: Teller, name: str, text: str) -> tuple[str, str]:
    """An entry's name and text in words where the operation has a word for the name."""
    known = teller.words.tables.get(teller.language, {}).get("fact") or teller.words.tables["en"].get("fact", {})
    return (str(known[name]), entry(name, text, teller.language)) if name in known else (name, text)


def entry(name: str, text: str, language: str) -> str:
    """The text of an entry, its codes and numbers as people of the language write them."""
    return _WRITERS[name](text, language) if name in _WRITERS else text


def _weights(text: str, language: str) -> str:
    """How weights were made, as models/catalog.toml notes it; older records hold a sentence, which stays."""
    key, _, kind = text.partition(" ")
    try:
        return say(f"card.{key}", language, kind=kind)
    except KeyError:
        return text


def _parameters(text: str, language: str) -> str:
    return f"{int(text):,}".replace(",", THIN) if text.isdecimal() else text


def _languages(text: str, language: str) -> str:
    return ", ".join(_native(code, language) for code in text.split(", "))


def _native(code: str, language: str) -> str:
    """A language's own name; "multilingual" as the language has it."""
    return languages()[code].native if code in languages() else word("card", code, language)


def _accuracy(text: str, language: str) -> str:
    """As models/predictions/facts.py writes it, "de 76.2 % (64.4 %–85.0 %, n = 63)": languages by name, numbers with their mark."""
    named = _CODE.sub(lambda found: _native(found.group(), language), text)
    shares = _SHARE.sub(
        lambda found: say("format.percent", language, number=number(float(found[1]), language, 1)), named
    )
    return str(shares)


def _size(text: str, language: str) -> str:
    """As operations/dataset_card.py writes it, "20 (train: 16, test: 4)": splits in words."""
    return str(_PART.sub(lambda found: word("parts", found.group(), language), text))


_WRITERS: dict[str, Callable[[str, str], str]] = {
    "weights": _weights,
    "parameters": _parameters,
    "languages": _languages,
    "accuracy": _accuracy,
    "size": _size,
}
