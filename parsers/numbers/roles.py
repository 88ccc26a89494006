"""What the neighbours of a number make of it: an id, a count, or neither."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise

import regex

from parsers.numbers.counted_nouns import counted_nouns, of_some, opens_a_question
from parsers.numbers.joined import listed, parted_between, ranged
from parsers.numbers.numerals import Number, cue_after, cue_before, said_numbers
from parsers.words.matching import pattern_of
from parsers.words.number_words import articles, clear_ordinals, cues, never_last, unsure

CLEAR_ORDINAL = 4  # "second" and "cuarto" mean other things too: small ordinals need a noun beside them
_SIGN = regex.compile(
    r"(?:(?<!\p{Latin})ids?|#|№|第|(?:编号|序号|番号)[为是は]?|(?<!\p{Latin})(?:nr|no|nambari?|namba)\.?)[\s:=#.]{0,2}$",
    regex.IGNORECASE,
)
_LIKE = regex.compile(r"\s*号?\s*(?:最?(?:相似|类似|相近|接近|像)|差不多)")
_END = regex.compile(r"[\s।.?!]*$")
_BARE_CLASSIFIER = regex.compile(r"\s*[条号句]")  # "第1、2、4条": said once for all
_WISH = regex.compile(r"(?:\b(?:would|i|we|you)|['’]d)\s+like\s*$", regex.IGNORECASE)


def find_numbers(text: str, languages: Sequence[str]) -> list[Number]:
    """All numbers in reading order; number words of `languages` only, digits and Han numerals always."""
    apart = said_numbers(text, languages)
    judged = counted_nouns(text, [_judge(text, number, any(map(clear_ordinals, languages))) for number in apart])
    sober = _aside_together(text, [_sobered(text, one, languages) for one in _after_first(judged)])
    return _outranked(text, _listed_ids(text, sober))


def _judge(text: str, number: Number, clear_words: bool) -> Number:
    """The number with what the words beside it say; a cue before an id outweighs a noun after it."""
    low, high = max(0, number.start - 40), number.end + 40
    named = cue_before("id_before").search(text, low, number.start) is not None
    counted = cue_before("count_before").search(text, low, number.start) is not None
    says_count = cue_after("count_after").match(text, number.end, high)
    says_id = cue_after("id_after").match(text, number.end, high)
    follows = says_count is not None and (says_id is None or says_id.end() <= says_count.end())  # "件目" is no "件"
    follows = follows and not opens_a_question(text, number)
    if follows and (behind_a_verb(text, number) or behind_its_noun(text, number)):
        named, counted = False, True
    noun = cue_after("id_noun").match(text, number.end, high) is not None
    if number.ordinal and not counted:
        clear = not number.spelled and not text[number.start : number.end].endswith(".")
        large = number.spelled and (clear_words or number.value > CLEAR_ORDINAL)
        return replace(number, is_id=named or noun or clear or large)
    counted = counted or (follows and not named) or of_some(text, number)
    named = named or (not counted and says_id is not None)
    return replace(number, is_id=named and not counted, is_count=counted)


def _after_first(numbers: Sequence[Number]) -> Iterator[Number]:
    """ "The first 12 words": the ordinal orders nothing, the number after it counts."""
    for place, number in enumerate(numbers):
        follows = (
            place > 0
            and numbers[place - 1].ordinal
            and numbers[place - 1].spelled
            and number.start - numbers[place - 1].end <= 1
            and not _stands_for_a_noun(number)
        )
        leads = (
            number.ordinal
            and number.spelled
            and any(0 <= other.start - number.end <= 1 and not _stands_for_a_noun(other) for other in numbers)
        )
        yield (
            replace(number, is_id=False)
            if leads
            else replace(number, is_count=True, is_id=False)
            if follows
            else number
        )


def _stands_for_a_noun(number: Number) -> bool:
    """Whether it can be the "one" of "the second one"."""
    return number.spelled and number.value == 1


def _sobered(text: str, number: Number, languages: Sequence[str]) -> Number:
    """The number, unsure where the word probably is none: an article, "one" without a cue, an ordinal that orders nothing."""
    said = text[number.start : number.end].lower()
    article = said == "一" and text[number.start - 1 : number.start] != "第"
    if article or (number.spelled and any(said in articles(language) for language in languages)):
        return replace(number, is_id=False, is_count=False, sure=False)
    verb = number.spelled and any(said in never_last(language) for language in languages)
    if (verb and _ends_a_request(text, number)) or _aside(text, number):
        return replace(number, is_id=False, is_count=False, sure=False)
    vague = number.spelled and any(said in unsure(language) for language in languages) and not number.is_count
    return replace(number, sure=number.is_id or not (vague or (number.ordinal and number.spelled)))


def _ends_a_request(text: str, number: Number) -> bool:
    """Whether the word stands where a verb does: last, or behind a verb's stem ("बता दो")."""
    behind = cue_before("never_after").search(text, max(0, number.start - 20), number.start)
    return behind is not None or _END.match(text, number.end) is not None


