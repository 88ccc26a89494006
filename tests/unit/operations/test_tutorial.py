"""Tutorials: three audiences, the words that name them, and what is said where there is no tutorial."""

from __future__ import annotations

import pytest

from core.errors import UserError
from core.operation import OPERATIONS
from core.tutorials import topics, tutorials
from core.words import words
from parsers.notation.canonical import read
from parsers.notation.coxql import to_coxql
from tests.parsing import REVIEWS, composed
from tests.unit.operations.test_define import told


@pytest.mark.parametrize(
    ("language", "text", "audience"),
    [
        ("en", "Explain counterfactuals like I'm new", "novice"),
        ("en", "Explain counterfactuals to an expert", "expert"),
        ("de", "Erklär kontrafaktische Beispiele für Laien", "novice"),
        ("de", "Kontrafaktische Beispiele, mathematisch bitte", "expert"),
        ("es", "Explica los contrafactuales para principiantes", "novice"),
        ("ru", "Объясни контрфактические примеры простыми словами", "novice"),
        ("zh", "给专家讲讲反事实", "expert"),
        ("te", "కౌంటర్‌ఫ్యాక్చువల్ గురించి నిపుణులకు వివరించండి", "expert"),
    ],
)
def test_the_audience_is_read_from_the_words(language: str, text: str, audience: str) -> None:
    query = composed(text, "tutorial", language=language)
    assert query == f"tutorial(audience={audience}, topic=counterfactual)"
    assert to_coxql(read(query)) == "qatutorial qacfe [E]"


def test_without_a_word_for_it_the_audience_is_a_user() -> None:
    assert composed("What is a counterfactual?", "tutorial") == "tutorial(topic=counterfactual)"
    assert told("tutorial", topic="counterfactual") == told("tutorial", topic="counterfactual", audience="user")


def test_a_tutorial_tells_five_things_and_ends_with_a_question_to_try() -> None:
    made = told("tutorial", "de", topic="influence", audience="expert")
    assert [name for name, _ in made.entries] == ["question", "how", "read", "limits", "try"]
    assert "Hesse-Matrix" in dict(made.entries)["how"]
    influence = words(OPERATIONS["tutorial"].path.with_name("influence.toml"))
    assert dict(made.entries)["try"] == influence.get("ask", "de")[0]["text"]


def test_audiences_are_told_different_things() -> None:
    told_ones = {audience: tutorials("en")["attribute", audience].how for audience in ("novice", "user", "expert")}
    assert len(set(told_ones.values())) == 3


def test_an_operation_without_a_tutorial_is_described() -> None:
    made = told("tutorial", topic="count")
    assert [name for name, _ in made.entries] == ["question", "try"]


def test_without_a_topic_all_are_listed() -> None:
    made = told("tutorial", "ru")
    assert made.caption == "contents" and len(made.entries) == len(topics()) == 10


@pytest.mark.parametrize(("slot", "said"), [("topic", "nothing_of_ours"), ("audience", "king")])
def test_bad_slots_are_refused(slot: str, said: str) -> None:
    with pytest.raises(UserError):
        OPERATIONS["tutorial"].slot(slot).domain.check(said, REVIEWS)
