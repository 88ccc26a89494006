"""Questions about one of our own operations as a term: "counterfactuals: what are those?"."""

from __future__ import annotations

from collections.abc import Iterable

from parsers.rules.understanding import Understood
from parsers.texts.segments import words
from parsers.words.lexicon import Mention, mentions

BESIDE = 4  # words beside the term and what asks for its meaning; more make another question of it


def term_asked(seen: Understood) -> str:
    """The operation whose meaning is asked for, in a message that asks nothing else; "" for any other message."""
    asking, topics = mentions("meaning", seen.text), mentions("topics", seen.text)
    if not asking or any(number.sure for number in seen.numbers):
        return ""
    named = [one for one in topics if not any(one.start < other.end and other.start < one.end for other in asking)]
    alone = len({one.value for one in named}) == 1 and words(_without(seen.text, (*asking, *named))) <= BESIDE
    return named[0].value if alone else ""


def only_asks(text: str) -> bool:
    """Whether a stretch is a question about something said beside it: no text of anybody's own."""
    asking = mentions("meaning", text)
    return bool(asking) and not words(_without(text, asking))


def _without(text: str, taken: Iterable[Mention]) -> str:
    for one in taken:
        text = text[: one.start] + " " * (one.end - one.start) + text[one.end :]
    return text
