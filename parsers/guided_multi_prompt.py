"""A language model names the operation, then writes its query, both under a grammar that holds only what was said."""

from __future__ import annotations

from collections.abc import Sequence

from core.data import Schema
from core.dialogue import Parse, Utterance
from models.generation.grammar_decoder import GrammarWriter, Written
from models.prompts.prompting import Piece
from parsers.base import Parser, Tools, register
from parsers.guided import RIVAL, budget, end_of_calls
from parsers.notation.grammar import names_grammar, said_grammar
from parsers.notation.shapes import shape
from parsers.prompting.decoding import operations_of, read_query, settled, with_alternatives, writer_of, written
from parsers.prompting.demonstrations import Demonstrations, demonstrations
from parsers.prompting.prompts import operation_prompt, query_prompt
from parsers.prompting.sayable import Said, said
from parsers.rules.understanding import understand

NAME = "guided_multi_prompt"
SHOWN_FIRST, SHOWN_SECOND = 8, 4  # demonstrations of any operation, and of the one that was named
TOKENS = 24  # of up to three operations' names


class GuidedMultiPromptParser:
    """Valid by construction: numbers are those in the message (digits or words), labels and methods those that it names, own
    texts stretches of it; a number that clearly counts is no id, and the other way round; several operations need words that
    join them. Operations that take nothing need no second prompt.

    Confidence is the product of both stages' probabilities among the tokens allowed, custom texts and filters left out;
    alternatives are the operations that begin with another likely token, their slots filled by the rules.
    """

    name = NAME

    def __init__(self, writer: GrammarWriter, known: Demonstrations) -> None:
        self._writer = writer
        self._known = known

    def parse(self, utterance: Utterance, schema: Schema) -> Parse:
        """The reading of the utterance, with the next best ones."""
        if typed := written(utterance, self.name):
            return typed
        message, masked = said(utterance, schema), understand(utterance, schema).masked
        grammar = names_grammar(message.several)
        shown = self._known.near(masked, SHOWN_FIRST)
        prompt = operation_prompt(shown, utterance)
        first = self._writer.write(prompt, grammar, TOKENS)
        operations = operations_of(first.text) or shown[-1].operations
        second = self._query(operations, masked, utterance, message)
        query = read_query(second.text) or read_query("; ".join(operations))
        if query is None:
            raise ValueError(f"operations cannot be read: {operations}")
        sure = first.probability() * second.probability(end_of_calls(query, second)) if first.text else 0.0
        others = [self._rival(prompt, grammar, token, share) for token, share in first.rivals if share >= RIVAL]
        return with_alternatives(settled(query, utterance, schema, sure, self.name), others, utterance, schema)

    def _query(self, operations: tuple[str, ...], masked: str, utterance: Utterance, message: Said) -> Written:
        """The query of these operations; nothing is written where they take nothing."""
        shapes = [shape(name) for name in operations]
        if not any(known.slots or known.ids or known.text or known.where for known in shapes):
            return Written("")
        shown = self._known.near(masked, SHOWN_SECOND, operations)
        grammar = said_grammar(operations, message)
        return self._writer.write(query_prompt(shown, utterance), grammar, budget(utterance))

    def _rival(self, prompt: Sequence[Piece], grammar: str, token: int, share: float) -> tuple[tuple[str, ...], float]:
        other = self._writer.write(prompt, grammar, TOKENS, token)
        return operations_of(other.text), share * other.probability()


@register(NAME)
def build(tools: Tools) -> Parser:
    """The parser on the generator of the settings."""
    return GuidedMultiPromptParser(writer_of(tools), demonstrations(tools))
