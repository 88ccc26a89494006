"""Is a text in the language that it should be in? By script, and for Latin letters by letter statistics (lingua)."""

from __future__ import annotations

from functools import lru_cache

import regex
from lingua import Language, LanguageDetector, LanguageDetectorBuilder

from core.languages import complete, languages
from explainers.rationales.cited import QUOTED

MOST = 0.6  # share of the letters that must be of the language's script: names and loan words may be of another
FEW = 12  # letters in which nothing can be told
LATIN = "Latn"
HAN = r"\p{scx=Hani}"
# Scripts that Unicode's property does not know by this name, or that are written with several.
SCRIPTS = {"Hans": HAN, "Hant": HAN, "Jpan": HAN + r"\p{scx=Hira}\p{scx=Kana}", "Kore": HAN + r"\p{scx=Hang}"}
_LETTER = regex.compile(r"\p{L}")


def spoken(text: str, code: str) -> bool | None:
    """Whether `text` outside its quotes is in the language `code`; None where too little is left to tell.

    Languages that share a script other than the Latin one are not told apart; Latin ones are, as far as they are complete.
    """
    own = QUOTED.sub(" ", text)
    letters = _LETTER.findall(own)
    if len(letters) < FEW or code not in languages():
        return None
    script = languages()[code].script
    own_letter = of_script(script)
    if sum(1 for letter in letters if own_letter.match(letter)) < MOST * len(letters):
        return False
    return _latin(own) == code if script == LATIN else True


def of_script(script: str) -> regex.Pattern[str]:
    """A letter of a script, named by its ISO 15924 code."""
    own = SCRIPTS.get(script, rf"\p{{scx={script}}}")
    return regex.compile(f"[{own}]")


def _latin(text: str) -> str:
    found = _detector().detect_language_of(text)
    return found.iso_code_639_1.name.lower() if found else ""


@lru_cache(maxsize=1)
def _detector() -> LanguageDetector:
    """The languages in Latin letters that answers are written in: a writer that fails in one falls back to another of them."""
    known = [one for one in Language.all() if one.iso_code_639_1.name.lower() in complete()]
    latin = [one for one in known if languages()[one.iso_code_639_1.name.lower()].script == LATIN]
    return LanguageDetectorBuilder.from_languages(*latin).build()
