"""The settings of a question as people say them: "occlusion", "top 3", "label: positive"."""

from __future__ import annotations

from agent.words import method_name, quoted
from core.data import Schema
from core.dialogue import Scalar
from core.glossary import glossary
from core.languages import languages
from core.operation import OPERATIONS
from core.words import words_beside
from models.labels.written import ALL

WORDS = words_beside(__file__)
METHOD, TOP, WRITTEN = "method", "k", "written"
OTHER = "other"  # the method that a comparison is made with
SPOKEN, TOPIC, TERM = "language", "topic", "term"
LABELS = ("label", "contrast", "target")  # slots whose value is a label of the task


def setting(name: str, value: Scalar, language: str, schema: Schema | None) -> str:
    """One slot in words; "" for one that needs none."""
    if name == METHOD:
        return method_name(str(value), language)
    if name == TOP:
        return WORDS.say("top", language, number=value)
    if name == WRITTEN and value == ALL:
        return ""
    said = quoted(str(value), language) if name == WRITTEN else _value(name, str(value), language, schema)
    return f"{_word(f'slot.{name}', language, name)}: {said}"


def _value(name: str, value: str, language: str, schema: Schema | None) -> str:
    """A slot's value by its name where something has one, else in a word where there is one."""
    if name == OTHER:
        return method_name(value, language)
    if name == SPOKEN and value in languages():
        return languages()[value].native
    if name == TOPIC:
        return OPERATIONS[value].words.say("title", language) if value in OPERATIONS else value.replace("_", " ")
    if name == TERM:
        known = glossary(language)
        return ", ".join(known[slug].name if slug in known else slug for slug in value.split(", "))
    label = schema.label_in(value, language) if schema and name in LABELS else ""
    return label or _word(f"value.{value}", language, value)


def _word(key: str, language: str, otherwise: str) -> str:
    """A word where there is one, else the name itself."""
    try:
        return WORDS.say(key, language)
    except KeyError:
        return otherwise
