"""Messages of a few words that rules alone read: "why?", "again with LIME", "only the top 3", "is 12 negative?"."""

from __future__ import annotations

from collections.abc import Iterable

import regex

from core.dialogue import SAME, Call
from parsers.numbers.numerals import Number
from parsers.rules.understanding import Understood, blanked
from parsers.texts.segments import QUESTION, words
from parsers.words.lexicon import Mention, label_mentions, mentions
from parsers.words.matching import pattern_of
from parsers.words.number_words import cues

PREDICT = "predict"
_RANKING = ("count_before", "count_after", "determiners")  # "the 3 most important"
_NAMING = ("id_before", "id_after", "determiners", "joints", "postpositions")  # "id 12 and the 15"
_CLASSIFIER = regex.compile(r"\s?[条號号句番]")


def brief(seen: Understood) -> Call | None:
    """The operation of a message that says nothing else; None for any other message."""
    if seen.custom:
        return None
    return _follow_up(seen) or _fewer(seen) or _label_asked(seen) or _number(seen)


def _follow_up(seen: Understood) -> Call | None:
    """ "Why?", "and again", "undo", "stop", said alone; "again" also with a method."""
    said = mentions("follow_ups", seen.request)
    named = {one.value for one in said}
    if len(named) != 1:
        return None
    methods = mentions("methods", seen.request) if named == {SAME} else ()
    rest = _without(_without(seen.request, said), methods)
    rest = _without(rest, (one for one in mentions("joints", rest) if one.value == "and"))
    sections = ("polite", "using") if methods else ("polite",)
    return None if _words_left(rest, sections) else Call(said[0].value)


def _fewer(seen: Understood) -> Call | None:
    """ "Only the top 3": as before, but so many."""
    counted = [one for one in seen.numbers if one.is_count]
    said = mentions("only", seen.request)
    if len(counted) != 1 or len(seen.numbers) != 1 or not said:
        return None
    rest = _without_numbers(_without(seen.request, said), counted)
    return None if _words_left(_without_cues(rest, _RANKING), ("polite",)) else Call(SAME)


def _number(seen: Understood) -> Call | None:
    """ "12", "12?": as before, for that instance; "review 12" asks to see it."""
    named = seen.numbers[0] if len(seen.numbers) == 1 else None
    if named is None or not named.sure or named.is_count or named.spelled:
        return None
    return None if _words_left(_without_numbers(seen.request, [named]), ("polite",)) else Call(SAME)


def _label_asked(seen: Understood) -> Call | None:
    """ "Is 12 negative?" asks for the model's answer, "why is 12 negative?" for its reasons."""
    named = [one for one in seen.numbers if one.sure]
    labels = label_mentions(seen.request, seen.schema)
    if not named or not labels or any(one.is_count for one in named) or not _asks_whether(seen.request):
        return None
    rest = _without(_without_numbers(seen.request, named), labels)
    left = _words_left(_without_cues(rest, _NAMING), ("whether", "joints", "polite"))
    return None if left else Call(PREDICT)


def _asks_whether(text: str) -> bool:
    opens = any(not text[: one.start].strip("¿ ") for one in mentions("whether", text))
    return opens or text.rstrip().endswith(QUESTION)


def _words_left(text: str, sections: Iterable[str]) -> int:
    """Words, in scripts without spaces characters, that none of these sections of the lexicon names."""
    for section in sections:
        text = _without(text, mentions(section, text))
    return words(text)


def _without_numbers(text: str, numbers: Iterable[Number]) -> str:
    """The text without these numbers and the Chinese or Japanese classifiers behind them."""
    ends = ((one, _CLASSIFIER.match(text, one.end)) for one in numbers)
    return blanked(text, [(one.start, match.end() if match else one.end) for one, match in ends])


def _without(text: str, said: Iterable[Mention]) -> str:
    return blanked(text, [(one.start, one.end) for one in said])


def _without_cues(text: str, kinds: Iterable[str]) -> str:
    known = pattern_of(cue for kind in kinds for cue in cues(kind))
    return blanked(text, [match.span() for match in known.finditer(text)])
