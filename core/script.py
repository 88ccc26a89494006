"""Writing: which scripts do without spaces, and where words and sentences begin and end in any of them."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache

import regex

from core.settings import ROOT

Span = tuple[int, int]

_SCRIPTS = (
    r"\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Bopomofo}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"  # without spaces
)
_LETTER = rf"[[\p{{L}}\p{{M}}\p{{N}}_]--[{_SCRIPTS}]]"
# In a word stand apostrophes, hyphens and what joins or parts Indic signs; in a number points, commas and colons.
_WORD = (
    rf"[[{_SCRIPTS}]&&\p{{L}}]\p{{M}}*|{_LETTER}+(?:(?:['’ʼ\u200c\u200d-]|(?<=\p{{N}})[.,:٫٬](?=\p{{N}})){_LETTER}+)*"
)
SIGN = regex.compile(rf"[[{_SCRIPTS}]&&[\p{{L}}\p{{M}}]]", regex.V1)
WORD = regex.compile(_WORD, regex.V1)
PIECE = regex.compile(rf"{_WORD}|\s+|\X", regex.V1)
SPOKEN = regex.compile(r"[\p{L}\p{N}]")

_CLOSERS = r"[\"”“’»«」』)\]】]*"
_STOP = regex.compile(rf"[!?…。！？؟۔।॥.]+{_CLOSERS}|\n+")
_SHORT = regex.compile(r"[[\p{L}\p{M}\p{N}]--\p{Hangul}]{1,3}", regex.V1)  # a Korean sign is a syllable, not a letter
_BEFORE = regex.compile(r"(?:[\p{L}\p{M}\p{N}]+[-'’\u200c\u200d])*[\p{L}\p{M}\p{N}]+$")
_BEFORE_NUMBER = regex.compile(r"(?:^|[\n.!?]|[\p{L}\p{M}]+)\s*$")
_SMALL = regex.compile(r"\s+\p{Ll}")
_IGNORED = str.maketrans({"\u200c": None, "\u200d": None, "ё": "е", "’": "'", "ʼ": "'"})
_ALONE = frozenset("Iя")  # words of one letter that often end a sentence
_NEAR = 40  # characters around a stop that tell what it is
# Arabic writes "and", "with", "like", "for" and the article in front of the word they belong to.
_CLITICS = r"(?:[وف]?(?:[بك]?ال|لل|[بكل])?)"


def words(text: str) -> list[str]:
    """The words in reading order; in scripts without spaces the signs. "don't", "e-mail", "3.5" and ఆన్‌లైన్ are one word each."""
    return [match.group() for match in WORD.finditer(text)]


def is_word(text: str) -> bool:
    """Whether a piece of a text says something, by a letter or a digit, and is no mark alone."""
    return bool(SPOKEN.search(text))


def unspaced(text: str) -> bool:
    """Whether the text is mostly of a script without spaces."""
    return 2 * len(SIGN.findall(text)) > sum(char.isalpha() for char in text)


def ends(text: str) -> list[int]:
    """Where sentences end: behind their stop and the quotes or brackets that it closes, and before a new line."""
    found = [match.end() if text[match.start()] != "\n" else match.start() for match in _stops(text)]
    return list(dict.fromkeys(found))


def sentences(text: str) -> list[Span]:
    """Spans of the sentences without the spaces around them; what follows the last stop is one, too, if it says something."""
    found, start = [], 0
    for end in [*ends(text), len(text)]:
        if SPOKEN.search(text, start, end):
            found.append((start + len(text[start:end]) - len(text[start:end].lstrip()), _trimmed(text, end)))
            start = end
    return found


def word_goes_on(text: str, place: int) -> bool:
    """Whether a word goes on across this place: a letter, a sign of a vowel or a digit on both sides."""
    return 0 < place < len(text) and ends_in_word(text[place - 1]) and begins_word(text[place])


def begins_word(text: str) -> bool:
    """Whether its first character belongs to a word."""
    return bool(text) and unicodedata.category(text[0])[0] in "LMN"


def ends_in_word(text: str) -> bool:
    """Whether its last character belongs to a word; a vowel sign does, which `str.isalnum` denies."""
    return bool(text) and unicodedata.category(text[-1])[0] in "LMN"


def mentions(text: str, token: str) -> bool:
    """Whether a word of the text begins with the token, whatever its ending; up to three letters are a whole word.

    Upper and lower case, ё and е are alike. In a script without spaces the token may stand anywhere.
    """
    return bool(_wanted(folded(token.strip())).search(folded(text)))


def folded(text: str) -> str:
    """The form in which words are compared: NFC, no case, no invisible joiners, one kind of apostrophe, е for ё."""
    return unicodedata.normalize("NFC", text).casefold().translate(_IGNORED)


@lru_cache(maxsize=256)
def _wanted(token: str) -> regex.Pattern[str]:
    escaped = regex.escape(token)
    if not token or SIGN.match(token):
        return regex.compile(escaped)
    clitics = _CLITICS if regex.match(r"\p{Arabic}", token) else ""
    left = rf"(?<![\p{{L}}\p{{M}}\p{{N}}]){clitics}" if begins_word(token) else ""
    right = r"(?![\p{L}\p{M}\p{N}])" if _SHORT.fullmatch(token) else ""
    return regex.compile(left + escaped + right)


def _trimmed(text: str, end: int) -> int:
    return len(text[:end].rstrip())


def _stops(text: str) -> Iterator[regex.Match[str]]:
    return (match for match in _STOP.finditer(text) if _final(text, match))


def _final(text: str, match: regex.Match[str]) -> bool:
    """Whether a stop ends a sentence: a point must belong to no number, abbreviation, address or "no. 3"; a quote must not go on."""
    mark, before = match.group(), text[max(0, match.start() - _NEAR) : match.start()]
    after = text[match.end() : match.end() + _NEAR]
    if mark[0] == "\n":
        return True
    if mark[-1] in '"”“’»«」』' and (_SMALL.match(after) or begins_word(after)):
        return False
    if mark[0] != "." or mark.startswith(".."):
        return True
    if after and not after[0].isspace() and begins_word(after):
        return ends_in_word(before) and _next_sentence(before, after)
    return not _abbreviates(before, after)


def _next_sentence(before: str, after: str) -> bool:
    """Whether a sentence begins right behind a point without a space: "good.But", and not "3.5", "z.B." or "shop.com"."""
    return not (before[-1].isdigit() or after[0].isdigit() or after[0].islower()) and not _abbreviates(before, after)


def _abbreviates(before: str, after: str) -> bool:
    """Whether a point behind `before` belongs to an abbreviation, an initial or a place in an order."""
    last = _BEFORE.search(before)
    if last is None:
        return False
    word, small = last.group(), bool(_SMALL.match(after))
    if word.isdecimal():
        return bool(after.strip()) and len(word) <= 2 and (small or _in_order(before[: last.start()]))
    if len(word) == 1:
        return word not in _ALONE and not SIGN.match(word)
    never, lower, _ = _abbreviations()
    return word.casefold() in never or (small and word.casefold() in lower)


def _in_order(before: str) -> bool:
    """Whether a number with a point behind this is a place in an order: "am 3. Mai", or "1." at the head of a line."""
    match = _BEFORE_NUMBER.search(before)
    last = match.group().strip() if match else "-"
    return last in ("", ".", "!", "?") or last.casefold() in _abbreviations()[2]


@cache
def _abbreviations() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Of all languages together: words that never end a sentence, not before a small letter, and that announce a place in an order."""
    with (ROOT / "datasets" / "abbreviations.toml").open("rb") as file:
        read = tomllib.load(file).values()
    never, lower, ordinal = (
        frozenset(word for table in read for word in table.get(key, "").split())
        for key in ("never", "lower", "ordinal")
    )
    return never, lower, ordinal
