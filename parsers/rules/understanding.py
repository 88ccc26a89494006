"""What rules see in an utterance before anybody knows the operation: custom texts, numbers, and the request without the texts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import regex

from core.data import Schema
from core.dialogue import Span, Utterance
from core.errors import UserError
from parsers.numbers.numerals import Number
from parsers.numbers.ranges import with_ranges
from parsers.numbers.roles import find_numbers
from parsers.texts.custom_text import SHORT, find
from parsers.texts.masked import masked
from parsers.texts.quotes import Pair, pairs
from parsers.texts.segments import words
from parsers.words.lexicon import mentions
from parsers.words.sentences import elsewhere

COURTEOUS = 1  # words beside "thanks" that ask for nothing
ASKING = ("requests", "operations", "data", "commands")  # words that do, alone too: "thanks undo"
_NEXT_WORD = regex.compile(r"[,.;!،؛，。；！।]\s*[\p{L}\p{N}]")


@dataclass(frozen=True)
class Understood:
    """`request` is the text with custom texts blanked, of the same length; `quoted` are all quotations; spans are characters."""

    text: str
    language: str
    schema: Schema
    custom: tuple[Span, ...]
    request: str
    numbers: tuple[Number, ...]
    quoted: tuple[Pair, ...]

    @property
    def masked(self) -> str:
        """The request for a reader: numbers are 0, custom texts a mark; a quoted word or two stays, it may be a term."""
        own = [(span.start, span.end) for span in self.custom if words(span.text) > SHORT]
        return masked(self.text, own).text

    @property
    def courtesy(self) -> str:
        """ "thanks", "hello" or "goodbye" where the message says that and at most a word more; else "".

        A word behind a comma or a stop asks for something: "thanks, undo", unless it is praise as in "thanks, perfect".
        """
        said = mentions("courtesies", self.request) if not self.custom else ()
        if not said:
            return ""
        taken = [(one.start, one.end) for one in (*said, *mentions("praise", self.request))]
        rest = blanked(self.request, taken)
        asks = any(mentions(section, rest) for section in ASKING) or _NEXT_WORD.search(rest, said[0].end)
        return said[0].value if words(rest) <= COURTEOUS and not asks else ""


def understand(utterance: Utterance, schema: Schema, spans: Sequence[Span] | None = None) -> Understood:
    """What the rules see; `spans` in place of the delimiter rules where a reader has found the custom text.

    Raises UserError("empty_message"). How long a message may be is settled at the front door (agent/understand.py).
    """
    text = utterance.text
    if not text.strip() and not utterance.fields:
        raise UserError("empty_message")
    custom = _form(utterance) or tuple(find(text, schema) if spans is None else spans)
    request = blanked(text, [(span.start, span.end) for span in custom])
    languages = tuple(dict.fromkeys((utterance.language, "en")))
    numbers = _about(text, custom, _numbers(request, languages))
    return Understood(text, utterance.language, schema, custom, request, numbers, pairs(text))


def _numbers(request: str, languages: Sequence[str]) -> tuple[Number, ...]:
    """Numbers that count or name something; those of a precision ("4 bit"), of "like I'm 5" or of "再来一次" do neither.

    "12 more simply" and "12 token by token" count nothing.
    """
    readers = mentions("audience", request)
    taken = [*mentions("precisions", request), *readers, *mentions("follow_ups", request)]
    found = find_numbers(request, languages)
    if not mentions("beside", request):  # "compare id 5 to id 8" names two
        found = with_ranges(request, found)
    free = [one for one in found if not any(one.start < other.end and other.start < one.end for other in taken)]
    manners = (*readers, *mentions("granularity", request))
    told = {place for manner in manners for place in (manner.start, manner.start - 1)}
    return tuple(replace(one, is_count=one.is_count and one.end not in told) for one in free)


def _about(text: str, custom: Sequence[Span], numbers: Sequence[Number]) -> tuple[Number, ...]:
    """The numbers without those of an earlier sentence that counts nothing: "forget 12. What of “…”?"; a comparison means both."""
    if not custom or custom[0].start == custom[0].end or mentions("beside", text):
        return tuple(numbers)
    return tuple(one for one in numbers if one.is_count or not elsewhere(text, one.start, one.end, custom[0].start))


def _form(utterance: Utterance) -> tuple[Span, ...]:
    """Texts of the form's fields; they stand nowhere in the message, so their spans are empty, at its end."""
    end = len(utterance.text)
    return tuple(Span(text, end, end, field) for field, text in utterance.fields if text.strip())


def blanked(text: str, stretches: Iterable[tuple[int, int]]) -> str:
    """The text with spaces in the place of these stretches, so that all others stay where they are."""
    for start, end in stretches:
        text = text[:start] + " " * (end - start) + text[end:]
    return text
