"""The notation of the CoXQL benchmark (Wang et al., EMNLP Findings 2024): the only file that knows it.

    [filter (and|or filter)* and] OPERATION SLOTS (and OPERATION SLOTS)* [E]

`or` binds tighter than `and` here, since the last `and` ties the operation to everything before it. What the notation
cannot say is lost on the way out: the custom text, the token of `includes`, contrast, granularity, target labels.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import assert_never

import regex

from core.dialogue import Call, Parse, Scalar
from core.errors import UserError
from core.filters import And, ById, ByLabel, ByLanguage, ByLength, ByPrediction, Filter, Includes, Not, Or, Previous
from parsers.notation.canonical_filters import SYMBOLS, flat, read_filter
from parsers.notation.scanner import Scanner, quoted
from parsers.notation.shapes import names

END = "[E]"
_NUMBER = r"\d{1,15}"
TOPICS = {
    "counterfactual": "qacfe",
    "attribute": "qafa",
    "augment": "qada",
    "rationalize": "qarationale",
    "similar": "qasim",
    "adversarial": "qaadv",
    "influence": "qainflu",
    "edit_label": "qaedit",
    "learn": "qalearn",
    "unlearn": "qaunlearn",
}
_TOPICS = {theirs: ours for ours, theirs in TOPICS.items()}


@dataclass(frozen=True)
class Notation:
    """How the benchmark writes one operation: its name, then its slots as `write` says and `read` reads; `sample` shows some."""

    name: str
    write: Callable[[Call], str] | None = None
    read: str = ""
    sample: str = ""


NOTATIONS = {  # an operation that is not listed goes by its own name, without slots
    "attribute": Notation(
        "nlpattribute",
        lambda call: f"{_top(call)} {call.slot('method') or 'default'}",
        rf"(?:all|topk (?P<k>{_NUMBER})) (?:default|(?P<method>\w+))",
        "all default, topk 3 lime",
    ),
    "counterfactual": Notation("cfe"),
    "count": Notation("countdata"),
    "dataset_card": Notation("data"),
    "define": Notation("domain"),
    "edit_label": Notation("editlabel"),
    "functions": Notation("function"),
    "influence": Notation(
        "influence", lambda call: f"topk {call.slot('k') or 1}", rf"topk (?:1|(?P<k>{_NUMBER}))", "topk 3"
    ),
    "keywords": Notation("keywords", lambda call: f"{call.slot('k') or 'all'}", rf"all|(?P<k>{_NUMBER})", "all, 10"),
    "labels": Notation("label"),
    "mistakes": Notation(
        "mistake", lambda call: f"{call.slot('kind') or 'sample'}", r"(?P<kind>count|sample)", "count, sample"
    ),
    "model_card": Notation("model"),
    "score": Notation("score", lambda call: f"{call.slot('metric') or 'accuracy'}", r"(?P<metric>\w+)", "accuracy"),
    "similar": Notation("similar", lambda call: f"{call.slot('k') or 1}", rf"1|(?P<k>{_NUMBER})", "3"),
    "tutorial": Notation(
        "qatutorial",
        lambda call: TOPICS.get(str(call.slot("topic")), "qafa"),
        rf"(?P<topic>{'|'.join(_TOPICS)})",
        ", ".join(_TOPICS),
    ),
}
_FILTER = regex.compile(r"(?:filter id|includes|(?:label|prediction|length|previous)filter|not|\()(?:\s|$)")
_COMPARISON = r"(?:less|greater)(?: equal)?|(?:not )?equal"
_LEAF = regex.compile(
    rf"filter id (?P<id>{_NUMBER})"
    rf"|lengthfilter (?P<unit>chars|words|sents) (?P<comparison>{_COMPARISON}) (?P<size>{_NUMBER})"
    r"|(?P<kind>label|prediction)filter (?P<label>.+?)(?= or | and | \)|$)"
    r"|(?P<previous>previousfilter)|(?P<includes>includes)(?: (?P<token>\"(?:[^\"\\]|\\.)*\"))?"
)


def collapse(text: str) -> str:
    """One space between words, none outside: how parses are compared."""
    return " ".join(text.split())


def name_of(operation: str) -> str:
    """The benchmark's name of an operation."""
    return _notation(operation).name


def operations() -> dict[str, str]:
    """Every operation by the benchmark's name of it."""
    return {name_of(ours): ours for ours in names()}


def to_coxql(parse: Parse) -> str:
    """The parse in the benchmark's notation."""
    said = _sayable(parse.where) if parse.where else None
    where = [_write(flat(said))] if said else []
    return " and ".join([*where, *map(write_call, parse.calls)]) + f" {END}"


