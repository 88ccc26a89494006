"""Words to look for: "that mention battery", "mit dem Wort „Akku“", "含有“电池”的", "reviews about delivery"."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import regex

from parsers.notation.shapes import Shape
from parsers.rules.understanding import Understood
from parsers.rules.word_lists import (
    BACK,
    BEFORE,
    LEADS,
    NOUN_BEFORE,
    WORD,
    closes,
    is_han,
    joined_before,
    joined_behind,
    joint_behind,
    joints_in,
    lead_to,
    spaced,
    word_behind,
)
from parsers.texts.custom_text import FILTER_WORDS
from parsers.texts.quotes import Pair
from parsers.texts.segments import words
from parsers.words.lexicon import Mention, label_mentions, mentions
from parsers.words.number_words import cues as number_cues

NOUN, AFTER_NOUN = "includes_noun", "includes_after_noun"
SMALL = ("lengths", "units", "joints", "filters", "stop", "polite", "data", "contrast")  # never looked for
ASKED = (
    "instances",
    "kinds",
    "requests",
    "operations",
    "languages",
    "metrics",
    "orders",
    "whether",
    "only",
    "previous",
)
NEAR = 4  # words between "about" and the noun for rows: "reviews in which people talk about"
NEAR_UNSPACED = 6  # characters in scripts without spaces
PHRASE = 3  # words of what rows are about: "about customer service"
RELATIVE = 2  # small words before a noun that show a clause of its own: "die den Akku erwähnen"
_SPACED = regex.compile(r"[\p{Latin}\p{Cyrillic}]")
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
    bare: dict[int, Searched] = {}
    for cue in _cues(seen):
        for one in _bare(seen, cue, shape):
            bare.setdefault(one.core, one)
    return quoted or list(bare.values()) or list(_within(seen))


def _cues(seen: Understood) -> list[Mention]:
    return [one for one in mentions("filters", seen.request) if one.value.startswith("includes")]


def _bare(seen: Understood, cue: Mention, shape: Shape) -> Iterator[Searched]:
    """The words that a cue looks for without quotation marks."""
    narrowed = shape.where and not shape.text
    if cue.value == "includes":
        yield from _listed(seen, cue, word_behind(seen, cue.end))
    elif cue.value == NOUN and narrowed:
        yield from _about(seen, cue)
    elif cue.value == AFTER_NOUN and narrowed:
        yield from _concerned(seen, cue)
    elif cue.value == "includes_after":
        yield from _listed(seen, cue, _subject(seen, cue, narrowed), before=True)


def _listed(seen: Understood, cue: Mention, match: regex.Match[str] | None, before: bool = False) -> Iterator[Searched]:
    """The word beside the cue and the words joined to it: "battery, screen or price"."""
    first, last, strict = cue.start, cue.end, False
    while match is not None and (_is_topic if strict else _is_token)(match.group(1), match.start(1), seen):
        start, end = match.span(1)
        yield Searched(match.group(1), min(first, start), max(last, end), start)
        first, last = (start, 0) if before else (len(seen.request), last)
        strict = not before and joint_behind(seen, end) is None
        match = joined_before(seen, start) if before else joined_behind(seen, end)


def _about(seen: Understood, cue: Mention) -> Iterator[Searched]:
    """What rows are about: "reviews about customer service", "关于电池的评论"; "about" alone narrows nothing."""
    match = word_behind(seen, cue.end)
    if match is None or not _is_topic(match.group(1), match.start(1), seen) or not _beside_rows(seen, cue, match):
        return
    found = list(_listed(seen, cue, match))
    end = _phrase(seen, match)
    if len(found) > 1 or end == match.end(1):
        yield from found
    else:
        yield Searched(seen.request[match.start(1) : end], cue.start, end, match.start(1))


def _concerned(seen: Understood, cue: Mention) -> Iterator[Searched]:
    """The same with the word first: "బ్యాటరీ గురించి రివ్యూలు", "跟价格有关的评论"."""
    match = _before(seen, cue)
    if match is not None and _is_topic(match.group(1), match.start(1), seen) and _beside_rows(seen, cue, match):
        yield from _listed(seen, cue, match, before=True)


def _phrase(seen: Understood, match: regex.Match[str]) -> int:
    """Where the topic ends: behind up to three words that end a clause, else behind the first."""
    first: int = match.end(1)
    end: int = first
    for _ in range(PHRASE - 1):
        further = WORD.match(seen.request, spaced(seen.request, end))
        if closes(seen, end) or further is None or not _is_topic(further.group(1), further.start(1), seen):
            break
        end = further.end(1)
    return end if closes(seen, end) else first


def _beside_rows(seen: Understood, cue: Mention, match: regex.Match[str]) -> bool:
    """Whether a noun for rows stands near, before or behind cue and word; behind the word alone where scripts have no spaces."""
    text, start, end = seen.request, min(cue.start, match.start(1)), max(cue.end, match.end(1))
    unspaced = _SPACED.match(text, cue.start) is None and " " not in text.strip()
    behind = unspaced or cue.value == AFTER_NOUN
    rows = _rows(seen)
    gaps = [text[one.end : start] for one in rows if one.end <= start]
    gaps += [text[end : one.start] for one in rows if behind and one.start >= end]
    return any(words(gap) <= (NEAR_UNSPACED if unspaced else NEAR) for gap in gaps)


def _rows(seen: Understood) -> list[Mention]:
    """The nouns for rows and the words that ask how many there are."""
    counts = (one for one in mentions("kinds", seen.request) if one.value == "count")
    return [*mentions("instances", seen.request), *counts]


def _subject(seen: Understood, cue: Mention, narrowed: bool) -> regex.Match[str] | None:
    """The word before "appears"; where verbs stand before their object it needs an article: "the price is mentioned"."""
    if seen.language == "tr" or _SPACED.match(seen.request, cue.start) is None:
        return _before(seen, cue)
    place = cue.start
    for one in reversed(joints_in(seen)):  # "die den Akku nicht erwähnen"
        place = one.start if one.end + 1 == place else place
    match = (NOUN_BEFORE if seen.language == "de" else BEFORE).search(seen.request, max(0, place - BACK), place)
    if match is None or _own_clause(seen, cue, match):
        return match
    return match if narrowed and _counted(seen, match) and _is_topic(match.group(1), match.start(1), seen) else None


def _own_clause(seen: Understood, cue: Mention, match: regex.Match[str]) -> bool:
    """Whether it is the noun of a German relative clause: "…, die den Akku erwähnen", not "die Kennzahl nennen"."""
    if seen.language != "de" or not (closes(seen, cue.end) or _polite(seen, cue.end)):
        return False
    start, led = match.start(1), 0
    while (further := joined_before(seen, start)) is not None:
        start = further.start(1)
    while (lead := lead_to(seen, start)) is not None:
        start, led = lead.start, led + 1
    return bool(led) and (led >= RELATIVE or seen.request[:start].rstrip().endswith(","))


def _polite(seen: Understood, end: int) -> bool:
    return any(one.start == end + 1 for one in mentions("polite", seen.request))


def _counted(seen: Understood, match: regex.Match[str]) -> bool:
    """Whether a word with its article may be what rows are counted by: "how often is the price mentioned"."""
    led = any(one == lead_to(seen, match.start(1)) for one in mentions(LEADS, seen.request))
    return led and bool(_rows(seen))


def _before(seen: Understood, cue: Mention) -> regex.Match[str] | None:
    """The word that ends before the cue and begins behind the cue or the small word before it: "包含|电池|这个词", "跟|价格|有关"."""
    ends = [one.end for one in _cues(seen) if one.end <= cue.start and not one.value.startswith("includes_after_")]
    if is_han(seen.request, cue.start):
        ends += [one.end for one in mentions(LEADS, seen.request) if one.end <= cue.start]
    return BEFORE.search(seen.request, max([0, cue.start - BACK, *ends]), cue.start)


def _quoted(seen: Understood, shape: Shape) -> Iterator[Searched]:
    """Short quotations with a cue or after another one; any, where the operation takes no custom text."""
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


def _within(seen: Understood) -> Iterator[Searched]:
    """ "With ok in the text": a small word before it and "in it" after it."""
    weak = [one for one in _cues(seen) if one.value in ("includes_weak", NOUN)]
    starts = [one for one in weak if not is_han(seen.request, one.end - 1)]
    ends = [one for one in _cues(seen) if one.value.startswith("includes_after")]
    for first in starts:
        match = word_behind(seen, first.end)
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
    taken = [found for section in SMALL for found in mentions(section, token)] + [*label_mentions(token, seen.schema)]
    return not any(found.end - found.start == len(token) for found in taken) and token.lower() not in number_cues(
        "id_before"
    )


def _is_topic(token: str, start: int, seen: Understood) -> bool:
    """Whether this can be a word to look for beside nothing but a preposition or a comma: no word of a request either."""
    taken = [found for section in ASKED for found in mentions(section, token)]
    if is_han(token, 0) and (taken or label_mentions(token, seen.schema) or any(mentions(one, token) for one in SMALL)):
        return False
    return not any(found.end - found.start == len(token) for found in taken) and _is_token(token, start, seen)


def _touches(text: str, pair: Pair, cue: Mention) -> bool:
    start, end = (pair.end, cue.start) if cue.value.startswith("includes_after") else (cue.end, pair.start)
    return start <= end and _GAP.fullmatch(text, start, end) is not None
