"""Words to look for: "that mention battery", "mit dem Wort „Akku“", "含有“电池”的"."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import regex

from parsers.custom_text import FILTER_WORDS
from parsers.lexicon import Mention, label_mentions, mentions
from parsers.number_words import cues as number_cues
from parsers.query import Shape
from parsers.quotes import Pair
from parsers.segments import words
from parsers.understanding import Understood

ARTICLES = r"(?:(?:the|a|an|any|das|die|der|den|ein|eine|el|la|los|las|un|una|le|les|either)\s+)?"
_TOKEN = regex.compile(rf"[\s:]*{ARTICLES}([\p{{L}}\p{{M}}\p{{N}}\u200c\u200d'’\-]+)", regex.IGNORECASE)
_HAN_TOKEN = regex.compile(r"\s*(\p{Han}{1,6}?|[\p{Latin}]+)(?=的|又|了|或|和|、|，|,|。|？|\?|$|这|\s|一词|且|但)")
_BEFORE = regex.compile(r"([\p{L}\p{M}\p{N}\u200c\u200d'’\-]+)\s*$")
_NEXT = regex.compile(
    rf"\s*(?:,|/|or|oder|and|und|o|y|или|и|ou|et|లేదా|veya|或者?|和)\s+{ARTICLES}([\p{{L}}\p{{M}}'’\-]+)",
    regex.IGNORECASE,
)
_VERB_FIRST = regex.compile(r"[\p{Latin}\p{Cyrillic}]")
_GAP = regex.compile(r"[\s:=(\"'“”„«»‘’「」`]*")
_JOINED = regex.compile(r"[^\p{L}]*(?:[\p{L}\p{M}]{1,6}[^\p{L}]+)?|[^\p{L}]*[或和与、]+[^\p{L}]*")


@dataclass(frozen=True)
class Searched:
    """A word to look for, at `core`, and the stretch [start, end) that asks for it."""

    value: str
    start: int
    end: int
    core: int


def searched(seen: Understood, shape: Shape) -> list[Searched]:
    """Quoted words beside "contains" and their like, bare words where nothing is quoted."""
    quoted = list(_quoted(seen, shape))
    if shape.name == "keywords":  # "which words appear most often": the words are what is asked for
        return quoted
    return (
        quoted
        or [one for cue in _cues(seen) if _alone(seen.request, cue) for one in _bare(seen, cue)]
        or list(_within(seen))
    )


def _cues(seen: Understood) -> list[Mention]:
    return [one for one in mentions("filters", seen.request) if one.value.startswith("includes")]


def _alone(text: str, cue: Mention) -> bool:
    """Whether the cue needs no quotation marks; words before a cue are searched only where verbs come last."""
    return cue.value == "includes" or (cue.value == "includes_after" and _VERB_FIRST.match(text, cue.start) is None)


def _quoted(seen: Understood, shape: Shape) -> Iterator[Searched]:
    """Short quotations with a cue or after another one; any, where the operation takes no text of the user's own."""
    previous: Pair | None = None
    for pair in seen.quoted:
        inner = seen.text[pair.start : pair.end]
        if not inner.strip() or words(inner) > FILTER_WORDS * 3 or _named(inner, seen):
            continue
        beside = [cue for cue in _cues(seen) if _touches(seen.request, pair, cue)]
        joined = previous is not None and _JOINED.fullmatch(seen.request, previous.end, pair.start)
        if beside or joined or not shape.text or _chained(seen, pair):
            start, end = (
                min((pair.start, *(one.start for one in beside))),
                max((pair.end, *(one.end for one in beside))),
            )
            yield Searched(inner, start, end, pair.start)
            previous = pair


def _chained(seen: Understood, pair: Pair) -> bool:
    """Whether a quotation after this one has a cue that holds for both: "«bus» or «train» అని ఉన్న"."""
    later = [
        one for one in seen.quoted if one.start > pair.end and _JOINED.fullmatch(seen.request, pair.end, one.start)
    ]
    return any(_touches(seen.request, one, cue) for one in later for cue in _cues(seen))


def _named(inner: str, seen: Understood) -> bool:
    """A quoted label or method is no word to look for."""
    found = (*label_mentions(inner, seen.schema), *mentions("methods", inner))
    return any(one.start == 0 and one.end == len(inner) for one in found)


def _bare(seen: Understood, cue: Mention) -> Iterator[Searched]:
    """The word after "mention", or before "అని ఉన్న", and words joined to it by "or"."""
    match = (
        _BEFORE.search(seen.request, max(0, cue.start - 40), cue.start)
        if cue.value == "includes_after"
        else _after(seen, cue)
    )
    first = cue.start
    while match is not None and _is_token(match.group(1), match.start(1), seen):
        start, end = match.span(1)
        yield Searched(match.group(1), min(first, start), max(cue.end, end), start)
        first = len(seen.request)
        match = _NEXT.match(seen.request, end) if cue.value == "includes" else None


def _after(seen: Understood, cue: Mention) -> regex.Match[str] | None:
    han = seen.request[cue.end - 1 : cue.end]
    return (_HAN_TOKEN if regex.match(r"\p{Han}", han) else _TOKEN).match(seen.request, cue.end)


def _within(seen: Understood) -> Iterator[Searched]:
    """ "With ok in the text": a small word before it and "in it" after it."""
    starts = [one for one in _cues(seen) if one.value == "includes_weak"]
    ends = [one for one in _cues(seen) if one.value.startswith("includes_after")]
    for first in starts:
        match = _TOKEN.match(seen.request, first.end)
        last = next((one for one in ends if match and 0 <= one.start - match.end() <= 2), None)
        if match and last and _is_token(match.group(1), match.start(1), seen):
            yield Searched(match.group(1), first.start, last.end, match.start(1))


def _is_token(token: str, start: int, seen: Understood) -> bool:
    """Whether this can be a word to look for: no number, label, unit, small word or word for an instance."""
    if any(number.start < start + len(token) and start < number.end for number in seen.numbers) or token.isdigit():
        return False
    phrases = (*mentions("data", seen.request), *mentions("lengths", seen.request))
    if any(one.start <= start < one.end for one in phrases):
        return False
    sections = ("lengths", "units", "joints", "filters", "stop", "data", "contrast")
    taken = [found for section in sections for found in mentions(section, token)] + [
        *label_mentions(token, seen.schema)
    ]
    return not any(found.end - found.start == len(token) for found in taken) and token.lower() not in number_cues(
        "id_before"
    )


def _touches(text: str, pair: Pair, cue: Mention) -> bool:
    start, end = (pair.end, cue.start) if cue.value.startswith("includes_after") else (cue.end, pair.start)
    return start <= end and _GAP.fullmatch(text, start, end) is not None
