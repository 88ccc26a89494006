"""A language model writes the canonical query under its grammar, after the demonstrations most like the question."""

from __future__ import annotations

from functools import lru_cache

from core.data import Schema
from core.dialogue import Parse, Utterance
from models.generation.grammar_decoder import GrammarWriter, Written
from parsers.base import Parser, Tools, register
from parsers.notation.canonical import write
from parsers.notation.grammar import names_grammar, query_grammar
from parsers.prompting.decoding import operations_of, read_query, settled, with_alternatives, writer_of, written
from parsers.prompting.demonstrations import Demonstrations, demonstrations
from parsers.prompting.prompts import query_prompt
from parsers.rules.understanding import understand

NAME = "guided"
SHOWN = 8  # demonstrations; the prompt is most of the cost
TOKENS, MOST = 64, 600  # tokens of a query beside the message's own, and at most
RIVAL = 0.05  # another first token is followed from this probability on


class GuidedParser:
    """One prompt, one query. The grammar knows operations, slots and domains; what was not said is dropped by the check.

    Confidence is the product of the probabilities, among the tokens that the grammar allows, of all that spells operations and
    slots; custom texts and filters do not count, since a long text would always be unsure. Alternatives are the operations that
    begin with another likely token, their slots filled by the rules. Where the query breaks off before it can be read, the
    nearest demonstration's operation stands for it, with confidence 0.
    """

    name = NAME

    def __init__(self, writer: GrammarWriter, known: Demonstrations) -> None:
        self._writer = writer
        self._known = known
        self._grammar = lru_cache(maxsize=4)(query_grammar)

    def parse(self, utterance: Utterance, schema: Schema) -> Parse:
        """The reading of the utterance, with the next best ones."""
        if typed := written(utterance, self.name):
            return typed
        shown = self._known.near(understand(utterance, schema).masked, SHOWN)
        prompt = query_prompt(shown, utterance)
        said = self._writer.write(prompt, self._grammar(schema), budget(utterance))
        query = read_query(said.text) or read_query("; ".join(shown[-1].operations))
        if query is None:
            raise ValueError(f"operations cannot be read: {shown[-1].operations}")
        sure = said.probability(end_of_calls(query, said)) if said.text else 0.0
        others = []
        for token, share in said.rivals:
            if share >= RIVAL:
                other = self._writer.write(prompt, names_grammar(), TOKENS, token)
                others.append((operations_of(other.text), share * other.probability()))
        return with_alternatives(settled(query, utterance, schema, sure, self.name), others, utterance, schema)


def budget(utterance: Utterance) -> int:
    """How many tokens a query may take: it may hold the whole message."""
    return min(MOST, TOKENS + len(utterance.text.encode("utf-8", "replace")))


def end_of_calls(query: Parse, said: Written) -> int:
    """Where the operations and their slots end [character] in what was written."""
    return len(said.text) - len(said.text.lstrip()) + len(write(Parse(query.calls)))


@register(NAME)
def build(tools: Tools) -> Parser:
    """The parser on the generator of the settings."""
    return GuidedParser(writer_of(tools), demonstrations(tools))