def _sayable(where: Filter) -> Filter | None:
    """The filter without languages of the data, of which the notation knows nothing; None where nothing is left."""
    if isinstance(where, And | Or):
        parts = [part for part in map(_sayable, where.parts) if part]
        return type(where)(tuple(parts)) if parts else None
    if isinstance(where, Not):
        part = _sayable(where.part)
        return Not(part) if part else None
    return None if isinstance(where, ByLanguage) else where


def write_call(call: Call) -> str:
    """One operation with its slots: "nlpattribute topk 3 default"."""
    notation = _notation(call.operation)
    return f"{notation.name} {notation.write(call)}" if notation.write else notation.name


def _notation(operation: str) -> Notation:
    return NOTATIONS.get(operation, Notation(operation))


def _top(call: Call) -> str:
    return f"topk {call.slot('k')}" if call.slot("k") else "all"


def _write(where: Filter) -> str:
    if isinstance(where, And):
        return " and ".join(_any(part) for part in where.parts)
    return _any(where)


def _any(where: Filter) -> str:
    return " or ".join(map(_one, where.parts)) if isinstance(where, Or) else _one(where)


def _one(where: Filter) -> str:
    match where:
        case And(parts) | Or(parts):
            joint = " and " if isinstance(where, And) else " or "
            return f"( {joint.join(map(_one, parts))} )"
        case Not(part):
            return f"not {_one(part)}"
        case ById(number):
            return f"filter id {number}"
        case ByLabel(label):
            return f"labelfilter {label}"
        case ByPrediction(label):
            return f"predictionfilter {label}"
        case ByLength(unit, comparison, number):
            return f"lengthfilter {unit} {comparison} {number}"
        case Includes(_):
            return "includes"
        case Previous():
            return "previousfilter"
        case ByLanguage(_):
            raise ValueError("the notation knows no languages of the data")  # _sayable leaves them out
        case _:
            assert_never(where)


def from_coxql(text: str, token: str = "") -> Parse:
    """The Parse of a row of the benchmark; `token` is what `includes` asks for. Raises UserError("bad_query").

    "similar 1", "influence topk 1" and the method "default" are read as not said, which the notation cannot tell apart.
    """
    line = collapse(text)
    if not line.endswith(END):
        raise UserError("bad_query", position=len(text), found=text[-20:] or "–", expected=END)
    segments = list(_segments(line.removesuffix(END).split()))
    filters = [segment for segment in segments if _FILTER.match(segment)]
    calls = [_read_call(segment) for segment in segments[len(filters) :]]
    if not calls:
        raise UserError("bad_query", position=len(text), found=END, expected=", ".join(operations()))
    return Parse(tuple(calls), _read_filters(filters, token) if filters else None, parser="coxql")


def is_coxql(text: str) -> Parse | None:
    """The Parse where `text` already is in the benchmark's notation, else None."""
    if not text.rstrip().endswith(END):
        return None
    try:
        return from_coxql(text)
    except UserError:
        return None


def _segments(words: list[str]) -> Iterator[str]:
    """The stretches between every "and" that stands outside brackets."""
    segment: list[str] = []
    for word in words:
        if word == "and" and segment.count("(") == segment.count(")"):
            yield " ".join(segment)
            segment = []
        else:
            segment.append(word)
    yield " ".join(segment)


def _read_filters(filters: list[str], token: str) -> Filter:
    scanner = Scanner(" and ".join(f"({_LEAF.sub(lambda leaf: _canonical(leaf, token), one)})" for one in filters))
    where = read_filter(scanner)
    if not scanner.done:
        raise scanner.error("and", END)
    return where


def _canonical(leaf: regex.Match[str], token: str) -> str:
    if leaf["id"]:
        return f"id = {leaf['id']}"
    if leaf["unit"]:
        return f"{leaf['unit']} {SYMBOLS[leaf['comparison']]} {leaf['size']}"
    if leaf["kind"]:
        return f"{leaf['kind']} = {quoted(leaf['label'])}"
    return "previous" if leaf["previous"] else f"includes({leaf['token'] or quoted(token)})"


def _read_call(segment: str) -> Call:
    name, _, rest = segment.partition(" ")
    known = operations()
    if name not in known:
        raise UserError("bad_query", position=0, found=segment[:20] or "–", expected=", ".join(known))
    notation = _notation(known[name])
    match = regex.fullmatch(notation.read, rest)
    if match is None:
        raise UserError("bad_query", position=len(name), found=rest[:20] or "–", expected=notation.sample or END)
    return Call(known[name], tuple(sorted(_slots(match).items())))


def _slots(match: regex.Match[str]) -> dict[str, Scalar]:
    said = {name: text for name, text in match.groupdict().items() if text is not None}
    if "topic" in said:
        said["topic"] = _TOPICS[said["topic"]]
    return {name: int(text) if name == "k" else text for name, text in said.items()}
