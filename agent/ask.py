"""Questions back and apologies: what is said when a message cannot be carried out as it is."""

from __future__ import annotations

from agent.state import Problem
from agent.words import ERRORS, capabilities, method_name, quoted, say
from core.blocks import Choices, Notice, Text
from core.data import Schema
from core.dialogue import Clarification, Parse, Reply
from core.errors import UserError
from core.filters import ById
from core.languages import shorten
from core.operation import OPERATIONS
from core.settings import ROOT
from core.words import words
from parsers.canonical import write

SHOWN = 60  # characters of a text on a button
METHODS = {"missing_for_method": ("method", "nearest"), "bad_scores": ("method",)}  # facts of errors that are methods


def ask_back(question: Clarification, schema: Schema, language: str) -> Reply:
    """The question, and a button for each reading; general examples where there is none."""
    sentence = say(f"ask.{question.reason}", language, **dict(question.facts))
    choices = [(_label(one, schema, language), write(one)) for one in question.choices] or examples(language)
    labels, queries = zip(*choices, strict=True)
    return Reply((Text(sentence), Choices(tuple(labels), tuple(queries))), language)


def other_readings(parse: Parse, schema: Schema, language: str) -> tuple[Choices, ...]:
    """A button for each other reading that can be carried out; nothing where there is none."""
    known = [one for one in parse.alternatives if one.calls and all(call.operation in OPERATIONS for call in one.calls)]
    if not known:
        return ()
    labels = tuple(_label(one, schema, language) for one in known)
    return (Choices(labels, tuple(map(write, known)), say("reply.otherwise", language)),)


def examples(language: str, limit: int = 3) -> list[tuple[str, str]]:
    """Sample questions of different kinds, with their queries."""
    first = ("attribute", "counterfactual", "mistakes", "influence", "define")
    return [(ask["text"], ask["query"]) for name in first for ask in OPERATIONS[name].words.get("ask", language)[:1]][
        :limit
    ]


def _label(parse: Parse, schema: Schema, language: str) -> str:
    """A reading in a few words: the operations' titles, labels that were said, and what they are about."""
    titles = " + ".join(OPERATIONS[call.operation].words.say("title", language) for call in parse.calls)
    about = [quoted(shorten(span.text, SHOWN), language) for span in parse.custom]
    if isinstance(parse.where, ById):
        about.append(f"{say('column.id', language)} {parse.where.id}")
    elif parse.where is not None:
        about.append(write(Parse((), parse.where)).removeprefix("where "))
    said = [schema.label_in(str(call.slot("label")), language) for call in parse.calls if call.slot("label")]
    return " · ".join([titles, *said, *about])


def tell_problem(problem: Problem, language: str, schema: Schema | None = None) -> Reply:
    """The sentence for an error; an operation in it is said in words, and a label where the schema knows some."""
    facts = dict(problem.facts)
    if schema and facts.get("label") in schema.labels:
        facts["label"] = schema.label_in(facts["label"], language)
    return Reply((Notice("error", sentence(problem.kind, facts, language)),), language)


def say_error(error: UserError, language: str) -> str:
    """The sentence for an error that was raised outside a turn (an upload, say)."""
    return sentence(error.kind, error.facts, language)


def sentence(kind: str, facts: dict[str, str], language: str) -> str:
    """What happened and what would work."""
    if "operation" in facts:
        facts = facts | {"operation": _title(facts["operation"], language)}
    if "capability" in facts:
        facts = facts | {"capability": capabilities(facts["capability"], language)}
    if kind == "not_yet":
        titles = (one.words.say("title", language) for one in OPERATIONS)
        facts = facts | {"known": ", ".join(titles)}
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
    """An operation's title; operations that only have words so far have one, too."""
    path = ROOT / "operations" / f"{name}.toml"
    return words(path).say("title", language) if path.exists() else name
