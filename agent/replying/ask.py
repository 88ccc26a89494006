"""Questions back and apologies: what is said when a message cannot be carried out as it is."""

from __future__ import annotations

from collections.abc import Iterable

from agent.replying.samples import examples
from agent.replying.settings_said import setting
from agent.resolving.query import possible
from agent.state import Problem
from agent.telling.base import word
from agent.words import ERRORS, capabilities, method_name, quoted, say
from agent.words import listed as in_a_row
from core.blocks import Choices, Notice, Text
from core.data import Dataset, Schema
from core.dialogue import Clarification, Parse, Reply
from core.errors import UserError
from core.filters import listed
from core.languages import shorten
from core.operation import OPERATIONS
from parsers.notation.canonical import write
from parsers.notation.canonical_filters import write_filter

SHOWN = 60  # characters of a text on a button
SAMPLES = 3  # general questions that are offered
LABELS = ("label", "known", "nearest", "own", "data")  # facts of errors that can be labels
FIELDS = ("field", "fields")
METHODS = {"missing_for_method": ("method", "nearest"), "bad_scores": ("method",)}  # facts of errors that are methods


def ask_back(question: Clarification, data: Dataset, language: str) -> Reply:
    """The question, and a button for each reading; general examples where there is none."""
    facts = {name: _title(fact, language) if name == "operation" else fact for name, fact in question.facts}
    choices = _buttons(question.choices, data.schema, language) or examples(data, language, SAMPLES)
    labels, queries = zip(*choices, strict=True)
    return Reply((Text(say(f"ask.{question.reason}", language, **facts)), Choices(tuple(labels), queries)), language)


def other_readings(parse: Parse, schema: Schema, language: str) -> tuple[Choices, ...]:
    """A button for each other reading that can be carried out; nothing where there is none."""
    choices = _buttons(possible(parse), schema, language)
    if not choices:
        return ()
    labels, queries = zip(*choices, strict=True)
    return (Choices(labels, queries, say("reply.otherwise", language)),)


def _buttons(readings: Iterable[Parse], schema: Schema, language: str) -> list[tuple[str, str]]:
    """What each reading is called, and its query; of those called alike the first."""
    made = {_label(one, schema, language): write(one) for one in reversed(tuple(readings))}
    return list(reversed(made.items()))


def _label(parse: Parse, schema: Schema, language: str) -> str:
    """A reading in a few words: the operations' titles, the settings that were said, and what they are about."""
    titles = " + ".join(_title(call.operation, language) for call in parse.calls)
    said = [setting(name, value, language, schema) for call in parse.calls for name, value in call.slots]
    about = [quoted(shorten(span.text, SHOWN), language) for span in parse.custom]
    if ids := listed(parse.where):
        about.append(f"{say('column.id', language)} {in_a_row(list(map(str, ids)), language)}")
    elif parse.where is not None:
        about.append(write_filter(parse.where))
    return " · ".join(part for part in (titles, *said, *about) if part)


def tell_problem(problem: Problem, language: str, schema: Schema | None = None) -> Reply:
    """The sentence for an error."""
    return Reply((Notice("error", _told(problem, language, schema)),), language)


def problem_beside(operation: str, problem: Problem, language: str, schema: Schema) -> Notice:
    """The sentence for an error of one operation, where others of the same message were answered."""
    told = _told(problem, language, schema)
    return Notice("error", say("reply.beside", language, operation=_title(operation, language), problem=told))


def _told(problem: Problem, language: str, schema: Schema | None) -> str:
    """What happened; labels and fields in it are called as people call them where the schema knows some."""
    facts = dict(problem.facts)
    if schema:
        facts |= {name: _labels(facts[name], schema, language) for name in LABELS if name in facts}
    facts |= {name: _columns(facts[name], language) for name in FIELDS if name in facts}
    return sentence(problem.kind, facts, language)


def _labels(said: str, schema: Schema, language: str) -> str:
    """Labels with commas between, as people say them; what is no label as it stands."""
    parts = said.split(", ")
    return in_a_row([schema.label_in(part, language) if part in schema.labels else part for part in parts], language)


def _columns(said: str, language: str) -> str:
    return in_a_row([word("column", name, language) for name in said.split(", ")], language)


def say_error(error: UserError, language: str) -> str:
    """The sentence for an error that was raised outside a turn (an upload, say)."""
    return sentence(error.kind, error.facts, language)


def sentence(kind: str, facts: dict[str, str], language: str) -> str:
    """What happened and what would work."""
    if "operation" in facts:
        facts = facts | {"operation": _title(facts["operation"], language)}
    if "capability" in facts:
        facts = facts | {"capability": capabilities(facts["capability"], language)}
    if "reason" in facts:
        facts = facts | {"reason": _reason(facts, language)}
    methods = {name: method_name(facts[name], language) for name in METHODS.get(kind, ())}
    return ERRORS.say(kind, language, **facts | methods)


def _reason(facts: dict[str, str], language: str) -> str:
    """A reason in words where core/errors.toml has some; else as a library said it."""
    try:
        return ERRORS.say(f"reason.{facts['reason']}", language, **facts)
    except KeyError:
        return facts["reason"]


def _title(name: str, language: str) -> str:
    """An operation's title; a name that is none as it stands."""
    return OPERATIONS[name].words.say("title", language) if name in OPERATIONS else name
