"""One word for one thing in every file of words, and sentences that cannot be read as their contrary."""

from __future__ import annotations

import re
import tomllib

import pytest

from core.languages import complete
from core.operation import OPERATIONS
from core.settings import ROOT
from core.words import words
from tests.contracts.test_words import FILES, flat

AVOIDED = {  # what our words call otherwise: a language model, the second classifier, the head, labels, the interval
    "ru": r"генератор|судь[яией]|выходной слой|исчерпываемост",
    "zh": r"生成器|会写作的模型|判断者",
    "te": r"జనరేటర్|భాషా నమూనా|లేబుళ్ల|మోడల్‌లను|95% అంతరం",
}
YES_OR_NO = re.compile(r"(Yes|No|Ja|Nein|Sí|Да|Нет|是的?|不|అవును|కాదు)[,.:，。：]")


@pytest.mark.parametrize("language", AVOIDED)
def test_things_have_one_name(language: str) -> None:
    told = {str(path.relative_to(ROOT)): flat(words(path).tables[language]) for path in FILES}
    for folder in ("tutorials", "glossary"):
        file = ROOT / "datasets" / folder / f"{language}.toml"
        told[f"{folder}/{file.name}"] = flat(tomllib.loads(file.read_text("utf-8")))
    found = [
        (name, key)
        for name, table in told.items()
        for key, text in table.items()
        if re.search(AVOIDED[language], text, re.IGNORECASE)
    ]
    assert not found


@pytest.mark.parametrize("language", complete())
def test_a_comparison_never_begins_with_yes_or_no(language: str) -> None:
    say = OPERATIONS["compare"].words.get("say", language)
    assert not [key for key, text in say.items() if isinstance(text, str) and YES_OR_NO.match(text)]


@pytest.mark.parametrize("language", complete())
def test_ordinary_words_are_asked_for_the_novice(language: str) -> None:
    assert "audience=novice" in OPERATIONS["rationalize"].words.get("ask", language)[0]["query"]
