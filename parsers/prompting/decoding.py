"""What all language-model parsers share: from a decoded query to a checked Parse, and the operations it might have been."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from core.data import Schema
from core.dialogue import Call, Parse, Span, Utterance
from core.errors import UserError
from models.base import GENERATE, Generator
from models.generation.grammar_decoder import GrammarWriter
from parsers.base import Tools
from parsers.notation.canonical import is_query, read
from parsers.notation.coxql import is_coxql
from parsers.notation.shapes import names
from parsers.prompting.sayable import whole
from parsers.rules.check import check
from parsers.rules.pipeline import ALTERNATIVES, compose
from parsers.rules.understanding import understand

GRAMMAR = "grammar"  # the capability to be held to a grammar


def written(utterance: Utterance, name: str) -> Parse | None:
    """The parse of a message that is a query already."""
    parse = None if utterance.fields else is_query(utterance.text) or is_coxql(utterance.text)
    return replace(parse, confidence=1.0, parser=name) if parse else None


def settled(query: Parse, utterance: Utterance, schema: Schema, confidence: float, name: str) -> Parse:
    """The decoded query as a reading: custom texts found in the message (or the form's), what was not said dropped."""
    spans = located(query.custom, utterance.text)
    seen = understand(utterance, schema, spans)
    calls = tuple({call.operation: call for call in reversed(query.calls)}.values())[::-1]
    parse = Parse(calls, query.where, seen.custom, round(min(confidence, 1.0), 4), name)
    return check(parse, seen)


def located(texts: Iterable[Span], message: str) -> tuple[Span, ...]:
    """The texts as places in the message, without spaces at their borders; those that stand nowhere in it are left out."""
    found = []
    for span in texts:
        text = span.text.strip()
        start = whole(message).find(text) if text else -1
        if start < 0:
            start = message.casefold().find(text.casefold()) if len(message.casefold()) == len(message) and text else -1
        if start >= 0:
            found.append(Span(message[start : start + len(text)], start, start + len(text), span.field))
    return tuple(found)


def with_alternatives(
    parse: Parse, others: Iterable[tuple[Sequence[str], float]], utterance: Utterance, schema: Schema
) -> Parse:
    """The parse with the next best operations, given with their probabilities; their slots are filled by the rules."""
    found: list[Parse] = []
    seen = understand(utterance, schema)
    taken = {tuple(call.operation for call in parse.calls)}
    for operations, share in others:
        if tuple(operations) not in taken:
            taken.add(tuple(operations))
            found.append(compose(seen, [Call(one) for one in operations], share, parse.parser))
    return replace(parse, alternatives=tuple(found[:ALTERNATIVES]))


def operations_of(text: str) -> tuple[str, ...]:
    """The known operations in "predict; attribute", each once."""
    return tuple(dict.fromkeys(one for part in text.split(";") if (one := part.strip()) in names()))


def read_query(text: str) -> Parse | None:
    """The canonical query, or None where it is none."""
    try:
        return read(text.strip())
    except UserError:
        return None


def generator_of(tools: Tools) -> Generator:
    """The generator that reads. Raises UserError("missing_capability") where there is none, and what loading raises."""
    if tools.generator is None:
        raise UserError("missing_capability", model=tools.encoder.name, capability=GENERATE)
    return tools.generator()


def writer_of(tools: Tools) -> GrammarWriter:
    """The same, able to keep to a grammar. Raises UserError("missing_capability") where it is not."""
    found = generator_of(tools)
    if not isinstance(found, GrammarWriter):
        raise UserError("missing_capability", model=found.name, capability=GRAMMAR)
    return found
