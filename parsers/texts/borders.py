"""Borders of a text that was found without delimiters: whole words, and no punctuation that belongs to the request."""

from __future__ import annotations

import regex

from parsers.numbers.roles import find_numbers
from parsers.texts.segments import density, words
from parsers.words.lexicon import mentions
from parsers.words.sentences import elsewhere, parted

MOST_OF, NEARLY = 0.4, 0.8  # share of a bracket or line that a found stretch must fill to mean all of it
ASKS = 3  # words at least of a request behind a text that opens the message
SMALL = 20  # a custom text may begin with a number up to it: "2 weeks and it was dead"
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]")
_LINE = regex.compile(r"[^\n]+")
_INNER = regex.compile(r"[(\[（【{]([^()\[\]（）【】{}\n]+)[)\]）】}]")
_AFTER_COLON = regex.compile(r"[:：]\s*")
_SPACELESS = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]")
_CONTRACTION = regex.compile(r"\p{Latin}['’](?:t|s|re|ll|ve|m|d)\b", regex.IGNORECASE)
_HALVES = {
    "在": "[里中这]",
    "跟": "差不多|最?相似|类似|一样|最?像",
    "和": "差不多|最?相似|类似|一样|最?像",
    "与": "最?相似|类似|相近",
}
_PAIRED = regex.compile("|".join(_HALVES))
_MARKS = regex.compile("[?!؟？！]+")
_STOP = regex.compile(r"[.。।](?=\s|$|\p{Han})")
_BEFORE = regex.compile(r"[\s,;:.،؛，；：。、–—-]*")
_AFTER = regex.compile(r"[\s,;:،؛，；：、]*$")


def tidy(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The stretch [start, end) grown to whole words and freed of outer commas, colons and spaces; None where nothing is left."""
    start = _contracted(text, start)
    while start > 0 and _joined(text, start):
        start -= 1
    while end < len(text) and _joined(text, end):
        end += 1
    start = _with_article(text, start)
    lead, tail = _BEFORE.match(text, start, end), _AFTER.search(text, start, end)
    start, end = lead.end() if lead else start, tail.start() if tail else end
    start, end = _paired(text, start, end)
    return (start, _with_its_mark(text, start, end)) if start < end else None


def _with_its_mark(text: str, start: int, end: int) -> int:
    """The end behind a mark that is the text's own: the request goes on behind it, or "¿" opened it.

    A full stop is its own where it ends sentences that began with the text.
    """
    marks = _MARKS.match(text, end)
    if marks and (_WORD.search(text, marks.end()) or any(sign in text[start:end] for sign in "¿¡")):
        return int(marks.end())
    before = text[:start].rstrip(" ")
    first = not before or before.endswith("\n") or parted(text, max(0, start - 3), start)
    return end + 1 if first and _STOP.match(text, end) and _WORD.search(text, end + 1) else end


def _with_article(text: str, start: int) -> int:
    """The place of an article right before the stretch, which the text began with: "… in | the battery died"."""
    before = [one.start for one in mentions("articles", text) if one.end <= start and not text[one.end : start].strip()]
    return before[-1] if before else start


def _paired(text: str, start: int, end: int) -> tuple[int, int]:
    """The stretch without a Chinese preposition at its start whose other half stands behind it: 在…里, 跟…差不多."""
    found = _PAIRED.match(text, start)
    return (found.end(), end) if found and regex.match(_HALVES[found.group()], text[end:]) else (start, end)


def snapped(text: str, found: tuple[int, int] | None) -> tuple[int, int] | None:
    """The stretch as its surroundings mark it: the bracket, or the rest of a line after a colon, or the line, of which it is the most."""
    if found is None:
        return None
    start, end = found
    lines = [match.span() for match in _LINE.finditer(text)]
    line = max(lines, key=lambda one: min(end, one[1]) - max(start, one[0]))
    start, end = max(start, line[0]), min(end, line[1])
    inner = [match.span(1) for match in _INNER.finditer(text)]
    colon = [(match.end(), line[1]) for match in _AFTER_COLON.finditer(text, line[0], line[1]) if match.end() <= start]
    shares = (
        (inner, MOST_OF),
        (colon[-1:] if len(lines) > 1 else [], MOST_OF),
        ([line] if len(lines) > 1 else [], NEARLY),
    )
    for stretches, share in shares:
        for low, high in stretches:
            if low <= start and end <= high and end - start >= share * (high - low):
                return tidy(text, low, high)
    return tidy(text, start, end)


def from_the_start(text: str, found: tuple[int, int] | None) -> tuple[int, int] | None:
    """The stretch with the word before it, where that begins the message with the only capital and asks for nothing: "Prenez | un …"."""
    if found is None:
        return None
    before, after = text[: found[0]], text[found[1] :]
    begins = words(before) == 1 and before[:1].isupper() and text[found[0]].islower()
    if not begins or density(before) or words(after) < ASKS or before.rstrip()[-1:] in ":,،":
        return found
    return tidy(text, 0, found[1])


def impolite(text: str, found: tuple[int, int] | None) -> tuple[int, int] | None:
    """The stretch without a "please" or "thank you" at its end where the message ends, too; None where nothing is left."""
    if found is None or text[found[1] :].strip(" .!?。！？।"):
        return found
    said = [one for one in mentions("polite", text) if one.end >= found[1] and one.start >= found[0]]
    return tidy(text, found[0], said[0].start) if said else found


def about_an_id(text: str, found: tuple[int, int], language: str) -> bool:
    """Whether a number beside the stretch, or a large one at its start, names an instance: then the stretch is part of the request.

    What an earlier sentence names is another matter: "forget 12. …".
    """
    start, end = found
    numbers = [one for one in find_numbers(text, (language, "en")) if one.sure and not one.is_count]
    named = [one for one in numbers if one.is_id or not one.spelled]
    beside = [
        one
        for one in named
        if one.start >= end or (one.end <= start and not elsewhere(text, one.start, one.end, start))
    ]
    return bool(beside) or any(one.start == start and one.value > SMALL for one in named)


def _contracted(text: str, start: int) -> int:
    """The place before "n't" or "'s" where the stretch begins right behind the apostrophe."""
    behind = _CONTRACTION.match(text, start - 2) if start > 1 else None
    return start - 1 if behind else start


def _joined(text: str, place: int) -> bool:
    """Whether the characters before and at `place` are of one word."""
    if _CONTRACTION.match(text, place - 1):
        return True
    pair = text[place - 1 : place + 1]
    return all(_WORD.match(char) for char in pair) and not _SPACELESS.search(pair)
