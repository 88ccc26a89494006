"""The answer to a question back: an id, a text, a label or a pick, which says nothing alone and completes what was asked before."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import regex

from core.data import Schema
from core.dialogue import Clarification, Parse, Utterance
from core.filters import by_ids
from core.words import words_beside
from parsers.rules.understanding import Understood, blanked, understand
from parsers.words.lexicon import label_mentions

WORDS = words_beside(__file__)
PICKS = ("first", "second", "third")
# Questions back that offer readings, of which the first is the likeliest; not instances
OPEN = ("unsure", "none", "order")
_SAYING = regex.compile(r"[\p{L}\p{N}]")
_HAN = regex.compile(r"\p{Han}")


def completed(asked: Clarification, utterance: Utterance, parse: Parse, schema: Schema) -> Parse | None:
    """The reading that was asked about with what the message adds to it; None where the message is a question of its own."""
    seen = understand(utterance, schema)
    ways = (_picked, _of_ids, _of_text, _of_label)
    made = next((found for way in ways if (found := way(asked, seen)) is not None), None)
    return made and replace(made, confidence=1.0, parser=parse.parser, alternatives=(), language=parse.language)


def _picked(asked: Clarification, seen: Understood) -> Parse | None:
    """The choice of "the second one", of its number in the list, or of "yes"."""
    rest = _bare(seen.request)
    if asked.reason in OPEN and rest in _cues("yes"):
        return _choice(asked, 1)
    for place, name in enumerate(PICKS, 1):
        if rest in _cues(name) or _only(seen.request, name):
            return _choice(asked, place)
    counted = [one.value for one in seen.numbers if one.ordinal or asked.reason in OPEN]
    alone = len(counted) == len(seen.numbers) == 1 and _beside_numbers(seen)
    return _choice(asked, counted[0]) if alone else None


def _choice(asked: Clarification, place: int) -> Parse | None:
    return asked.choices[place - 1] if 0 < place <= len(asked.choices) else None


def _of_ids(asked: Clarification, seen: Understood) -> Parse | None:
    """What was asked, of the ids that are all the message says."""
    ids = tuple(dict.fromkeys(one.value for one in seen.numbers))
    about = [choice for choice in asked.choices if choice.where is not None]
    if asked.reason in OPEN or not ids or not about or not _beside_numbers(seen):
        return None
    offered = [choice for choice in about if choice.where == by_ids(ids)]
    if len({choice.calls for choice in about}) > 1:  # they differ in more than the id
        return offered[0] if len(offered) == 1 else None
    return replace(about[0], where=by_ids(ids), custom=())


def _of_text(asked: Clarification, seen: Understood) -> Parse | None:
    """What was asked, of the text in quotes that is all the message says."""
    about = [choice for choice in asked.choices if choice.where is not None]
    if asked.reason in OPEN or not seen.custom or not about or not _says_no_more(seen.request):
        return None
    return replace(about[0], where=None, custom=seen.custom)


def _of_label(asked: Clarification, seen: Understood) -> Parse | None:
    """The choice with the label that is all the message says."""
    found = label_mentions(seen.request, seen.schema)
    rest = blanked(seen.request, [(one.start, one.end) for one in found])
    if len({one.value for one in found}) != 1 or not _says_no_more(rest):
        return None
    fitting = [one for one in asked.choices if any(call.slot("label") == found[0].value for call in one.calls)]
    return fitting[0] if len(fitting) == 1 else None


def _beside_numbers(seen: Understood) -> bool:
    return not seen.custom and _says_no_more(blanked(seen.request, [(one.start, one.end) for one in seen.numbers]))


def _only(text: str, name: str) -> bool:
    """Whether the text says nothing but one of these cues."""
    rest, count = _pattern(name).subn(" ", text)
    return count == 1 and _says_no_more(rest)


def _says_no_more(text: str) -> bool:
    """Whether nothing is left but words that ask for nothing themselves."""
    return not _SAYING.search(_pattern("beside").sub(" ", text))


def _bare(text: str) -> str:
    return " ".join(regex.sub(r"[^\p{L}\p{M}\p{N}']+", " ", text.lower()).split())


@cache
def _cues(name: str) -> frozenset[str]:
    """The words of all languages: people mix them."""
    return frozenset(cue for language in WORDS.languages() for cue in WORDS.get(name, language))


@cache
def _pattern(name: str) -> regex.Pattern[str]:
    """These words, as whole words where a script parts them."""
    longest = sorted(_cues(name), key=len, reverse=True)
    found = [
        cue if _HAN.search(cue) else rf"(?<![\p{{L}}\p{{M}}]){regex.escape(cue)}(?![\p{{L}}\p{{M}}])" for cue in longest
    ]
    return regex.compile("|".join(found), regex.IGNORECASE)
