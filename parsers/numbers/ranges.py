"""Ranges of ids: "ids 5 to 8", "show 3-6 and 10", "3 to 6 except 5"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from parsers.numbers.joined import listed, ranged
from parsers.numbers.numerals import Number
from parsers.numbers.roles import counts_its_own
from parsers.words.lexicon import mentions

LONGEST_RANGE = 100  # ids that "5 to 8" may name; nobody asks for more of them one by one
BEFORE, BEHIND = 10, 2  # characters between a range and the unit that makes it one of lengths


def with_ranges(text: str, numbers: Sequence[Number]) -> list[Number]:
    """The numbers, with the ids between the ends of "ids 5 to 8" or a bare "5 to 8", each at the place of the last one."""
    made = list(numbers[:1])
    for high in numbers[1:]:
        low = made[-1]
        if _spans(text, low, high, numbers):
            made[-1] = replace(low, is_id=True, is_count=False)
            made += [replace(high, value=one, is_id=True, is_count=False) for one in range(low.value + 1, high.value)]
            high = replace(high, is_id=True, is_count=False)
        elif len(made) > 1 and low.is_id and listed(text, low, high) and _of_the_list(text, high):
            high = replace(high, is_id=True, is_count=False)  # "ids 3-6 and 10"
        made.append(high)
    return made


def _of_the_list(text: str, number: Number) -> bool:
    return number.sure and not counts_its_own(text, number)


def _spans(text: str, low: Number, high: Number, numbers: Sequence[Number]) -> bool:
    """Whether two numbers are the ends of a range of ids."""
    if not 0 < high.value - low.value < LONGEST_RANGE or not ranged(text, low, high) or counts_its_own(text, high):
        return False
    return low.is_id or _spans_ids(text, low, high, numbers)


def _spans_ids(text: str, low: Number, high: Number, numbers: Sequence[Number]) -> bool:
    """Whether two bare numbers, beside which only listed or denied ones can name instances, span some: "show 5-8", not "2-3"."""
    others = [one for one in numbers if one.sure and not one.is_count and one not in (low, high)]
    if any(one.start < high.end or not _goes_on(text, high, one) for one in others):
        return False
    if high.value - low.value < 2 or low.spelled or high.spelled:
        return False
    units = [one for one in mentions("units", text) if not any(0 <= one.start - each.end <= BEHIND for each in numbers)]
    behind = any(0 <= one.start - high.end <= BEHIND for one in mentions("units", text))
    return not behind and not any(0 <= low.start - one.end <= BEFORE for one in units)


def _goes_on(text: str, before: Number, after: Number) -> bool:
    """Whether the second number adds to the first or is set aside from it: "3-6 and 10", "3-6 except 5"."""
    gap = mentions("joints", text[before.end : after.start])
    return listed(text, before, after) or any(one.value.startswith("not") for one in gap)
