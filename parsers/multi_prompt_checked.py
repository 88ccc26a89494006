"""A language model writes freely in two prompts; a query that its operation's template refuses is repaired from what was said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import regex

from core.data import Schema
from core.dialogue import Call, Parse, Scalar, Span, Utterance
from core.filters import ById, Or
from models.generation.grammar_decoder import accepts
from parsers.base import Parser, Tools, register
from parsers.multi_prompt import MultiPromptParser
from parsers.notation.canonical_filters import flat
from parsers.notation.grammar import said_grammar
from parsers.notation.shapes import shape
from parsers.prompting.decoding import generator_of, located, read_query
from parsers.prompting.demonstrations import demonstrations
from parsers.prompting.sayable import Said, said
from parsers.prompting.slot_values import values_of
from parsers.rules.pipeline import compose
from parsers.rules.understanding import understand

NAME = "multi_prompt_checked"
_PAIR = regex.compile(r'([A-Za-z_]+)\s*[=:]\s*"?([^"\s,;()]+)')
_QUOTED = regex.compile(r'"((?:[^"\\]|\\.)*)"')


class CheckedMultiPromptParser(MultiPromptParser):
    """`multi_prompt` with validation: the template is the grammar of the named operations with what was said.

    A second answer that does not fit is repaired in this order: its slots keep the values that their domains and the message
    allow; its ids keep the numbers that were said; its custom text is the longest quotation that stands in the message. Where
    neither ids nor a text are left, the rules' filter and custom text take their place.
    """

    name = NAME

    def query(self, answer: str, operations: tuple[str, ...], utterance: Utterance, schema: Schema) -> Parse:
        """The second answer where the template accepts it, else what can be kept of it."""
        message = said(utterance, schema)
        found = read_query(answer)
        if found is not None and accepts(said_grammar(operations, message), f" {answer}"):
            return found
        return repaired(answer, operations, utterance, message)


def repaired(answer: str, operations: Sequence[str], utterance: Utterance, message: Said) -> Parse:
    """What can be kept of an answer that is no query of these operations; the rules' filter and text where it has none."""
    pairs = [(match[1], match[2]) for match in _PAIR.finditer(answer)]
    calls = tuple(Call(name, tuple(_slots(name, pairs, message))) for name in operations)
    ids = list(
        dict.fromkeys(int(value) for name, value in pairs if name == "id" and value in map(str, message.numbers))
    )
    custom = _quotation(answer, utterance) if any(shape(name).text for name in operations) else ()
    if custom or ids:
        return Parse(calls, flat(Or(tuple(map(ById, ids)))) if ids and not custom else None, custom)
    ruled = compose(understand(utterance, message.schema), calls, 1.0, NAME)
    return Parse(calls, ruled.where, ruled.custom)


def _slots(operation: str, pairs: Sequence[tuple[str, str]], message: Said) -> Iterator[tuple[str, Scalar]]:
    for slot in sorted(shape(operation).slots):
        given = [value for name, value in pairs if name == slot]
        known = {str(one): one for one in values_of(operation, slot, message.schema, message).known}
        if given and given[0] in known:
            yield slot, known[given[0]]


def _quotation(answer: str, utterance: Utterance) -> tuple[Span, ...]:
    """The longest quotation of the answer that stands in the message."""
    found = located([Span(match[1], 0, 0) for match in _QUOTED.finditer(answer)], utterance.text)
    return (max(found, key=lambda span: span.end - span.start),) if found else ()


@register(NAME)
def build(tools: Tools) -> Parser:
    """The parser on the generator of the settings."""
    return CheckedMultiPromptParser(generator_of(tools), demonstrations(tools))
