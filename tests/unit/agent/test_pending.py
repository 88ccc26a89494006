"""Answers to our own question back: an id, a text, a label or a pick completes what was asked before, in every language."""

from __future__ import annotations

import pytest

from agent.resolving.pending import completed
from core.data import Schema
from core.dialogue import Clarification, Utterance
from parsers.notation.canonical import read, write

SCHEMA = Schema("soup", ("text",), ("negative", "positive"), label_words=(("positive", (("de", "positiv"),)),))
WHICH = Clarification("which_instance", choices=tuple(read(f"attribute(k=3) where id = {n}") for n in (40, 41, 42)))
LABEL = Clarification(
    "which_label", choices=tuple(read(f"edit_label(label={label}) where id = 12") for label in SCHEMA.labels)
)
UNSURE = Clarification("unsure", choices=(read("count"), read("labels"), read("keywords")))
CHANGE = Clarification("which_change", choices=tuple(read(f"learn where id = {n}") for n in (12, 30)))


def answered(asked: Clarification, text: str, language: str = "en") -> str:
    made = completed(asked, Utterance(text, language), read("none"), SCHEMA)
    return write(made) if made else ""


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "12"), ("en", "id 12"), ("en", "I mean number 12, please"), ("en", "the 12th"), ("de", "Nummer 12"),
        ("de", "12."), ("es", "el número 12"), ("ru", "номер 12"), ("zh", "第12条"), ("zh", "12号"), ("te", "ఐడి 12"), ("te", "12వది"),
    ],
)  # fmt: skip
def test_an_id_completes_the_question(language: str, text: str) -> None:
    assert answered(WHICH, text, language) == "attribute(k=3) where id = 12"


def test_several_ids_complete_it_too() -> None:
    assert answered(WHICH, "12 and 15") == "attribute(k=3) where id = 12 or id = 15"
    assert answered(CHANGE, "30") == "learn where id = 30"


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "“cold soup”"), ("de", "Den Text „cold soup“ bitte"), ("zh", "“cold soup”"), ("es", "«cold soup»")],
)
def test_a_text_in_quotes_completes_the_question(language: str, text: str) -> None:
    assert answered(WHICH, text, language) == 'attribute(k=3) on "cold soup"'


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "positive"),
        ("en", "make it positive, please"),
        ("de", "positiv"),
        ("en", "the second one"),
        ("en", "2nd"),
    ],
)
def test_a_label_completes_the_question_and_the_id_stays(language: str, text: str) -> None:
    assert answered(LABEL, text, language) == "edit_label(label=positive) where id = 12"


@pytest.mark.parametrize(
    ("language", "text", "place"),
    [
        ("en", "the first one", 0), ("en", "yes", 0), ("en", "2", 1), ("en", "3.", 2), ("de", "die zweite", 1), ("de", "Ja, bitte!", 0),
        ("es", "la segunda", 1), ("es", "sí", 0), ("ru", "вторая", 1), ("ru", "да", 0), ("zh", "第二个", 1), ("zh", "是的。", 0),
        ("te", "మొదటిది", 0), ("te", "అవును", 0), ("en", "the third", 2),
    ],
)  # fmt: skip
def test_one_of_the_readings_is_picked(language: str, text: str, place: int) -> None:
    assert answered(UNSURE, text, language) == write(UNSURE.choices[place])


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        (WHICH, "explain 12"), (WHICH, "how many rows are there?"), (WHICH, "why is “cold soup” negative?"), (LABEL, "why positive?"),
        (UNSURE, "9"), (UNSURE, "no"), (WHICH, "yes"), (LABEL, "negative or positive?"), (UNSURE, "first show me id 12"),
    ],
)  # fmt: skip
def test_a_question_of_its_own_stays_one(asked: Clarification, text: str) -> None:
    assert answered(asked, text) == ""
