"""Which words of a text does a rationale name? By word form, whatever the case; in quotes, or long enough to be meant."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence, Set

import regex

from core.data import Instance
from core.explanations import Token
from core.languages import graphemes
from core.script import is_word, unspaced, word_goes_on
from explainers.edits.text import words_of
from explainers.keywords import stop_words

LONG = 5  # graphemes from which a word outside quotes is no mere "the" or "with"
LONG_FREE = 2  # the same for scripts without spaces
QUOTED = regex.compile(
    r"“([^“”„]*)”|„([^“”„]*)[“”]|«([^«»]*)»|»([^«»]*)«|「([^「」]*)」|\"([^\"]*)\"|(?<!\w)['‘’]([^'‘’]*)['‘’](?!\w)"
)


def cited(said: str, tokens: Sequence[Token], instance: Instance, labels: Sequence[str]) -> tuple[Token, ...]:
    """The tokens (words of the text) that `said` names, in reading order; a label is the answer and no word of the text."""
    names = {plain(label) for label in labels}
    unmeant = names | stop_words().get(instance.language, frozenset())
    quotes = [quote for quote in quotes_in(said) if plain(quote) not in names]
    outside = QUOTED.sub(" ", said)
    found = {quote: [*_everywhere(quote, instance)] for quote in quotes}
    spans = [span for places in found.values() for span in places]
    lost = [quote for quote, places in found.items() if not places]
    forms = {plain(word) for quote in lost for word in words_of(quote)} | set(_long(outside))
    forms = forms - unmeant | {plain(quote) for quote in quotes}
    loose = plain(" ".join([outside, *lost]))
    return tuple(
        token
        for token in tokens
        if is_word(token.text) and (_inside(token, spans) or _named(plain(token.text), forms, loose, unmeant))
    )


def quotes_in(said: str) -> list[str]:
    """What stands in quotes, of any language's kind."""
    return [inner for match in QUOTED.finditer(said) if (inner := next((g for g in match.groups() if g), "").strip())]


def plain(text: str) -> str:
    """The form in which words are compared: NFC, no case, nothing around it."""
    return unicodedata.normalize("NFC", text).casefold().strip(" .,;:!?…。，、！？：；\t\n")


def _long(outside: str) -> Iterator[str]:
    """Words outside quotes that are long enough to be meant."""
    return (plain(word) for word in words_of(outside) if len(graphemes(word)) >= LONG)


def _named(word: str, forms: set[str], loose: str, unmeant: Set[str]) -> bool:
    """Whether a word is among the forms named; of a script without spaces, whether it stands anywhere in what is said."""
    if unspaced(word):
        return len(graphemes(word)) >= LONG_FREE and word not in unmeant and word in loose
    return word in forms


def _everywhere(quote: str, instance: Instance) -> Iterator[tuple[str, int, int]]:
    """Where a quote stands in any field: a quote that stands nowhere is taken word by word."""
    return (span for field, text in instance.fields for span in _places(field, text, quote))


def _places(field: str, text: str, quote: str) -> Iterator[tuple[str, int, int]]:
    """Where a quote stands in the text, word for word. Lower case may change lengths: then only the exact form is found."""
    low, wanted = text.casefold(), quote.strip(" .,;:!?…。，、！？：；").casefold()
    if len(low) != len(text):
        low, wanted = text, quote
    start = low.find(wanted) if wanted else -1
    while start >= 0:
        end = start + len(wanted)
        if unspaced(wanted) or not (word_goes_on(text, start) or word_goes_on(text, end)):
            yield field, start, end
        start = low.find(wanted, end)


def _inside(token: Token, spans: Sequence[tuple[str, int, int]]) -> bool:
    return any(token.field == field and start < token.end and token.start < end for field, start, end in spans)
