"""The language of an utterance: by script, then by telling words, then by letter statistics (lingua); with a confidence."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import regex
from lingua import IsoCode639_1, Language, LanguageDetector, LanguageDetectorBuilder

from core.dialogue import Span
from core.languages import languages
from parsers.texts.custom_text import find
from parsers.words.lexicon import lower, mentions

SURE = 0.45  # below it, the hint (the language of the interface) is the better guess for a few words
DEFAULT = "en"
# Letters of other scripts against Latin ones, which loan words and names of methods have everywhere
FOREIGN, HAN = (3, 6)
TELLING = 6.0  # how much a telling word multiplies what the letter statistics say
SMALLEST = 0.02  # share of a language that the letters exclude: three words may still tell otherwise
FEW = 2  # letters; what is left of a message without its custom text must be more to tell anything
WEIGHTS = {"Latn": 1, "Hans": HAN, "Kana": HAN}
_LETTER = regex.compile(r"\p{L}")
_WORD = regex.compile(r"[\p{L}\p{M}]+")
_SCRIPTS = {
    "Telu": r"\p{Telugu}",
    "Deva": r"\p{Devanagari}",
    "Arab": r"\p{Arabic}",
    "Cyrl": r"\p{Cyrillic}",
    "Hebr": r"\p{Hebrew}",
    "Beng": r"\p{Bengali}",
    "Taml": r"\p{Tamil}",
    "Thai": r"\p{Thai}",
    "Kore": r"\p{Hangul}",
    "Kana": r"[\p{Hiragana}\p{Katakana}]",
    "Hans": r"\p{Han}",
    "Latn": r"\p{Latin}",
}
_COUNTED = {script: regex.compile(pattern) for script, pattern in _SCRIPTS.items()}
_BY_SCRIPT = {
    "Telu": "te", "Deva": "hi", "Hebr": "he", "Beng": "bn", "Taml": "ta", "Thai": "th", "Kore": "ko", "Kana": "ja", "Hans": "zh",
}  # fmt: skip
_URDU, _PERSIAN = regex.compile("[ٹڈڑںےہھ]"), regex.compile("[پچژگکی]")
_UKRAINIAN = regex.compile("[іїєґІЇЄҐ]")


def detect(text: str, hint: str = "", custom: Sequence[Span] | None = None) -> tuple[str, float]:
    """Code of the language and confidence 0 to 1. The custom text does not count: it may be in another language.

    A hint, such as the language of the interface, is taken where the text alone leaves a doubt.
    """
    asked = _request(text, find(text) if custom is None else custom)
    code, confidence = _guess(asked if len(_LETTER.findall(asked)) >= FEW else text, hint)
    if confidence < SURE and hint:
        return hint, confidence
    return code, confidence


def _request(text: str, custom: Sequence[Span]) -> str:
    """The text without the user's own part and without names of methods."""
    for span in reversed(custom):
        text = f"{text[: span.start]} {text[span.end :]}"
    for found in reversed([*mentions("methods", text)]):
        if text[found.start : found.end].isascii():
            text = f"{text[: found.start]} {text[found.end :]}"
    return text


def _guess(text: str, hint: str) -> tuple[str, float]:
    counts = {script: len(pattern.findall(text)) for script, pattern in _COUNTED.items()}
    weights = {script: count * WEIGHTS.get(script, FOREIGN) for script, count in counts.items() if count}
    if not weights:
        return hint or DEFAULT, 0.0
    if "Kana" in weights:
        weights["Kana"] += weights.pop("Hans", 0)
    script = max(weights, key=lambda one: weights[one])
    share = weights[script] / sum(weights.values())
    if script == "Latn":
        return _latin(text)
    return _BY_SCRIPT.get(script) or _same_script(script, text), round(min(1.0, share + 0.2), 3)


def _same_script(script: str, text: str) -> str:
    """Languages that share a script by the letters that only one of them has."""
    if script == "Cyrl":
        return "uk" if _UKRAINIAN.search(text) else "ru"
    if _URDU.search(text):
        return "ur"
    return "fa" if _PERSIAN.search(text) else "ar"


def _latin(text: str) -> tuple[str, float]:
    """Letter statistics, multiplied by the telling words."""
    told: dict[str, float] = defaultdict(float)
    for word in _WORD.findall(lower(text)):
        codes = _telling().get(word, ())
        for code in codes:
            told[code] += 1 / len(codes)
    letters = _letters(text)
    shares = dict.fromkeys(told, max(letters.values()) / 2) | letters  # no statistics know Telugu in Latin letters
    scores = {code: (share + SMALLEST) * (1 + TELLING * told[code]) for code, share in shares.items()}
    best = max(scores, key=lambda code: scores[code])
    return best, round(scores[best] / sum(scores.values()), 3)


def _letters(text: str) -> dict[str, float]:
    found = _detector().compute_language_confidence_values(text.encode("utf-8", "replace").decode())
    return {value.language.iso_code_639_1.name.lower(): value.value for value in found}


@lru_cache(maxsize=1)
def _telling() -> dict[str, tuple[str, ...]]:
    """Word to the languages it tells."""
    with Path(__file__).with_suffix(".toml").open("rb") as file:
        table = tomllib.load(file)
    words = {word for said in table.values() for word in said}
    return {word: tuple(code for code, said in table.items() if word in said) for word in words}


@lru_cache(maxsize=1)
def _detector() -> LanguageDetector:
    """Only the languages in Latin letters, the others show in their script: 80 MB instead of a gigabyte."""
    codes = [language.code for language in languages().values() if language.script == "Latn"]
    known = {iso.name.lower(): iso for iso in (one.iso_code_639_1 for one in Language.all())}
    chosen: list[IsoCode639_1] = [known[code] for code in codes if code in known]
    return LanguageDetectorBuilder.from_iso_codes_639_1(*chosen).build()
