"""Words of the conversation, and numbers as people of each language write them."""

from __future__ import annotations

import regex

from core.glossary import glossary
from core.settings import ROOT
from core.words import words

WORDS = words(ROOT / "agent" / "words.toml")
ERRORS = words(ROOT / "core" / "errors.toml")
ISOLATE, POP = "\u2068", "\u2069"
_RIGHT_TO_LEFT = regex.compile(r"[\p{Bidi_Class=R}\p{Bidi_Class=AL}]")
METRICS = words(ROOT / "explainers" / "metrics" / "words.toml")


def say(key: str, language: str, /, **facts: object) -> str:
    """A sentence of agent/words.toml."""
    return WORDS.say(key, language, **facts)


def number(amount: float, language: str, digits: int = 2, sign: bool = False) -> str:
    """A number with the language's decimal mark and a real minus sign."""
    text = f"{amount:+.{digits}f}" if sign else f"{amount:.{digits}f}"
    return text.replace("-", "−").replace(".", say("format.decimal", language))


def percent(share: float, language: str) -> str:
    """A share 0 to 1 in per cent; what is not quite all or nothing never reads as 100 or 0."""
    hundred = share * 100
    shown = ">99" if 99.5 <= hundred < 99.995 else "<1" if 0.005 < hundred < 0.5 else f"{hundred:.0f}"
    return say("format.percent", language, number=shown)


def quoted(text: str, language: str) -> str:
    """A stretch of somebody's text in the language's quotation marks; right-to-left letters keep to themselves, so that a
    row of such words stands in its order in a sentence that runs the other way (Unicode Standard Annex 9, isolates).
    """
    said = say("format.quote", language, text=text)
    return f"{ISOLATE}{said}{POP}" if _RIGHT_TO_LEFT.search(text) else said


def capabilities(names: str, language: str) -> str:
    """What a model lacks, as people say it: `names` are capabilities of models.base, with commas between."""
    return listed([say(f"capability.{name}", language) for name in names.split(", ")], language)


def method_name(name: str, language: str) -> str:
    """An explanation method as the glossary calls it; one that is not in it by its own name."""
    known = glossary(language).get(name)
    return known.name if known else name.replace("_", " ")


def listed(parts: list[str], language: str) -> str:
    """Things in a row, with the language's comma."""
    return say("format.comma", language).join(parts)
