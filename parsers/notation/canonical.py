"""The canonical query: the one-line form of a Parse, shown to users as an editable chip, and back.

query  := call ("; " call)* [" on " texts] [" where " filter]
call   := name [ "(" slot "=" value (", " slot "=" value)* ")" ]        slots in alphabetical order
texts  := text (", " text)*,  text := [field " = "] JSON string
"""

from __future__ import annotations

from core.dialogue import Call, Parse, Scalar, Span
from core.errors import UserError, unknown
from parsers.notation.canonical_filters import read_filter, write_filter
from parsers.notation.scanner import BARE, NUMBER, Scanner, quoted, word
from parsers.notation.shapes import names, shape


def write(parse: Parse) -> str:
    """The canonical query of `parse`; confidence, parser and alternatives are not part of it."""
    calls = "; ".join(map(_write_call, parse.calls))
    texts = f" on {', '.join(map(_write_text, parse.custom))}" if parse.custom else ""
    where = f" where {write_filter(parse.where)}" if parse.where is not None else ""
    return calls + texts + where


def _write_call(call: Call) -> str:
    slots = ", ".join(f"{name}={_write_value(value)}" for name, value in sorted(call.slots))
    return f"{call.operation}({slots})" if slots else call.operation


def _write_value(value: Scalar) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return word(value) if isinstance(value, str) else str(value)


def _write_text(span: Span) -> str:
    return f"{word(span.field)} = {quoted(span.text)}" if span.field else quoted(span.text)


def read(text: str) -> Parse:
    """The Parse of a canonical query; spans are places of the strings in `text`.

    Raises UserError: bad_query (position, what was found, what would work), unknown_operation, unknown_slot.
    """
    scanner = Scanner(text)
    calls = [_read_call(scanner)]
    while scanner.take(";"):
        calls.append(_read_call(scanner))
    custom = _read_texts(scanner) if scanner.take("on") else ()
    where = read_filter(scanner) if scanner.take("where") else None
    if not scanner.done:
        raise scanner.error(*_possible(bool(custom), where is not None))
    return Parse(tuple(calls), where, custom, parser="canonical")


def is_query(text: str) -> Parse | None:
    """The Parse where `text` already is a canonical query, else None."""
    first = BARE.match(text.lstrip())
    if first is None or first.group() not in names():
        return None
    try:
        return read(text)
    except UserError:
        return None


def _possible(texts: bool, where: bool) -> tuple[str, ...]:
    if where:
        return ("and", "or")
    return ("where",) if texts else (";", "on", "where")


def _read_call(scanner: Scanner) -> Call:
    name = scanner.pattern(BARE)
    if name is None:
        raise scanner.error(*names())
    known = shape(name)
    slots: dict[str, Scalar] = {}
    if scanner.take("("):
        while True:
            slot, value = _read_slot(scanner, known.slots)
            slots[slot] = value
            if not scanner.take(","):
                break
        scanner.need(")")
    return Call(name, tuple(sorted(slots.items())))


def _read_slot(scanner: Scanner, known: tuple[str, ...]) -> tuple[str, Scalar]:
    name = scanner.pattern(BARE)
    if name is None:
        raise scanner.error(*known)
    if name not in known:
        raise unknown("unknown_slot", name, known or ("–",))
    scanner.need("=")
    return name, _read_value(scanner)


def _read_value(scanner: Scanner) -> Scalar:
    string = scanner.string()
    if string is not None:
        return string[0]
    number = scanner.pattern(NUMBER)
    if number is not None:
        return float(number) if "." in number else int(number)
    bare = scanner.pattern(BARE)
    if bare is None:
        raise scanner.error("3", "lime", '"…"')
    return bare if bare not in ("true", "false") else bare == "true"


def _read_texts(scanner: Scanner) -> tuple[Span, ...]:
    spans = [_read_text(scanner)]
    while scanner.take(","):
        spans.append(_read_text(scanner))
    return tuple(spans)


def _read_text(scanner: Scanner) -> Span:
    named = scanner.pattern(BARE)
    first = scanner.string()
    if named is None and first is not None and not scanner.take("="):
        return Span(*first)
    field = named or (first[0] if first else "")
    if named is not None:
        scanner.need("=")
    text = scanner.string()
    if text is None:
        raise scanner.error('"…"')
    return Span(*text, field)
