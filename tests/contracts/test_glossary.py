"""Glossary and tutorials are whole in every complete language: same terms, own names, nothing empty, one script."""

from __future__ import annotations

import tomllib
import unicodedata
from collections import defaultdict

import pytest
import regex

from core.glossary import FOLDER, INDEX, glossary, written
from core.languages import complete, languages
from core.operation import OPERATIONS
from core.tutorials import AUDIENCES, topics, tutorials
from core.tutorials import FOLDER as TUTORIALS
from parsers.notation.coxql import TOPICS
from parsers.words.terms import terms_in

TERMS = 64  # the least that the field needs
SENTENCE = regex.compile(r"[.!?](?=\s|$)|[。！？]")
SCRIPTS = {"Latn": "Latin", "Cyrl": "Cyrillic", "Hans": "Han", "Telu": "Telugu"}
AMBIGUOUS = {("ru", "точность")}  # accuracy and precision alike, in Russian


def table(path: object) -> dict[str, dict[str, object]]:
    return tomllib.loads(path.read_text("utf-8"))  # type: ignore[attr-defined]


def share(text: str, language: str) -> float:
    """Share of the letters that are of the language's own script."""
    script = SCRIPTS[languages()[language].script]
    letters = regex.findall(r"\p{L}", text)
    return len(regex.findall(rf"\p{{{script}}}", "".join(letters))) / len(letters)


def test_every_complete_language_has_a_glossary_and_tutorials() -> None:
    assert set(written()) == set(complete()) == {path.stem for path in TUTORIALS.glob("*.toml")}


@pytest.mark.parametrize("language", complete())
def test_every_term_is_there_and_no_other(language: str) -> None:
    index = table(FOLDER / f"{INDEX}.toml")
    assert set(table(FOLDER / f"{language}.toml")) == set(index) and len(index) >= TERMS
    groups = OPERATIONS["define"].words.get("group", language)
    assert set(groups) == {row["group"] for row in index.values()}


@pytest.mark.parametrize("language", complete())
def test_every_definition_is_whole_and_in_its_language(language: str) -> None:
    for slug, term in glossary(language).items():
        where = f"[{slug}] of {language}.toml"
        assert term.name.strip() and all(form.strip() for form in term.forms), where
        assert 2 <= len(SENTENCE.findall(term.definition)) <= 5, f"{where}: two or three sentences"
        assert share(term.definition, language) > 0.6, f"{where} is not in its language"
        assert unicodedata.is_normalized("NFC", term.definition + term.name), where


@pytest.mark.parametrize("language", complete())
def test_a_name_belongs_to_one_term(language: str) -> None:
    owners: dict[str, set[str]] = defaultdict(set)
    for code in (language, "en"):
        for slug, term in glossary(code).items():
            for form in (term.name, *term.forms):
                owners[form.casefold()].add(slug)
    shared = {(language, form) for form, slugs in owners.items() if len(slugs) > 1}
    assert shared <= AMBIGUOUS, f"{shared} name several terms"


@pytest.mark.parametrize("language", complete())
def test_every_name_is_found_in_a_sentence(language: str) -> None:
    for slug, term in glossary(language).items():
        for form in (term.name, *term.aliases):
            if (language, form.casefold()) not in AMBIGUOUS:
                assert terms_in(f"? {form} ?", language)[:1] == (slug,), f"{form!r} does not lead to {slug}"


def test_sources_name_a_year() -> None:
    for slug, term in glossary("en").items():
        assert not term.source or regex.search(r"\b(1[89]|20)\d\d\b", term.source), slug


def test_tutorials_cover_the_topics_of_the_query_language() -> None:
    assert set(topics()) == set(TOPICS)


@pytest.mark.parametrize("audience", AUDIENCES)
@pytest.mark.parametrize("language", complete())
def test_every_tutorial_is_whole_and_in_its_language(language: str, audience: str) -> None:
    told = tutorials(language)
    for topic in TOPICS:
        made = told[topic, audience]
        parts = (made.question, made.how, made.read, made.limits)
        assert all(part.strip() for part in parts), f"[{topic}.{audience}] of {language}.toml"
        assert 3 <= len(SENTENCE.findall(" ".join(parts))) <= 12, f"[{topic}.{audience}] of {language}.toml"
        assert share(" ".join(parts), language) > 0.6, f"[{topic}.{audience}] of {language}.toml is not in its language"


@pytest.mark.parametrize("language", complete())
def test_no_audience_hears_the_same_as_another(language: str) -> None:
    told = tutorials(language)
    for topic in TOPICS:
        assert len({told[topic, audience] for audience in AUDIENCES}) == len(AUDIENCES), topic
