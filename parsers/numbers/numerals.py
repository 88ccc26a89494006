"""Where numbers stand in an utterance: digits of any script, Han numerals, number words and ordinals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

import regex

from core.languages import western_digits
from parsers.texts.masked import NUMERAL
from parsers.words.matching import pattern_of
from parsers.words.number_words import ANY, HAN_DIGITS, LONGEST, cardinal, cues, han, ordinal, tables

LONGEST_NUMBER = 9  # digits; longer ones are no ids
_APART = regex.compile(r"[.,٬]")
_COMMAS = regex.compile(r"(?<![\p{Nd}.,])\p{Nd}+(?:,\p{Nd}+)+(?![.,]?\p{Nd})")
_IDS = regex.compile(r"(?<!\p{Latin})ids[\s:=]*$", regex.IGNORECASE)
_GLUED = regex.compile(r"(?:^|[^\p{L}\p{N}])(?:ids?|nr|no|top|k|n|topk|num|x)$", regex.IGNORECASE)
_LATIN_AFTER = regex.compile(r"[-‐ ]?bits?\b|\s?%|[\p{Latin}_]|[.:]\p{Nd}", regex.IGNORECASE)
_DECIMAL_BEFORE = regex.compile(r"(?V1)(?:\p{Nd}[.:]|\p{Latin}-|_|[\p{Latin}--[ºª]])$")
_PART = regex.compile(r"\p{Nd}+")
_DECIMAL_COMMA = regex.compile(r",\p{Nd}")
_HYPHEN = regex.compile(r"[-_]$")
_GLUED_WORD = regex.compile(r"\p{Nd}['’]$")  # the ending of a number in digits: Turkish "15'ten"
_WORDS = regex.compile(r"[\p{L}\p{M}]+")
_BETWEEN_WORDS = regex.compile(r"[ \-‐]+")
_HAN = regex.compile("[" + "".join(HAN_DIGITS) + "十百千]+")
_HAN_NOUN = "[个個条條号號项項句例篇行词詞字段份则則种種番つ件文位语大只次]"
_HAN_ABOUT = regex.compile("[" + "".join(HAN_DIGITS) + "]{2}")  # "两三个" is two or three
_HAN_WHOLE = regex.compile("[一-九两兩][千百].*[百十]")  # 一千一百零五 can be nothing else
_HAN_LENGTH = regex.compile("(?<=只有)一句话")  # "一句话" alone asks for a short answer
_NO_HAN_NUMBER = regex.compile(
    "十分|万一|一[个些下样般点起直定切共旦边]|千万|百分|三方|一句话|一段话|四舍|唯一|统一|二元|一致|单一"
)
_AGAIN = regex.compile(r"\s*[(（\[]\s*")


@dataclass(frozen=True)
class Number:
    """A number that was said: characters [start, end) of the text, and what its neighbours make of it.

    One that is not `sure` probably is none ("one of them", "the second time"); only a unit beside it makes it a number.
    """

    value: int
    start: int
    end: int
    is_id: bool = False
    is_count: bool = False
    ordinal: bool = False
    spelled: bool = False
    sure: bool = True


def said_numbers(text: str, languages: Sequence[str]) -> list[Number]:
    """All numbers in reading order, nothing yet said of their neighbours; number words of `languages`, digits and Han numerals always."""
    found = [*_digits(text), *_han_numbers(text), *_spelled(text, languages)]
    return _said_once(text, _apart(sorted(found, key=lambda number: (number.start, -number.end))))


def _digits(text: str) -> Iterator[Number]:
    for start, end in _numerals(text):
        suffix = _ordinal_digits().match(text, end)
        digits = western_digits(_APART.sub("", text[start:end]))
        glued = _DECIMAL_BEFORE.search(text, max(0, start - 12), start) and not _cued(text, start)
        if len(digits) > LONGEST_NUMBER or glued or (not suffix and _LATIN_AFTER.match(text, end)):
            continue
        if not digits.isascii():
            continue  # digits of a script that is younger than this Python's tables
        yield Number(int(digits), start, suffix.end() if suffix else end, ordinal=bool(suffix))


def _numerals(text: str) -> Iterator[tuple[int, int]]:
    """Where digits stand: each part of a list "3,5,7" or "100,200,300", and no part of a decimal "3,5"."""
    runs = {one.start(): (one.end(), _is_list(text, one)) for one in _COMMAS.finditer(text)}
    end, parted = 0, False
    for match in NUMERAL.finditer(text):
        end, parted = runs.get(match.start(), (end, parted))
        inside = match.start() < end
        if inside and parted:
            yield from (one.span() for one in _PART.finditer(text, *match.span()))
        elif not _DECIMAL_COMMA.match(text, match.end()) and (not inside or match.start() in runs):
            yield match.span()


def _is_list(text: str, run: regex.Match[str]) -> bool:
    """Whether commas part several numbers: three and more, also in threes where none begins with 0; two in a list of ids."""
    parts = run.group().split(",")
    if NUMERAL.fullmatch(run.group()):
        whole = any(part.startswith("0") for part in parts)
        return not whole and (len(parts) > 2 or _IDS.search(text, max(0, run.start() - 8), run.start()) is not None)
    named = cue_before("id_before").search(text, max(0, run.start() - 30), run.start()) is not None
    return len(parts) > 2 or named or _listing().match(text, run.end()) is not None


def _cued(text: str, start: int) -> bool:
    """Whether the letters right before a number say what it is: "id12", "top5", "row-12", "id_12"."""
    low = max(0, start - 40)
    if _GLUED.search(text, low, start):
        return True
    cued = any(cue_before(kind).search(text, low, start - 1) for kind in ("id_before", "count_before"))
    return cued and _HYPHEN.search(text, low, start) is not None


def _han_numbers(text: str) -> Iterator[Number]:
    for match in _HAN.finditer(text):
        start, end = match.span()
        idiom = _NO_HAN_NUMBER.search(text, max(0, start - 1), end + 2) and not _HAN_LENGTH.match(text, start)
        if end - start > LONGEST_NUMBER or idiom:
            continue
        named = cue_before("id_before").search(text, max(0, start - 30), start)
        counted = cue_before("count_before").search(text, max(0, start - 30), start)
        noun = regex.match(_HAN_NOUN, text[end:]) and not _HAN_ABOUT.fullmatch(match.group())
        if named or counted or noun or _HAN_WHOLE.search(match.group()):
            yield Number(han(match.group()), start, end, spelled=True)


def _spelled(text: str, languages: Sequence[str]) -> Iterator[Number]:
    words = list(_WORDS.finditer(text.lower() if len(text.lower()) == len(text) else text))
    place = 0
    while place < len(words):
        glued = _GLUED_WORD.search(text, max(0, words[place].start() - 2), words[place].start())
        found = None if glued else next(_phrases(text, words, place, languages), None)
        if found is not None:
            yield found[0]
        place += found[1] if found else 1


def _phrases(
    text: str, words: Sequence[regex.Match[str]], place: int, languages: Sequence[str]
) -> Iterator[tuple[Number, int]]:
    """Numbers that start at this word, the longest phrase first, each with its count of words."""
    for length in range(min(LONGEST, len(words) - place), 0, -1):
        group = words[place : place + length]
        gaps = [text[one.end() : two.start()] for one, two in pairwise(group)]
        if not all(_BETWEEN_WORDS.fullmatch(gap) for gap in gaps):
            continue
        phrase = " ".join(word.group() for word in group)
        for language in languages:
            for value, orders in ((cardinal(phrase, language), False), (ordinal(phrase, language), True)):
                if value is not None:
                    yield Number(value, group[0].start(), group[-1].end(), ordinal=orders, spelled=True), length


def _apart(numbers: Iterable[Number]) -> list[Number]:
    kept: list[Number] = []
    for number in numbers:
        if not kept or number.start >= kept[-1].end:
            kept.append(number)
    return kept


def _said_once(text: str, numbers: Sequence[Number]) -> list[Number]:
    """The numbers without those in brackets that say the one before again: "twenty-nine (29)"."""
    kept = list(numbers[:1])
    for before, number in pairwise(numbers):
        if number.value != before.value or not _AGAIN.fullmatch(text, before.end, number.start):
            kept.append(number)
    return kept


@cache
def cue_before(kind: str) -> regex.Pattern[str]:
    """What matches a cue of this kind right before a number."""
    return pattern_of(cues(kind), after=r"[\s:=#.(№'’“”\"„«\-]{0,3}$")


@cache
def cue_after(kind: str) -> regex.Pattern[str]:
    """What matches a cue of this kind right behind a number; "id_noun" is the noun of an ordinal."""
    known = ("one", *cues("id_before")) if kind == "id_noun" else cues(kind)
    return pattern_of(known, before=r"[\s\-'’]{0,2}")


@lru_cache(maxsize=1)
def _listing() -> regex.Pattern[str]:
    """What matches a joint of lists and the next number: " and 5"."""
    joints = "|".join(map(regex.escape, tables()[ANY]["joints"]))
    return regex.compile(rf"\s*(?:{joints})\s*\p{{Nd}}", regex.IGNORECASE)


@lru_cache(maxsize=1)
def _ordinal_digits() -> regex.Pattern[str]:
    known = sorted(set(cues("ordinal_digits")), key=len, reverse=True)
    suffixes = "|".join(rf"-?{regex.escape(suffix)}" for suffix in known if suffix != ".")
    return regex.compile(rf"(?:{suffixes})(?![\p{{L}}\p{{M}}\p{{N}}])", regex.IGNORECASE)
