"""What a term of the field means."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import chain

from core.data import Schema
from core.dialogue import Request, Scalar
from core.explanations import Card
from core.glossary import Term, glossary, written
from core.operation import NOTHING, Context, Slot, operation
from core.words import words_beside

NEAREST = 3  # terms offered in place of one that is not there
CLOSE = 0.55  # least likeness of a name that is worth offering, 0 to 1 (difflib)
LONGEST = 80  # characters of an unknown term that an answer repeats
WORDS = words_beside(__file__)


@dataclass(frozen=True)
class Terms:
    """Slugs of the glossary, joined by commas. A name or alias of any language becomes its slug; what is unknown stays as said."""

    @property
    def about(self) -> str:
        return "terms of the glossary, joined by commas"

    def check(self, raw: Scalar, schema: Schema) -> str:
        said = [part.strip()[:LONGEST] for part in str(raw).split(",") if part.strip()]
        return ", ".join(dict.fromkeys(_slug(part) for part in said))


@operation(group="help", scope=NOTHING, gives=Card, slots=(Slot("term", Terms()),))
def define(request: Request, context: Context) -> Card:
    """What terms of the field mean, each with its English name and its source; without a term, all that the glossary knows."""
    known = glossary(request.language)
    said = [part for part in str(request.slot("term") or "").split(", ") if part]
    found = [known[part] for part in said if part in known]
    missing = [part for part in said if part not in known]
    if missing:
        return _unknown(found, missing, request.language)
    return _defined(found, request.language) if found else _contents(request.language)


def _slug(said: str) -> str:
    """The slug of a name or alias in any language, of a form with any ending where there is none; else what was said."""
    key = said.casefold()
    terms = [term for language in ("en", *written()) for term in glossary(language).values()]
    named = (term.slug for term in terms if key in map(str.casefold, (term.slug, term.name, *term.aliases)))
    ended = (term.slug for term in terms if any(fnmatchcase(key, form.casefold()) for form in term.forms))
    return next(chain(named, ended), said)


def _defined(found: list[Term], language: str) -> Card:
    entries = tuple(entry for term in found for entry in _entries(term, language))
    return Card(entries, "defined", (("terms", _listed([term.name for term in found], language)),))


def _entries(term: Term, language: str) -> list[tuple[str, str]]:
    """The definition under the term's name, then its English name, other names and source where there are some."""
    english = term.english if term.english.casefold() != term.name.casefold() else ""
    aliases = [alias for alias in term.aliases if alias.casefold() != english.casefold()]
    rows = [(term.name, term.definition), ("english", english), ("aliases", _listed(aliases, language))]
    return [row for row in (*rows, ("source", term.source)) if row[1]]


def _unknown(found: list[Term], missing: list[str], language: str) -> Card:
    """What is known of the terms asked for, and for the others the nearest names."""
    near = dict.fromkeys(name for said in missing for name in _near(said, language))
    offered = [("nearest", _listed(list(near), language))] if near else _groups(language)
    entries = [entry for term in found for entry in _entries(term, language)]
    return Card((*entries, *offered), "unknown", (("term", _listed(missing, language)),))


def _near(said: str, language: str) -> list[str]:
    """Names of the terms whose name or alias looks most like what was said, in this language or in English."""
    spelled = {
        form.casefold(): term.slug
        for code in ("en", language)
        for term in glossary(code).values()
        for form in (term.name, *term.aliases)
    }
    close = difflib.get_close_matches(said.casefold(), spelled, n=2 * NEAREST, cutoff=CLOSE)
    slugs = list(dict.fromkeys(spelled[form] for form in close))[:NEAREST]
    return [glossary(language)[slug].name for slug in slugs]


def _contents(language: str) -> Card:
    return Card(tuple(_groups(language)), "contents", (("total", str(len(glossary(language)))),))


def _groups(language: str) -> list[tuple[str, str]]:
    """Every group's title with the names of its terms."""
    groups: dict[str, list[str]] = {}
    for term in glossary(language).values():
        groups.setdefault(term.group, []).append(term.name)
    return [(WORDS.say(f"group.{group}", language), _listed(names, language)) for group, names in groups.items()]


def _listed(names: list[str], language: str) -> str:
    return WORDS.say("list.comma", language).join(names)
