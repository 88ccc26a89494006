"""What a message says: the only numbers, labels and texts that a query about it may hold."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import regex

from core.data import Schema
from core.dialogue import SAME, Call, Parse, Scalar, Utterance
from parsers.notation.scanner import quoted
from parsers.notation.shapes import shape
from parsers.rules.check import check
from parsers.rules.clauses import clauses
from parsers.rules.data_language import languages_in
from parsers.rules.slots import fill
from parsers.rules.understanding import Understood, understand
from parsers.texts.custom_text import find
from parsers.words.lexicon import label_mentions

# words are cut nowhere inside; letters of scripts that put no spaces between words stand alone
_CHUNK = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]\p{M}*|[\p{L}\p{M}\p{N}]+|\X", regex.DOTALL
)


@dataclass(frozen=True)
class Said:
    """A message with nothing taken out, since nobody knows yet which words are the custom text."""

    seen: Understood

    @property
    def schema(self) -> Schema:
        """The task."""
        return self.seen.schema

    @cached_property
    def numbers(self) -> tuple[int, ...]:
        """Every number, in digits or words, once."""
        return tuple(dict.fromkeys(number.value for number in self.seen.numbers))

    @cached_property
    def ids(self) -> tuple[int, ...]:
        """The numbers that may name an instance: all but those that count something."""
        return tuple(dict.fromkeys(number.value for number in self.seen.numbers if not number.is_count))

    def counts(self, operation: str) -> tuple[int, ...]:
        """The numbers that may count something: all but those that name an instance, as a lone number without a cue does."""
        free = [number for number in self.seen.numbers if not number.is_id]
        lone = len(self.numbers) == 1 and shape(operation).ids and operation != SAME
        return tuple(dict.fromkeys(number.value for number in free if number.is_count or not lone))

    @cached_property
    def delimited(self) -> bool:
        """Whether quotes, a colon or a line of its own mark a custom text: then it may be a single word."""
        return bool(find(self.seen.text, self.schema))

    @cached_property
    def several(self) -> bool:
        """Whether the words join several operations."""
        return bool(clauses(self.seen))

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """The labels that are named, in any language's words."""
        return tuple(dict.fromkeys(found.value for found in label_mentions(self.seen.request, self.schema)))

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """The languages that are named, in any language's words, by their codes."""
        return tuple(dict.fromkeys(found.value for found in languages_in(self.seen.request)))

    @cached_property
    def chunks(self) -> tuple[str, ...]:
        """The message in pieces that a custom text may begin and end with, written as in JSON; none where a form holds the texts."""
        return () if self.seen.custom else tuple(quoted(piece)[1:-1] for piece in pieces(whole(self.seen.text)))

    def allows(self, operation: str, slot: str, value: Scalar) -> bool:
        """Whether the check would keep this value of a slot."""
        kept = check(Parse((Call(operation, ((slot, value),)),)), self.seen)
        return kept.calls[0].slot(slot) == value

    def ruled(self, operation: str, slot: str) -> Scalar | None:
        """The value that the rules see in the words."""
        return fill(Call(operation), self.seen).slot(slot)


def said(utterance: Utterance, schema: Schema) -> Said:
    """What the message says. Raises UserError("empty_message")."""
    return Said(understand(utterance, schema, ()))


def pieces(text: str) -> list[str]:
    """The text cut into words, signs, and letters of scripts without spaces; nothing is lost."""
    return [match.group() for match in _CHUNK.finditer(text)]


def whole(text: str) -> str:
    """The text without halves of surrogate pairs, which no tokenizer takes; of the same length."""
    return text.encode("utf-8", "replace").decode()
