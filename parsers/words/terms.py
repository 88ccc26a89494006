"""Terms of the glossary in an utterance: names and aliases of its language and of English, inflected or not."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache

import regex

from core.glossary import glossary, written
from parsers.words.lexicon import lower, make, search

MOST = 3  # terms that one answer explains
STEM = 5  # letters from which on a word is told apart without its ending
_JOINERS = dict.fromkeys((0x200C, 0x200D))  # zero width: Telugu is typed with and without them
_FIXED = regex.compile(r"[\p{Han}\d]|\p{L}\p{Lu}")  # Han does not inflect, neither do LIME and TracIn
_FIRST = regex.compile(r"[^\s*]+")
_HAN = regex.compile(r"\p{Han}")


@lru_cache(maxsize=64)
def terms_in(text: str, language: str) -> tuple[str, ...]:
    """Slugs of the first terms that the text names, in reading order; in any language where its own names none."""
    plain = text.translate(_JOINERS)
    found = _slugs(plain, (language, "en")) or _slugs(plain, written())
    return tuple(dict.fromkeys(found))[:MOST]


def _slugs(text: str, languages: tuple[str, ...]) -> list[str]:
    """Slugs of all mentions; patterns are made only of forms whose first word stands in the text, since there are a thousand.

    Longer forms come first, since "tokeni…" is sooner "tokenizer" than "token"; a form of two terms names both.
    """
    lowered = lower(text)
    near = [(form, slugs) for form, first, slugs in _forms(languages) if first in lowered]
    cues = [cue for form, slugs in sorted(near, key=lambda one: -len(one[0])) for cue in make({slugs: [form]})]
    return [slug for mention in search(cues, text) for slug in mention.value.split(",")]


@lru_cache(maxsize=32)
def _forms(languages: tuple[str, ...]) -> tuple[tuple[str, str, str], ...]:
    """Every form with its first word in lower case and the slugs, joined by commas, that it names."""
    owners: dict[str, dict[str, None]] = defaultdict(dict)
    for language in languages:
        for term in glossary(language).values():
            for form in (term.name, *term.forms):
                owners[_inflected(form)][term.slug] = None
    return tuple((form, _first(form), ",".join(slugs)) for form, slugs in owners.items())


def _first(form: str) -> str:
    found = _FIRST.search(lower(form))
    return found.group() if found else ""


def _inflected(form: str) -> str:
    """The form with a star for the ending of each word that may take another; one with a star of its own stays, in Han without it."""
    spaced = form.translate(_JOINERS).replace("-", " ")
    if "*" in spaced:
        return spaced.rstrip("*") if _HAN.search(spaced) else spaced
    return " ".join(map(_stem, spaced.split()))


def _stem(word: str) -> str:
    if len(word) < STEM or _FIXED.search(word) or not regex.search(r"[\p{L}\p{M}]$", word):
        return word
    return f"{word[:-1]}*"
