"""Every number of a text must stand in a result: sentences with others are taken out, and the rest say where theirs come from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.languages import western_digits
from parsers.numbers.roles import find_numbers

CITED = re.compile(r"\s*\[(\d{1,2})\]")
_SENTENCE = re.compile(
    r"[^\n]+?(?:[.!?।]+[\"”»’)]*(?:\s*\[\d{1,2}\])*(?=\s|$)|[。！？]+[”」]?(?:\s*\[\d{1,2}\])*|(?=\n|$))"
)
# e5-small, f1, bnb-nf4: a digit in them counts nothing
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-._]?[A-Za-z0-9]+)*")
_ITEM = re.compile(r"^\s*\d{1,2}[.)]\s")  # "1. " before the item of a list
_NUMBER = re.compile(r"(?:(?<!\w)[-−])?\d+(?:[.,'’\u00a0\u202f]\d+)*")
_PERCENT = re.compile(r"\s?[%٪％]|[\s\u00a0]?(?:per ?cent|Prozent|por ciento|процент\w*|శాతం)")
GROUP = 3  # digits between two marks of thousands
LONG = 12  # digits; longer numbers are compared as they stand and never rounded


@dataclass(frozen=True)
class Number:
    """A number as written: all that it can mean ("1,234" is two numbers), its decimals, and whether it is a percentage."""

    values: frozenset[Decimal]
    decimals: int
    percent: bool


@dataclass(frozen=True)
class Checked:
    """A text whose every number stands in a result, and the sentences that were taken out."""

    text: str
    dropped: tuple[str, ...]


def checked(text: str, results: Mapping[int, str], language: str) -> Checked:
    """The sentences of `text` whose numbers all stand in one of the numbered results, each with [n] of where.

    A number stands there when it is written there, rounded from one with more decimals, or the percentage of a share. Number
    words count, too; [n] that the text has of its own is kept where a result of that number exists.
    """
    known = {number: tuple(numbers(said, language)) for number, said in results.items()}
    kept, dropped = [], []
    for line in text.splitlines():
        item = _ITEM.match(line)
        mark = item.group() if item else ""
        said = [_sentence(match.group().strip(), known, language) for match in _SENTENCE.finditer(line[len(mark) :])]
        fine = " ".join(one for one, holds in said if holds)
        kept.append(mark + fine if fine else "")
        dropped += [one for one, holds in said if not holds]
    return Checked("\n".join(kept).strip(), tuple(dropped))


def _sentence(said: str, known: Mapping[int, Sequence[Number]], language: str) -> tuple[str, bool]:
    """The sentence with its sources, and whether all its numbers have one."""
    cited = [int(number) for number in CITED.findall(said) if int(number) in known]
    bare = CITED.sub("", said)
    sources = list(dict.fromkeys(cited))
    for number in numbers(bare, language):
        found = [place for place, there in known.items() if any(_same(number, one) for one in there)]
        if not found:
            return bare, False
        if not set(found) & set(sources):
            sources.append(found[0])
    return " ".join([bare, *(f"[{place}]" for place in sorted(sources))]), True


def numbers(text: str, language: str) -> Iterable[Number]:
    """All numbers in a text, in digits of any script and in words; digits inside names are none."""
    plain = western_digits(text)
    plain = _NAME.sub(
        lambda match: "\0" * len(match.group()) if re.search(r"\d", match.group()) else match.group(), plain
    )
    for match in _NUMBER.finditer(plain):
        yield _number(match.group(), bool(_PERCENT.match(plain, match.end())))
    for word in find_numbers(text, sorted({language, "en"})):
        percent = bool(_PERCENT.match(text, word.end))
        if word.spelled and (word.sure or percent) and not word.ordinal and word.value > 1:
            yield Number(frozenset({Decimal(word.value)}), 0, percent)


def _number(written: str, percent: bool) -> Number:
    """The mark of decimals is the last one; marks before groups of three digits may be of thousands."""
    text = written.replace("−", "-")
    parts = re.split(r"[^\d-]", text)
    whole = Decimal("".join(parts))
    if len(parts) == 1:
        return Number(frozenset({whole}), 0, percent)
    grouped = all(len(part) == GROUP for part in parts[1:])
    decimal = Decimal(f"{''.join(parts[:-1])}.{parts[-1]}")
    values = {whole, decimal} if grouped else {decimal}
    return Number(frozenset(values), len(parts[-1]), percent)


def _same(said: Number, there: Number) -> bool:
    """Whether the number that was said is the one there, as it stands, rounded, or as a percentage."""
    if said.values & there.values:
        return True
    shares = (
        {value * 100 for value in there.values if abs(value) <= 1 and there.decimals > 1} if said.percent else set()
    )
    finer = there.values if 0 < said.decimals < min(there.decimals, LONG) else set()
    step = Decimal(1).scaleb(-min(said.decimals, LONG))
    return any(value.quantize(step) in said.values for value in {*shares, *finer} if value.adjusted() < LONG)
