"""Filters in the canonical notation: `id = 3 or includes("battery") and not words > 20`, both ways."""

from __future__ import annotations

from typing import assert_never

import regex

from core.filters import (
    UNITS,
    And,
    ById,
    ByLabel,
    ByLanguage,
    ByLength,
    ByPrediction,
    Filter,
    Includes,
    Not,
    Or,
    Previous,
)
from parsers.notation.scanner import BARE, NUMBER, Scanner, quoted, word

SYMBOLS = {
    "less": "<",
    "less equal": "<=",
    "greater": ">",
    "greater equal": ">=",
    "equal": "=",
    "not equal": "!=",
}
_COMPARISON = regex.compile(r"<=|>=|!=|[<>=]")
_COMPARISONS = {symbol: name for name, symbol in SYMBOLS.items()}
_STARTS = ("id", "includes", "label", "language", "prediction", *UNITS, "previous", "not", "(")
_OR, _AND, _NOT = 0, 1, 2  # how tightly each binds


def flat(where: Filter) -> Filter:
    """The same filter without And in And, Or in Or, and parts that stand alone: what the notation can tell apart."""
    if isinstance(where, Not):
        return Not(flat(where.part))
    if not isinstance(where, And | Or):
        return where
    kind = type(where)
    parts: list[Filter] = []
    for part in map(flat, where.parts):
        parts.extend(part.parts if isinstance(part, kind) else (part,))
    return parts[0] if len(parts) == 1 else kind(tuple(parts))


def write_filter(where: Filter) -> str:
    """The filter with the fewest brackets."""
    return _write(flat(where), _OR)


def _write(where: Filter, outside: int) -> str:
    if isinstance(where, Or):
        text = " or ".join(_write(part, _AND) for part in where.parts)
        return f"({text})" if outside > _OR else text
    if isinstance(where, And):
        text = " and ".join(_write(part, _NOT) for part in where.parts)
        return f"({text})" if outside > _AND else text
    if isinstance(where, Not):
        return f"not {_write(where.part, _NOT)}"
    return _atom(where)


def _atom(where: ById | Includes | ByLabel | ByPrediction | ByLanguage | ByLength | Previous) -> str:
    match where:
        case ById(number):
            return f"id = {number}"
        case Includes(token):
            return f"includes({quoted(token)})"
        case ByLabel(label):
            return f"label = {word(label)}"
        case ByPrediction(label):
            return f"prediction = {word(label)}"
        case ByLanguage(language):
            return f"language = {word(language)}"
        case ByLength(unit, comparison, number):
            return f"{unit} {SYMBOLS[comparison]} {number}"
        case Previous():
            return "previous"
        case _:
            assert_never(where)


def read_filter(scanner: Scanner) -> Filter:
    """The filter that starts here. Raises UserError("bad_query")."""
    parts = [_read_and(scanner)]
    while scanner.take("or"):
        parts.append(_read_and(scanner))
    return parts[0] if len(parts) == 1 else flat(Or(tuple(parts)))


def _read_and(scanner: Scanner) -> Filter:
    parts = [_read_not(scanner)]
    while scanner.take("and"):
        parts.append(_read_not(scanner))
    return parts[0] if len(parts) == 1 else flat(And(tuple(parts)))


def _read_not(scanner: Scanner) -> Filter:
    if scanner.take("not"):
        scanner.deeper()
        part = Not(_read_not(scanner))
        scanner.depth -= 1
        return part
    if scanner.take("("):
        scanner.deeper()
        inner = read_filter(scanner)
        scanner.need(")")
        scanner.depth -= 1
        return inner
    return _read_atom(scanner)


def _read_atom(scanner: Scanner) -> Filter:
    if scanner.take("previous"):
        return Previous()
    if scanner.take("includes"):
        return _read_includes(scanner)
    for unit in UNITS:
        if scanner.take(unit):
            return _read_length(scanner, unit)
    for name, kind in (("label", ByLabel), ("language", ByLanguage), ("prediction", ByPrediction)):
        if scanner.take(name):
            scanner.need("=")
            return kind(_read_label(scanner))
    if scanner.take("id"):
        scanner.need("=")
        return ById(_read_number(scanner))
    raise scanner.error(*_STARTS)


def _read_includes(scanner: Scanner) -> Filter:
    scanner.need("(")
    token = scanner.string()
    if token is None:
        raise scanner.error('"…"')
    scanner.need(")")
    return Includes(token[0])


def _read_length(scanner: Scanner, unit: str) -> Filter:
    symbol = scanner.pattern(_COMPARISON)
    if symbol is None:
        raise scanner.error(*SYMBOLS.values())
    return ByLength(unit, _COMPARISONS[symbol], _read_number(scanner))


def _read_number(scanner: Scanner) -> int:
    said = scanner.pattern(NUMBER)
    if said is None or "." in said:
        raise scanner.error("12")
    return int(said)


def _read_label(scanner: Scanner) -> str:
    string = scanner.string()
    if string is not None:
        return string[0]
    bare = scanner.pattern(BARE)
    if bare is None:
        raise scanner.error("negative", '"…"')
    return bare
