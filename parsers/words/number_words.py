"""Number words of one language as a dictionary, composed from the lists of `numbers.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from core.errors import UserError

ANY = "any"  # the table of signs that every language uses
LONGEST = 6  # words in the longest phrase: "quatre cent quatre vingt dix sept"


@lru_cache(maxsize=1)
def tables() -> dict[str, dict[str, Any]]:
    """The tables of `numbers.toml` by language."""
    with Path(__file__).with_name("numbers.toml").open("rb") as file:
        return tomllib.load(file)


def cues(kind: str) -> tuple[str, ...]:
    """The cues of one kind ("id_before") in all languages."""
    return tuple(dict.fromkeys(cue for table in tables().values() for cue in table.get(kind, ())))


@cache
def articles(language: str) -> frozenset[str]:
    """Words for "one" that are articles: numbers only beside a unit ("mit einem Satz")."""
    return frozenset(tables().get(language, {}).get("articles", ()))


@cache
def unsure(language: str) -> frozenset[str]:
    """Words that are a number only beside a cue: "one", "dozen"."""
    return frozenset(tables().get(language, {}).get("unsure", ()))


@cache
def never_last(language: str) -> frozenset[str]:
    """Words that are no number at the end of a message or behind a `never_after`: there Hindi "दो" ("two", "give") is a verb."""
    return frozenset(tables().get(language, {}).get("never_last", ()))


@cache
def clear_ordinals(language: str) -> bool:
    """Whether a small ordinal always counts instances ("రెండో"), so that no noun is needed beside it."""
    return bool(tables().get(language, {}).get("clear_ordinals", False))


@cache
def cardinals(language: str) -> dict[str, int]:
    """Phrase to value, 0 to 999, or to 1,999 where hundreds are counted on ("twelve hundred"); words parted by one space, lower case.

    Empty where nobody wrote the words.
    """
    table = tables().get(language, {})
    small = _small(table, "cardinals", "tens") | _extra(table)
    endings = table.get("cardinal_endings") or [""]
    inflected = {word + ending: number for word, number in small.items() for ending in endings}
    return inflected | _hundreds(table, inflected)


def cardinal(phrase: str, language: str) -> int | None:
    """The value of a phrase, 0 to 999,999: "two thousand three hundred", "zweitausend"; None where it is no number."""
    return _with_thousands(phrase, language, cardinals(language), True)


def ordinal(phrase: str, language: str) -> int | None:
    """The value of the phrase of an ordinal, 1 to 999,999: "twenty first", "тысяча двести третий"; None where it is none."""
    return _with_thousands(phrase, language, ordinals(language), False)


def _with_thousands(phrase: str, language: str, small: dict[str, int], whole: bool) -> int | None:
    """The value of a phrase of `small`, or of thousands and one of these; with `whole` of thousands alone, too."""
    if phrase in small:
        return small[phrase]
    for word in tables().get(language, {}).get("thousands", ()):
        left, found, right = phrase.partition(word)
        many = cardinals(language).get(left.strip(), 0 if left else 1)
        rest = small.get(right.strip().removeprefix("and "), 0)
        if found and many and (rest or (whole and not right)):
            return many * 1000 + rest
    return None


@cache
def ordinals(language: str) -> dict[str, int]:
    """Phrase of an ordinal ("twenty first") to its value, 1 to 1000."""
    table = tables().get(language, {})
    if "ordinals" not in table:
        return {}
    endings = table.get("ordinal_endings") or [""]
    units = {word + ending: number for word, number in _listed(table["ordinals"], 1, 1) for ending in endings}
    tens = {
        word + ending: number for word, number in _listed(table.get("ordinal_tens", ""), 20, 10) for ending in endings
    }
    cardinal_units, cardinal_tens = (
        dict(_listed(table["cardinals"], 0, 1)),
        dict(_listed(table["tens"], 20, 10)) if "tens" in table else {},
    )
    unit_first = [pattern for pattern in table.get("compounds", ()) if pattern.index("{unit}") < pattern.index("{ten}")]
    joined = _compounds(table, cardinal_tens, units) | _compounds({"compounds": unit_first}, tens, cardinal_units)
    both = _compounds({"compounds": table.get("ordinal_pairs", ())}, tens, units)
    small = units | tens | joined | both | _suffixed(table)
    hundreds = _listed(table.get("ordinal_hundreds", ""), 100, 100)
    return (
        small
        | {word + ending: number for word, number in hundreds for ending in endings}
        | _above_hundred(table, small)
    )


def _listed(text: str, first: int, step: int) -> Iterator[tuple[str, int]]:
    for place, entry in enumerate(part.strip() for part in text.split(",") if part.strip()):
        for word in entry.split("/"):
            yield word.strip(), first + place * step


def _small(table: dict[str, Any], units_key: str, tens_key: str) -> dict[str, int]:
    units = dict(_listed(table.get(units_key, ""), 0, 1))
    tens = dict(_listed(table.get(tens_key, ""), 20, 10))
    return units | tens | _compounds(table, tens, units)


def _compounds(table: dict[str, Any], tens: dict[str, int], units: dict[str, int]) -> dict[str, int]:
    """Tens with 1 to 19: French counts from 60 to 79 and from 80 to 99."""
    return {
        pattern.format(ten=ten, unit=unit): high + low
        for pattern in table.get("compounds", ())
        for ten, high in tens.items()
        for unit, low in units.items()
        if 0 < low < 20
    }


def _extra(table: dict[str, Any]) -> dict[str, int]:
    return {word: int(number) for number, said in table.get("extra", {}).items() for word in said.split("/")}


def _suffixed(table: dict[str, Any]) -> dict[str, int]:
    """Ordinals above 20 that are the cardinal with an ending: Hindi "इक्कीसवां"."""
    suffixes = table.get("ordinal_suffixes", ())
    return {word + suffix: number for word, number in _extra(table).items() if number > 20 for suffix in suffixes}


def _hundreds(table: dict[str, Any], small: dict[str, int]) -> dict[str, int]:
    return dict(_listed(table.get("hundreds", ""), 100, 100)) | _above_hundred(table, small)


def _above_hundred(table: dict[str, Any], small: dict[str, int]) -> dict[str, int]:
    """Hundreds with 1 to 99: "three hundred and ninth" for ordinals."""
    hundreds = dict(_listed(table.get("hundreds", ""), 100, 100))
    return {
        pattern.format(hundred=hundred, rest=rest): high + low
        for pattern in table.get("above_hundred", ())
        for hundred, high in hundreds.items()
        for rest, low in small.items()
        if 0 < low < 100
    }


HAN_DIGITS = {char: number for number, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "兩": 2, "俩": 2}
_HAN_UNITS = {"十": 10, "百": 100, "千": 1000}


def han(text: str) -> int:
    """The value of a number in Han characters: "二百零五" is 205, "一二" is 12. Raises UserError("not_a_number")."""
    if all(char in HAN_DIGITS for char in text):
        return int("".join(str(HAN_DIGITS[char]) for char in text))
    total, digit = 0, 0
    for char in text:
        if char in HAN_DIGITS:
            digit = HAN_DIGITS[char]
        elif char in _HAN_UNITS:
            total += (digit or 1) * _HAN_UNITS[char]
            digit = 0
        else:
            raise UserError("not_a_number", value=text, low=0, high=9999)
    return total + digit
