"""The language that an answer is wanted in: "explain 12 in German", "antworte bitte auf Englisch", "తెలుగులో చెప్పు"."""

from __future__ import annotations

from collections.abc import Sequence

from core.dialogue import Call
from parsers.notation.shapes import shape
from parsers.rules.data_language import COMPARE, data_languages, ordered
from parsers.words.lexicon import Mention, mentions


def wanted_languages(request: str) -> tuple[Mention, ...]:
    """Where the request says "in German" and the like, in any language."""
    return mentions("answer_in", request)


def answer_in(request: str, calls: Sequence[Call], language: str) -> str:
    """ISO 639-1 code of the language that is wanted last, "" for none; `language` is that of the request.

    "How many are in German?" and "compare it in German" speak of the data, unless a word such as "answer" stands beside.
    """
    known = [shape(call.operation) for call in calls]
    said = [
        one
        for one in wanted_languages(request)
        if not any(one in data_languages(request, language, of) for of in known)
    ]
    if any(call.operation == COMPARE for call in calls):
        said = [one for one in said if ordered(request, one, language)]
    return said[-1].value if said else ""
