"""Numbers in an utterance: digits of any script, number words and ordinals, and whether each names an id or a count."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import pairwise

import regex

from core.languages import western_digits
from parsers.matching import pattern_of
from parsers.number_words import (
    ANY,
    HAN_DIGITS,
    LONGEST,
    articles,
    cardinals,
    clear_ordinals,
    cues,
    han,
    never_last,
    ordinals,
    tables,
    unsure,
)

LONGEST_NUMBER = 9  # digits; longer ones are no ids
CLEAR_ORDINAL = 4  # "second" and "cuarto" mean other things too: small ordinals need a noun beside them
_DIGITS = regex.compile(r"\p{Nd}+")
_GLUED = regex.compile(r"(?:^|[^\p{L}\p{N}])(?:ids?|nr|no|top|k|n|topk|num|x)$", regex.IGNORECASE)
_LATIN_AFTER = regex.compile(r"[-‐ ]?bits?\b|\s?%|[\p{Latin}_]|[.,:]\p{Nd}", regex.IGNORECASE)
_DECIMAL_BEFORE = regex.compile(r"(?:\p{Nd}[.:]|\p{Latin}-|_|[\p{Latin}])$")
_SIGN = regex.compile(r"(?:(?<!\p{Latin})ids?|#|№|第|(?<!\p{Latin})(?:nr|no)\.?)[\s:=#.]{0,2}$", regex.IGNORECASE)
_GLUED_WORD = regex.compile(r"\p{Nd}['’]$")  # the ending of a number in digits: Turkish "15'ten"
_WORDS = regex.compile(r"[\p{L}\p{M}]+")
_BETWEEN_WORDS = regex.compile(r"[ \-‐]+")
_HAN = regex.compile("[" + "".join(HAN_DIGITS) + "十百千]+")
_LIKE = regex.compile(r"\s*号?\s*(?:最?(?:相似|类似|相近|接近|像)|差不多)")
_AGAIN = regex.compile(r"\s*[(（\[]\s*")
_END = regex.compile(r"[\s।.?!]*$")
_BARE_CLASSIFIER = regex.compile(r"\s*[条号句]")  # "第1、2、4条": said once for all
_HAN_NOUN = "[个個条條号號项項句例篇行词詞字段份则則种種番つ件文位语大只次]"
_NO_HAN_NUMBER = regex.compile(
    "十分|万一|一[个些下样般点起直定切共旦边]|千万|百分|三方|一句话|一段话|四舍|唯一|统一|二元|一致|单一"
)


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


def find_numbers(text: str, languages: Sequence[str]) -> list[Number]:
    """All numbers in reading order; number words of `languages` only, digits and Han numerals always."""
    found = [*_digits(text), *_han_numbers(text), *_spelled(text, languages)]
    apart = _said_once(text, _apart(sorted(found, key=lambda number: (number.start, -number.end))))
    judged = [_judge(text, number, any(map(clear_ordinals, languages))) for number in apart]
    return _outranked(text, _listed_ids(text, [_sobered(text, one, languages) for one in _after_first(judged)]))


def _digits(text: str) -> Iterator[Number]:
    for match in _DIGITS.finditer(text):
        start, end = match.span()
        before = text[max(0, start - 12) : start]
        suffix = _ordinal_digits().match(text, end)
        glued = _DECIMAL_BEFORE.search(before) and not _GLUED.search(before)
        if end - start > LONGEST_NUMBER or glued or (not suffix and _LATIN_AFTER.match(text, end)):
            continue
        value = int(western_digits(match.group()))
        yield Number(value, start, suffix.end() if suffix else end, ordinal=bool(suffix))


def _han_numbers(text: str) -> Iterator[Number]:
    for match in _HAN.finditer(text):
        start, end = match.span()
        if end - start > LONGEST_NUMBER or _NO_HAN_NUMBER.search(text, max(0, start - 1), end + 2):
            continue
        named = _before("id_before").search(text, max(0, start - 30), start) or regex.match(_HAN_NOUN, text[end:])
        counted = _before("count_before").search(text, max(0, start - 30), start)
        if named or counted:
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
            for known, ordinal in ((cardinals(language), False), (ordinals(language), True)):
                if phrase in known:
                    yield (
                        Number(known[phrase], group[0].start(), group[-1].end(), ordinal=ordinal, spelled=True),
                        length,
                    )


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


def _judge(text: str, number: Number, clear_words: bool) -> Number:
    """The number with what the words beside it say; a cue before an id outweighs a noun after it."""
    low, high = max(0, number.start - 40), number.end + 40
    named = _before("id_before").search(text, low, number.start) is not None
    counted = _before("count_before").search(text, low, number.start) is not None
    noun = _after("id_noun").match(text, number.end, high) is not None
    if number.ordinal and not counted:
        clear = not number.spelled and not text[number.start : number.end].endswith(".")
        large = number.spelled and (clear_words or number.value > CLEAR_ORDINAL)
        return replace(number, is_id=named or noun or clear or large)
    counted = counted or (not named and _after("count_after").match(text, number.end, high) is not None)
    named = named or (not counted and _after("id_after").match(text, number.end, high) is not None)
    return replace(number, is_id=named and not counted, is_count=counted)


def _after_first(numbers: Sequence[Number]) -> Iterator[Number]:
    """ "The first 12 words": the ordinal orders nothing, the number after it counts."""
    for place, number in enumerate(numbers):
        follows = (
            place > 0
            and numbers[place - 1].ordinal
            and numbers[place - 1].spelled
            and number.start - numbers[place - 1].end <= 1
        )
        leads = (
            number.ordinal
            and number.spelled
            and any(
                0 <= other.start - number.end <= 1 and not (other.spelled and other.value == 1) for other in numbers
            )
        )
        yield (
            replace(number, is_id=False)
            if leads
            else replace(number, is_count=True, is_id=False)
            if follows
            else number
        )


def _sobered(text: str, number: Number, languages: Sequence[str]) -> Number:
    """The number, unsure where the word probably is none: an article, "one" without a cue, an ordinal that orders nothing."""
    said = text[number.start : number.end].lower()
    article = said == "一" and text[number.start - 1 : number.start] != "第"
    if article or (number.spelled and any(said in articles(language) for language in languages)):
        return replace(number, is_id=False, is_count=False, sure=False)
    if number.spelled and any(said in never_last(language) for language in languages) and _END.match(text, number.end):
        return replace(number, is_id=False, is_count=False, sure=False)
    vague = number.spelled and any(said in unsure(language) for language in languages) and not number.is_count
    return replace(number, sure=number.is_id or not (vague or (number.ordinal and number.spelled)))


def _listed_ids(text: str, numbers: list[Number]) -> list[Number]:
    """Ids said once for several numbers: "ids 3, 5 and 7", "第3、5条"."""
    marked = list(numbers)
    pairs = [(place, place + 1) for place in range(len(marked) - 1)]
    for first, second in [*pairs, *((two, one) for one, two in reversed(pairs))]:
        left, right = sorted((first, second))
        linked = listed(text, marked[left], marked[right])
        counted = marked[second].is_count and not _BARE_CLASSIFIER.match(text, marked[second].end)
        if linked and marked[first].is_id and not counted and marked[second].sure:
            marked[second] = replace(marked[second], is_id=True, is_count=False, sure=True)
    return marked


def _outranked(text: str, numbers: list[Number]) -> list[Number]:
    """Beside "id 12", a number that only a noun could make an id is a count: "8 sentences like id 12"."""
    signed = {
        place
        for place, one in enumerate(numbers)
        if one.is_id and _SIGN.search(text, max(0, one.start - 12), one.start)
    }
    if not signed:
        return numbers
    pairs = list(pairwise(range(len(numbers))))
    for first, second in [*pairs, *((two, one) for one, two in reversed(pairs))]:
        if first in signed and second not in signed and _in_list(text, numbers[first], numbers[second]):
            signed.add(second)
    return [
        replace(one, is_id=False, is_count=True) if one.is_id and not one.ordinal and place not in signed else one
        for place, one in enumerate(numbers)
    ]


def _in_list(text: str, signed: Number, number: Number) -> bool:
    if _LIKE.match(text, signed.end):  # "8条跟 id 230 相似": 跟 joins no list
        return False
    return listed(text, *sorted((signed, number), key=lambda one: one.start))


@cache
def _before(kind: str) -> regex.Pattern[str]:
    return pattern_of(cues(kind), after=r"[\s:=#.(№'’“”\"„«\-]{0,3}$")


@cache
def _places(kind: str) -> regex.Pattern[str]:
    if kind == "prepositions":
        return pattern_of(cues(kind), after=r"[\s#]*$")
    return pattern_of(cues(kind), before=r"[\s\-'’]{0,2}")


@cache
def _after(kind: str) -> regex.Pattern[str]:
    known = ("one", *cues("id_before")) if kind == "id_noun" else cues(kind)
    return pattern_of(known, before=r"[\s\-'’]{0,2}")


def has_place(text: str, number: Number) -> bool:
    """Whether a small word puts the number in the place of an instance: "in 7", "für 7", "7కి"."""
    before = _places("prepositions").search(text, max(0, number.start - 20), number.start)
    return before is not None or _places("postpositions").match(text, number.end, number.end + 20) is not None


def listed(text: str, before: Number, after: Number) -> bool:
    """Whether two numbers are parts of one list: "3, 5 and 7"."""
    return _joint().fullmatch(text, before.end, after.start) is not None


@lru_cache(maxsize=1)
def _joint() -> regex.Pattern[str]:
    joints = "|".join(regex.escape(joint) for joint in sorted(tables()[ANY]["joints"], key=len, reverse=True))
    return regex.compile(rf"(?:号|番|条)?(?:\s*(?:{joints}))+\s*(?:[#№第]|ids?|nr\.?)?\s*", regex.IGNORECASE)


@lru_cache(maxsize=1)
def _ordinal_digits() -> regex.Pattern[str]:
    known = sorted(set(cues("ordinal_digits")), key=len, reverse=True)
    suffixes = "|".join(rf"-?{regex.escape(suffix)}" for suffix in known if suffix != ".")
    return regex.compile(rf"(?:{suffixes})(?![\p{{L}}\p{{M}}\p{{N}}])", regex.IGNORECASE)
