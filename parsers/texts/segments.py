"""A text without quotation marks: after a colon, on lines of its own, beside a dash, in brackets."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from parsers.numbers.numerals import Number
from parsers.numbers.roles import find_numbers, has_place
from parsers.texts.quotes import Pair, trimmed
from parsers.words.lexicon import mentions
from parsers.words.sentences import elsewhere

_WORD = regex.compile(r"\p{Han}|\p{Hiragana}|\p{Katakana}|\p{Thai}|[\p{L}\p{M}\p{N}'’]+")
_COLON = regex.compile(r":(?=\s|$|[\p{Han}\"'„«“])|：|:-|=>|->|→|⇒")
_DASH = regex.compile(r"\s[–—-]{1,3}\s|——|…\s|\s\.\.\.\s|;\s|\s\|\s|\s/{2}\s")
_SPACELESS = regex.compile(r"\p{Han}|\p{Hiragana}|\p{Katakana}|\p{Thai}")
_BRACKETS = regex.compile(r"\(([^()]+)\)|\[([^\[\]]+)\]|（([^（）]+)）|【([^【】]+)】|\{([^{}]+)\}|<([^<>]+)>")
_LINES = regex.compile(r"[ \t]*\n\s*")
_SENTENCE_END = regex.compile(r"[.!?।]+[\"'”»]?\s+|[。！？]+|\n\s*")
REQUEST = 0.12  # share of a stretch's words that are request words, from which on it is a request
TEXT = 0.34  # share up to which a stretch can still be a text; reviews say "text" and "why" too
LONG = 4  # words from which on a stretch can hardly be a name, a number or an aside
LANGUAGES = ("en", "de", "es", "ru", "te")  # whose number words are looked for, the language not being known yet
QUESTION = ("?", "？", "؟")
HEAD_WORDS = 25  # a colon later than this belongs to the text itself
OPENING = 14  # words up to which a line that says "one more question" or "hello" can be nothing but that
ANNOUNCING = 5  # words up to which a head can do no more than announce a text: "here is my review"
CHARACTERS = 8  # the same in scripts without spaces
GREETING = 3  # words up to which one that says "hello" can


def words(text: str) -> int:
    """Words; in scripts without spaces, characters."""
    return len(_WORD.findall(text))


def density(text: str) -> float:
    """Share of the words that only a request to the house has, 0 to 1; characters in scripts without spaces."""
    total = words(text)
    asked = sum(words(text[found.start : found.end]) for found in mentions("requests", text))
    return asked / total if total else 0.0


def before_a_request(text: str, start: int) -> int:
    """The end of a text that begins at `start` and goes on to the last sentence that asks: "… a sphere. Which words matter most?"."""
    last = [int(match.end()) for match in _SENTENCE_END.finditer(text, start) if words(text[match.end() :])][-1:]
    for end in last:
        asked, question = density(text[end:]), text.rstrip().endswith(QUESTION)
        if asked >= TEXT or (question and (asked >= REQUEST or mentions("labels", text[end:]))):
            return end
    return len(text)


def unmarked(text: str) -> Pair | None:
    """The custom text where no quotation mark shows it, or None."""
    for finder in (_lines, _long_brackets, _colon, _dash, _short_brackets):
        found = next((one for one in finder(text) if one.mark == "\n" or not _names_an_id(text, one)), None)
        if found is not None:
            return found
    return None


def _names_an_id(text: str, found: Pair) -> bool:
    """Whether a number in the stretch or beside it says which instance is meant: then the stretch is a part of the request.

    A number in an earlier sentence does not: "I know 12 by now. Which words matter here: …".
    """
    said, length = find_numbers(_of(text, found), LANGUAGES), words(_of(text, found))
    inside = [number for number in said if number.sure or number.spelled]  # "5 stars" names none
    named = any(number.is_id for number in inside) and length < 2 * LONG
    placed = any(number.sure and _in_place(_of(text, found), number) for number in inside) and length < 3 * LONG
    if named or placed or (inside and length < LONG):
        return True
    rest = f"{text[: found.start]}\n{text[found.end :]}"
    beside = [one for one in find_numbers(rest, LANGUAGES) if not elsewhere(rest, one.start, one.end, found.start)]
    return any(not number.is_count for number in beside if number.is_id or not number.spelled)


def _in_place(text: str, number: Number) -> bool:
    """Whether digits stand in the place of an instance: "a nasty twist on 38"."""
    return not number.spelled and not number.is_count and has_place(text, number)


def _lines(text: str) -> Iterator[Pair]:
    """The lines without the request above or below them."""
    breaks = list(_LINES.finditer(text.strip("\n")))
    if not breaks:
        return
    start, end = text.find(text.strip("\n")), len(text.rstrip())
    first = Pair(start, start + breaks[0].start(), "\n")
    last = Pair(start + breaks[-1].end(), end, "\n")
    asks_first, asks_last = _asks(text, first), _asks(text, last)
    if text[first.end - 1] in ":：" or (asks_first and density(_of(text, first)) >= density(_of(text, last))):
        closing = len(breaks) > 1 and (asks_last or _of(text, last).endswith(QUESTION))
        yield from _kept(text, Pair(start + breaks[0].end(), start + breaks[-1].start() if closing else end, "\n"))
    elif asks_last:
        lead = breaks[0].end() if len(breaks) > 1 and text[first.end - 1] in ":：" else 0
        above = Pair(start + lead, start + breaks[-1].start(), "\n")
        inner = next(_colon(_of(text, above)), None)
        if inner or not _opens_only(_of(text, above)):
            yield from _kept(text, Pair(above.start + inner.start, above.start + inner.end, ":") if inner else above)


def _colon(text: str) -> Iterator[Pair]:
    """What follows the first colon, where what stands before it asks, or announces a text that a question follows.

    Else what stands before the last colon, where the rest asks.
    """
    colons = list(_COLON.finditer(text))
    for match in colons:
        head, announced = Pair(0, match.start(), ":"), _announces(text[: match.start()])
        tail = Pair(match.end(), before_a_request(text, match.end()) if announced else len(text), ":")
        short = words(_of(text, head)) <= HEAD_WORDS and not _leads_to(_of(text, head), _of(text, tail))
        opens = _asks(text, head) or tail.end < len(text)
        if short and opens and density(_of(text, tail)) < max(TEXT, density(_of(text, head))):
            yield from _kept(text, tail)
    for match in reversed(colons):
        head, tail = Pair(0, match.start(), ":"), Pair(match.end(), len(text), ":")
        calm = density(_of(text, head)) < REQUEST / 2 and not _opens_only(_of(text, head))
        if _asks(text, tail) and calm and words(_of(text, head)) >= LONG:
            yield from _kept(text, head)


def _dash(text: str) -> Iterator[Pair]:
    """The side of a dash that does not ask."""
    for match in _DASH.finditer(text):
        left, right = Pair(0, match.start(), "-"), Pair(match.end(), len(text), "-")
        for asks, rest in ((left, right), (right, left)):
            calm = density(_of(text, rest)) < min(TEXT / 2, density(_of(text, asks))) and not _opens_only(
                _of(text, rest)
            )
            if _asks(text, asks) and calm and words(_of(text, rest)) > 2 and not _of_the_model(_of(text, rest)):
                yield from _kept(text, rest)


def _of_the_model(stretch: str) -> bool:
    """Whether it says what the model made of some reviews: "the model said neutral though it is negative – show me"."""
    predicted = any(one.value == "predicted" for one in mentions("filters", stretch))
    return predicted and bool(mentions("labels", stretch))


def _long_brackets(text: str) -> Iterator[Pair]:
    """A whole sentence in brackets that is no aside in a text after a colon."""
    for inner, before in _bracketed(text):
        colon = next((match for match in _COLON.finditer(before)), None)
        aside = colon is not None and words(before[colon.end() :]) > 0 and density(before[colon.end() :]) < REQUEST
        if words(_of(text, inner)) >= LONG and not aside:
            yield from _kept(text, inner)


def _short_brackets(text: str) -> Iterator[Pair]:
    """Two or three words in brackets beside a clear request."""
    for inner, before in _bracketed(text):
        if words(_of(text, inner)) > 1 and density(before + text[inner.end :]) >= REQUEST:
            yield from _kept(text, inner)


def _bracketed(text: str) -> Iterator[tuple[Pair, str]]:
    """Stretches in brackets that do not ask, each with what stands before it."""
    for match in _BRACKETS.finditer(text):
        group = next(number for number in range(1, 7) if match.group(number) is not None)
        inner = Pair(match.start(group), match.end(group), "(")
        sentence = _of(text, inner).endswith((".", "!", *QUESTION, "。", "！"))
        if density(_of(text, inner)) < (TEXT if sentence else REQUEST):
            yield inner, text[: match.start()]


def _leads_to(head: str, tail: str) -> bool:
    """Whether the words before a colon only lead to a question behind it: "Tell me: why is 12 negative?"."""
    for section in ("addresses", "polite"):
        for one in mentions(section, head):
            head = head[: one.start] + " " * (one.end - one.start) + head[one.end :]
    return not words(head) and (density(tail) >= REQUEST or tail.rstrip().endswith(QUESTION))


def _announces(head: str) -> bool:
    """Whether the words before a colon name a text and ask nothing of it: "Here is my review: …"."""
    short = words(head) <= (CHARACTERS if _SPACELESS.search(head) else ANNOUNCING)
    asked = any(mentions(section, head) for section in ("operations", "labels", "why"))
    if not short or asked or not mentions("instances", head):
        return False
    for one in mentions("instances", head):
        head = head[: one.start] + " " * (one.end - one.start) + head[one.end :]
    return density(head) == 0


def _opens_only(stretch: str) -> bool:
    """Whether every line of it leads to the question and is no text: "I have got one more question", "Hello!"."""
    lines = [line for line in stretch.splitlines() if words(line)]
    return bool(lines) and all(_opening(line) for line in lines)


def _opening(line: str) -> bool:
    greets = any(one.value == "hello" for one in mentions("courtesies", line)) and words(line) <= GREETING
    return greets or (words(line) <= OPENING and bool(mentions("openings", line)))


def _asks(text: str, stretch: Pair) -> bool:
    return density(_of(text, stretch)) >= REQUEST


def _kept(text: str, stretch: Pair) -> Iterator[Pair]:
    found = trimmed(text, stretch)
    if words(_of(text, found)) and found.end > found.start:
        yield found


def _of(text: str, stretch: Pair) -> str:
    return text[stretch.start : stretch.end]