def _aside(text: str, number: Number) -> bool:
    """Whether it numbers or measures something beside the question: "page 3", "10 minutes"; never after "id" or "#"."""
    if _signed(text, number):
        return False
    before = cue_before("aside_before").search(text, max(0, number.start - 20), number.start)
    after = cue_after("aside_after").match(text, number.end, number.end + 20)
    return before is not None or after is not None or _ranks(text, number)


def _signed(text: str, number: Number) -> bool:
    signed = _SIGN.search(text, max(0, number.start - 20), number.start)
    return signed is not None and not signed.group().startswith("第")


def signed(text: str, number: Number) -> bool:
    """Whether a sign such as "id", "#" or "第" says that the number names an instance."""
    return _SIGN.search(text, max(0, number.start - 20), number.start) is not None


def _ranks(text: str, number: Number) -> bool:
    """Whether an ordinal orders words or times instead of instances: "the 2nd most important word", "第二重要"."""
    high = number.end + 40
    ordinal = number.ordinal or text[: number.start].rstrip().endswith("第") or text.startswith("番目", number.end)
    noun = cue_after("id_noun").match(text, number.end, high) is not None
    return ordinal and not noun and cue_after("ranked").match(text, number.end, high) is not None


def _aside_together(text: str, numbers: Sequence[Number]) -> list[Number]:
    """The numbers, unsure also the other end of "5 to 10 minutes", of "3 of 5 stars" and the first of "the 2nd and 3rd word"."""
    beside = {
        one
        for low, high in pairwise(numbers)
        if _in_one_phrase(text, low, high) and (_aside(text, low) or _aside(text, high))
        for one in (low, high)
        if not _signed(text, one)
    }
    return [replace(one, is_id=False, is_count=False, sure=False) if one in beside else one for one in numbers]


def _in_one_phrase(text: str, low: Number, high: Number) -> bool:
    rising = low.value < high.value and low.spelled == high.spelled  # "explain 12 to five people" spans nothing
    ends = rising and (ranged(text, low, high) or parted_between(text, low, high, high.end))
    parts = _share().fullmatch(text, low.end, high.start) is not None
    return ends or parts or (low.ordinal and high.ordinal and listed(text, low, high))


def _listed_ids(text: str, numbers: list[Number]) -> list[Number]:
    """Ids said once for several numbers: "ids 3, 5 and 7", "第3、5条"."""
    marked = list(numbers)
    pairs = [(place, place + 1) for place in range(len(marked) - 1)]
    for first, second in [*pairs, *((two, one) for one, two in reversed(pairs))]:
        left, right = sorted((first, second))
        linked = marked[first].is_id and listed(text, marked[left], marked[right])
        # "the first and second review"
        sure = marked[second].sure or (marked[first].ordinal and marked[second].ordinal)
        if linked and sure and not counts_its_own(text, marked[second]):
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
def _share() -> regex.Pattern[str]:
    """What stands between a part and the whole: " of ", " étoiles sur "."""
    return regex.compile(
        rf"(?:\s{pattern_of(cues('aside_after')).pattern})?\s*{pattern_of(cues('shares')).pattern}\s*", regex.IGNORECASE
    )


def has_place(text: str, number: Number) -> bool:
    """Whether a small word puts the number in the place of an instance: "in 7", "für 7", "7కి"."""
    before = _places("prepositions").search(text, max(0, number.start - 20), number.start)
    wanted = _WISH.search(text, max(0, number.start - 20), number.start)  # "I'd like 5"
    after = _places("postpositions").match(text, number.end, number.end + 20)
    return after is not None or (before is not None and wanted is None)


def named_too(text: str, number: Number) -> bool:
    """Whether "too" behind the number says that it is one more instance: "give me 46 too", "46也要"."""
    return cue_after("also").match(text, number.end, number.end + 20) is not None


def behind_a_verb(text: str, number: Number) -> bool:
    """Whether the word before the number may be a verb: Spanish "muestra" is "sample" and "show"."""
    return cue_before("verbs").search(text, max(0, number.start - 40), number.start) is not None


def behind_its_noun(text: str, number: Number) -> bool:
    """Whether the word before the number may be what it counts: Chinese "评论5条" is "5 reviews"."""
    noun = cue_before("countable").search(text, max(0, number.start - 40), number.start)
    return noun is not None and cue_after("id_after").match(text, number.end, number.end + 40) is None
