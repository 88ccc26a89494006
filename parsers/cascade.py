"""The encoder's reading where it is sure, else that of a language model under a grammar."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property

from core.data import Schema
from core.dialogue import Parse, Utterance
from parsers import encoder, guided_multi_prompt
from parsers.base import Parser, Tools, register
from parsers.prompting.decoding import generator_of
from parsers.rules.pipeline import ALTERNATIVES

NAME = "cascade"
SURE = 0.6  # calibrated confidence from which on the encoder's reading stands; below .45 the chat would ask back


class CascadeParser:
    """Milliseconds where the first parser is sure, seconds where it is not; the second is built when it is first needed.

    Confidence and alternatives are those of the parser that read; the first one's reading is the first alternative to the second's.
    """

    name = NAME

    def __init__(self, first: Parser, second: Callable[[], Parser]) -> None:
        self._first = first
        self._build = second

    @cached_property
    def _second(self) -> Parser:
        return self._build()

    def parse(self, utterance: Utterance, schema: Schema) -> Parse:
        """The reading of the utterance, with the next best ones."""
        quick = self._first.parse(utterance, schema)
        if quick.confidence >= SURE:
            return replace(quick, parser=self.name)
        slow = self._second.parse(utterance, schema)
        others = [one for one in (replace(quick, alternatives=()), *slow.alternatives) if not _same(one, slow)]
        return replace(slow, parser=self.name, alternatives=tuple(others[:ALTERNATIVES]))


def _same(one: Parse, other: Parse) -> bool:
    return (one.calls, one.where, one.custom) == (other.calls, other.where, other.custom)


@register(NAME)
def build(tools: Tools) -> Parser:
    """The default parser, and the language model behind it. Raises UserError("missing_capability") without a generator."""
    if tools.generator is None:
        generator_of(tools)
    return CascadeParser(encoder.build.build(tools), lambda: guided_multi_prompt.build.build(tools))
