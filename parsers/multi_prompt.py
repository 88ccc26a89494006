"""A language model writes freely: first the operation, then in a second prompt the query with its slots."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from core.data import Schema
from core.dialogue import Call, Parse, Utterance
from models.base import Generator
from parsers.base import Parser, Tools, register
from parsers.guided_multi_prompt import SHOWN_FIRST, SHOWN_SECOND, TOKENS
from parsers.notation.shapes import names
from parsers.prompting.decoding import generator_of, read_query, settled, with_alternatives, written
from parsers.prompting.demonstrations import Demonstration, Demonstrations, demonstrations
from parsers.prompting.prompts import operation_prompt, plain, query_prompt
from parsers.rules.understanding import understand

NAME = "multi_prompt"
TOKENS_QUERY = 96  # of a query with a custom text of a sentence or two
CLOSE = 0.5  # likeness of letters (difflib's ratio) from which on a word stands for an operation's name
OTHERS = 2


class MultiPromptParser:
    """Two free answers, on any generator. What the first says is matched to the most similar operation name; a second answer
    that is no query, or one of other operations, leaves the operation without slots.

    Free text has no probabilities: confidence is the share of the shown demonstrations that name the same operation, and
    alternatives are the other operations among them, their slots filled by the rules.
    """

    name = NAME

    def __init__(self, generator: Generator, known: Demonstrations) -> None:
        self._generator = generator
        self._known = known

    def parse(self, utterance: Utterance, schema: Schema) -> Parse:
        """The reading of the utterance, with the next best ones."""
        if typed := written(utterance, self.name):
            return typed
        masked = understand(utterance, schema).masked
        shown = self._known.near(masked, SHOWN_FIRST)
        operations = named(self._line(plain(operation_prompt(shown, utterance)), TOKENS)) or shown[-1].operations
        prompt = query_prompt(self._known.near(masked, SHOWN_SECOND, operations), utterance)
        query = self.query(self._line(plain(prompt), TOKENS_QUERY), operations, utterance, schema)
        parse = settled(query, utterance, schema, agreement(shown, operations), self.name)
        rest = dict.fromkeys(one.operations for one in reversed(shown))
        others = [(one, agreement(shown, one)) for one in rest if one != operations][:OTHERS]
        return with_alternatives(parse, others, utterance, schema)

    def query(self, answer: str, operations: tuple[str, ...], utterance: Utterance, schema: Schema) -> Parse:
        """The query that the second answer is, or the bare operations."""
        found = read_query(answer)
        same = found is not None and tuple(call.operation for call in found.calls) == operations
        return found if found is not None and same else Parse(tuple(map(Call, operations)))

    def _line(self, prompt: str, tokens: int) -> str:
        """The first line of the continuation, without the name of the line where the model repeats it."""
        lines = self._generator.generate(prompt, tokens, 0).strip().splitlines()
        return lines[0].removeprefix("Operation:").removeprefix("Query:").strip() if lines else ""


def named(answer: str) -> tuple[str, ...]:
    """The operations that the answer names, each once: exactly or by the most similar name."""
    parts = [part.strip().split("(")[0].strip(" .`\"'").lower() for part in answer.split(";")]
    close = [difflib.get_close_matches(part, names(), n=1, cutoff=CLOSE) for part in parts if part]
    return tuple(dict.fromkeys(one for found in close for one in found))


def agreement(shown: Sequence[Demonstration], operations: tuple[str, ...]) -> float:
    """The share of the demonstrations that ask for these operations."""
    return sum(one.operations == operations for one in shown) / len(shown)


@register(NAME)
def build(tools: Tools) -> Parser:
    """The parser on the generator of the settings."""
    return MultiPromptParser(generator_of(tools), demonstrations(tools))
