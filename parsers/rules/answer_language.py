"""The language that an answer is wanted in: "explain 12 in German", "antworte bitte auf Englisch", "తెలుగులో చెప్పు"."""

from __future__ import annotations

from collections.abc import Sequence

from core.dialogue import Call
from parsers.notation.shapes import shape
from parsers.texts.segments import words
from parsers.words.lexicon import Mention, mentions

BETWEEN = 2  # words between "answer" and the language: "answer me, please, in German"
BETWEEN_UNSPACED = 4  # characters in scripts without spaces
COMPARE = "compare"


def wanted_languages(request: str) -> tuple[Mention, ...]:
    """Where the request says "in German" and the like, in any language."""
    return mentions("answer_in", request)


def answer_in(request: str, calls: Sequence[Call], unspaced: bool = False) -> str:
    """ISO 639-1 code of the language that is wanted last, "" for none.

    "How many are in German?" and "compare it in German" speak of the data, unless a word such as "answer" stands beside.
    """
    said = wanted_languages(request)
    if any(_of_the_data(call) for call in calls):
        said = tuple(one for one in said if _ordered(request, one, BETWEEN_UNSPACED if unspaced else BETWEEN))
    return said[-1].value if said else ""


def _of_the_data(call: Call) -> bool:
    known = shape(call.operation)
    return call.operation == COMPARE or (known.where and not known.text)


def _ordered(request: str, language: Mention, between: int) -> bool:
    """Whether a word that asks for an answer touches the language, or nearly."""
    verbs = mentions("answering", request)
    gaps = (request[min(one.end, language.end) : max(one.start, language.start)] for one in verbs)
    return any(words(gap) <= between for gap in gaps)
