"""What the neighbours of a number make of it: an id, a count, or neither."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise

import regex

from parsers.matching import pattern_of
from parsers.number_words import ANY, articles, clear_ordinals, cues, never_last, tables, unsure
from parsers.said_numbers import Number, cue_before, said_numbers

LONGEST_RANGE = 50  # ids that "5 to 8" may name; nobody asks for more of them one by one
CLEAR_ORDINAL = 4  # "second" and "cuarto" mean other things too: small ordinals need a noun beside them
_SIGN = regex.compile(r"(?:(?<!\p{Latin})ids?|#|№|第|(?<!\p{Latin})(?:nr|no)\.?)[\s:=#.]{0,2}$", regex.IGNORECASE)
_LIKE = regex.compile(r"\s*号?\s*(?:最?(?:相似|类似|相近|接近|像)|差不多)")
_END = regex.compile(r"[\s।.?!]*$")
_BARE_CLASSIFIER = regex.compile(r"\s*[条号句]")  # "第1、2、4条": said once for all


def find_numbers(text: str, languages: Sequence[str]) -> list[Number]:
    """All numbers in reading order; number words of `languages` only, digits and Han numerals always."""
    apart = said_numbers(text, languages)
    judged = [_judge(text, number, any(map(clear_ordinals, languages))) for number in apart]
    sober = [_sobered(text, one, languages) for one in _after_first(judged)]
    return _outranked(text, _listed_ids(text, sober))


def _judge(text: str, number: Number, clear_words: bool) -> Number:
    """The number with what the words beside it say; a cue before an id outweighs a noun after it."""
    low, high = max(0, number.start - 40), number.end + 40
    named = cue_before("id_before").search(text, low, number.start) is not None
    counted = cue_before("count_before").search(text, low, number.start) is not None
    follows = _after("count_after").match(text, number.end, high) is not None
    if follows and behind_a_verb(text, number):
        named, counted = False, True
    noun = _after("id_noun").match(text, number.end, high) is not None
    if number.ordinal and not counted:
        clear = not number.spelled and not text[number.start : number.end].endswith(".")
        large = number.spelled and (clear_words or number.value > CLEAR_ORDINAL)
        return replace(number, is_id=named or noun or clear or large)
    counted = counted or (follows and not named)
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
    if _aside(text, number):
        return replace(number, is_id=False, is_count=False, sure=False)
    vague = number.spelled and any(said in unsure(language) for language in languages) and not number.is_count
    return replace(number, sure=number.is_id or not (vague or (number.ordinal and number.spelled)))


def _aside(text: str, number: Number) -> bool:
    """Whether it numbers or measures something beside the question: "page 3", "10 minutes"; never after "id" or "#"."""
    low = max(0, number.start - 20)
    signed = _SIGN.search(text, low, number.start)
    if signed and not signed.group().startswith("第"):
        return False
    before = cue_before("aside_before").search(text, low, number.start)
    return before is not None or _after("aside_after").match(text, number.end, number.end + 20) is not None


def _listed_ids(text: str, numbers: list[Number]) -> list[Number]:
    """Ids said once for several numbers: "ids 3, 5 and 7", "第3、5条"."""
    marked = list(numbers)
    pairs = [(place, place + 1) for place in range(len(marked) - 1)]
    for first, second in [*pairs, *((two, one) for one, two in reversed(pairs))]:
        left, right = sorted((first, second))
        linked = listed(text, marked[left], marked[right])
        if linked and marked[first].is_id and not counts_its_own(text, marked[second]) and marked[second].sure:
            marked[second] = replace(marked[second], is_id=True, is_count=False, sure=True)
    return marked


def counts_its_own(text: str, number: Number) -> bool:
    """Whether the number counts something of its own; a classifier behind the last of several ids does not make it."""
    return number.is_count and not _BARE_CLASSIFIER.match(text, number.end)


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
def _places(kind: str) -> regex.Pattern[str]:
    if kind == "prepositions":
        return pattern_of(cues(kind), after=r"[\s#]*$")
    return pattern_of(cues(kind), before=r"[\s\-'’]{0,2}")


@cache
def _after(kind: str) -> regex.Pattern[str]:
    known = ("one", *cues("id_before")) if kind == "id_noun" else cues(kind)
    return pattern_of(known, before=r"[\s\-'’]{0,2}")


def with_ranges(text: str, numbers: Sequence[Number]) -> list[Number]:
    """The numbers, with the ids between the ends of "ids 5 to 8", each at the place of the last one."""
    made = list(numbers[:1])
    for low, high in pairwise(numbers):
        spanned = low.is_id and 0 < high.value - low.value < LONGEST_RANGE and not counts_its_own(text, high)
        if spanned and ranged(text, low, high):
            made += [
                replace(high, value=value, is_id=True, is_count=False) for value in range(low.value + 1, high.value)
            ]
            high = replace(high, is_id=True, is_count=False)
        made.append(high)
    return made


def has_place(text: str, number: Number) -> bool:
    """Whether a small word puts the number in the place of an instance: "in 7", "für 7", "7కి"."""
    before = _places("prepositions").search(text, max(0, number.start - 20), number.start)
    return before is not None or _places("postpositions").match(text, number.end, number.end + 20) is not None


def behind_a_verb(text: str, number: Number) -> bool:
    """Whether the word before the number may be a verb: Spanish "muestra" is "sample" and "show"."""
    return cue_before("verbs").search(text, max(0, number.start - 40), number.start) is not None


def listed(text: str, before: Number, after: Number) -> bool:
    """Whether two numbers are parts of one list: "3, 5 and 7"."""
    return _joint("joints").fullmatch(text, before.end, after.start) is not None


def ranged(text: str, low: Number, high: Number) -> bool:
    """Whether two numbers are the ends of a range: "5 to 8", "5-8", "5 bis 8"."""
    return _joint("spans").fullmatch(text, low.end, high.start) is not None


def parted_between(text: str, low: Number, high: Number, end: int) -> bool:
    """Whether two numbers are the ends of a range that is opened before them, or closed behind `end`: "between 5 and 10"."""
    opened = _joint("spans", "joints").fullmatch(text, low.end, high.start) is not None
    before = pattern_of(cues("between"), after=r"\s*$").search(text, max(0, low.start - 20), low.start)
    return opened and (before or _after("between_after").match(text, end, end + 20)) is not None


@cache
def _joint(*kinds: str) -> regex.Pattern[str]:
    known = [joint for kind in kinds for joint in tables()[ANY][kind]]
    joints = "|".join(regex.escape(joint) for joint in sorted(known, key=len, reverse=True))
    return regex.compile(rf"(?:号|番|条|个|個)?(?:\s*(?:{joints}))+\s*(?:[#№第]|ids?|nr\.?)?\s*", regex.IGNORECASE)
