"""From an explanation to an answer: blocks in the user's language, one function a kind of explanation."""

from __future__ import annotations

from collections.abc import Sequence

import agent.telling
from agent.replying.badge import badge
from agent.replying.suggest import suggestions
from agent.replying.validation_note import validated
from agent.resolving.query import of_request
from agent.state import Answer
from agent.telling.base import TELLERS, Teller
from agent.telling.cards import entry
from agent.words import capabilities, listed, method_name, number, quoted, say
from core.blocks import Block, Fold, Notice, Plot, Rows
from core.data import Schema
from core.dialogue import Reply
from core.explanations import Attribution, Explanation
from core.operation import OPERATIONS
from core.registry import discover
from core.validated import Validated
from explainers.base import EXPLAINERS

FIGURES = {"value": 2, "gap": 3}  # facts of notes that are numbers, with their digits
METHODS = ("method", "used")  # facts of notes that can be a method

discover(agent.telling)


def reply(answers: tuple[Answer, ...], schema: Schema, language: str, known: Sequence[Validated] = ()) -> Reply:
    """One answer to everything that was asked in a message; what two answers both show stands there once.

    `known` are validated configurations, none of which says nothing.
    """
    blocks: list[Block] = []
    for answer in answers:
        made = _blocks(answer, schema, language, known)
        blocks += [block for block in made if not (isinstance(block, Rows | Plot | Notice) and block in blocks)]
    if len(answers) == 1:
        blocks += suggestions(answers[0], language)
    return Reply(tuple(blocks), language, of_request(tuple(answer.request for answer in answers)))


def _blocks(answer: Answer, schema: Schema, language: str, known: Sequence[Validated]) -> list[Block]:
    made = answer.explanation
    teller = Teller(OPERATIONS[answer.request.operation].words, schema, language)
    notes: list[Block] = [_note(teller, key, dict(facts)) for key, facts in made.provenance.notes]
    judged = badge(answer.faithfulness, language) + (validated(answer, known, language) if known else [])
    return notes + TELLERS[type(made)](teller, made) + judged + [_details(answer, language)]


def _note(teller: Teller, key: str, facts: dict[str, str]) -> Notice:
    """What must be said about how an answer came about, each fact in it as people say it."""
    named = {name: _said(name, fact, teller) for name, fact in facts.items()}
    return Notice("note", say(f"note.{key}", teller.language, **named))


def _said(name: str, fact: str, teller: Teller) -> str:
    """A fact of a note: labels, methods, what a model lacks, and figures in words and numbers of the language."""
    if name == "label":
        return teller.label(fact)
    if name == "labels":
        return listed([quoted(teller.label(label), teller.language) for label in fact.split(", ")], teller.language)
    if name == "capability":
        return capabilities(fact, teller.language)
    if name in METHODS and fact in EXPLAINERS:
        return method_name(fact, teller.language)
    if name in FIGURES:
        return number(float(fact), teller.language, FIGURES[name], sign=name == "value")
    return fact


def _details(answer: Answer, language: str) -> Fold:
    """Provenance, folded: model, revision, precision, seed, costs and versions."""
    stamp = answer.explanation.provenance
    entries = [
        ("model", f"{stamp.model} @ {stamp.revision}" if stamp.model else ""),
        ("precision", stamp.precision),
        ("method", _method(answer.explanation)),
        ("dataset", f"{stamp.dataset} @ {stamp.dataset_revision}"),
        ("seed", str(stamp.seed)),
        ("seconds", number(stamp.seconds, language)),
        ("model_calls", str(stamp.model_calls) if stamp.model else ""),
        ("versions", ", ".join(f"{name} {release}" for name, release in stamp.versions)),
    ]
    rows = tuple((say(f"reply.{key}", language), text) for key, text in entries if text)
    if stamp.weights:
        made_of = entry("weights", stamp.weights, language)
        rows = (*rows, (OPERATIONS["model_card"].words.say("fact.weights", language), made_of))
    return Fold(say("reply.details", language), (Rows(("", ""), rows),))


def _method(made: Explanation) -> str:
    if not isinstance(made, Attribution):
        return ""
    parts = [made.method, made.baseline]
    return " · ".join(part for part in parts if part)
