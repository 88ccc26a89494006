"""The notation of the CoXQL benchmark (Wang et al., EMNLP Findings 2024): the only file that knows it.

    [filter (and|or filter)* and] OPERATION SLOTS (and OPERATION SLOTS)* [E]

`or` binds tighter than `and` here, since the last `and` ties the operation to everything before it. What the notation
cannot say is lost on the way out: the user's own text, the token of `includes`, contrast, granularity, target labels.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import regex

from core.dialogue import Call, Parse, Scalar
from core.errors import UserError
from core.filters import (
    And,
    ById,
    ByLabel,
    ByLength,
    ByPrediction,
    Filter,
    Includes,
    Not,
    Or,
)
from parsers.canonical_filters import SYMBOLS, flat, read_filter
from parsers.scanner import Scanner, quoted

END = "[E]"
PLAIN = {
    "predict": "predict",
    "likelihood": "likelihood",
    "rationalize": "rationalize",
    "counterfactual": "cfe",
    "adversarial": "adversarial",
    "augment": "augment",
    "show": "show",
    "count": "countdata",
    "labels": "label",
    "edit_label": "editlabel",
    "learn": "learn",
    "unlearn": "unlearn",
    "functions": "function",
    "dataset_card": "data",
    "model_card": "model",
    "define": "domain",
    "same": "same",
    "undo": "undo",
    "history": "history",
    "code": "code",
    "none": "none",
    "compare": "compare",
}
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
WITH_SLOTS: dict[str, Callable[[Call], str]] = {
    "attribute": lambda call: f"nlpattribute {_top(call, 'all')} {call.slot('method') or 'default'}",
    "influence": lambda call: f"influence topk {call.slot('k') or 1}",
    "similar": lambda call: f"similar {call.slot('k') or 1}",
    "keywords": lambda call: f"keywords {call.slot('k') or 'all'}",
    "mistakes": lambda call: f"mistake {call.slot('kind') or 'sample'}",
    "score": lambda call: f"score {call.slot('metric') or 'accuracy'}",
    "tutorial": lambda call: f"qatutorial {TOPICS.get(str(call.slot('topic')), 'qafa')}",
}
NAMES = PLAIN | {
    "attribute": "nlpattribute",
    "influence": "influence",
    "similar": "similar",
    "keywords": "keywords",
    "mistakes": "mistake",
    "score": "score",
    "tutorial": "qatutorial",
}
_OURS = {theirs: ours for ours, theirs in NAMES.items()}
_TOPICS = {theirs: ours for ours, theirs in TOPICS.items()}
SAMPLES = {
    "attribute": "all default, topk 3 lime",
    "influence": "topk 3",
    "similar": "3",
    "keywords": "all, 10",
    "mistakes": "count, sample",
    "score": "accuracy",
    "tutorial": ", ".join(_TOPICS),
}
_NUMBER = r"\d{1,15}"
_SLOTS = {
    "attribute": regex.compile(rf"(?:all|topk (?P<k>{_NUMBER})) (?:default|(?P<method>\w+))"),
    "influence": regex.compile(rf"topk (?:1|(?P<k>{_NUMBER}))"),
    "similar": regex.compile(rf"1|(?P<k>{_NUMBER})"),
    "keywords": regex.compile(rf"all|(?P<k>{_NUMBER})"),
    "mistakes": regex.compile(r"(?P<kind>count|sample)"),
    "score": regex.compile(r"(?P<metric>\w+)"),
    "tutorial": regex.compile(rf"(?P<topic>{'|'.join(_TOPICS)})"),
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


def to_coxql(parse: Parse) -> str:
    """The parse in the benchmark's notation."""
    where = [] if parse.where is None else [_write(flat(parse.where))]
    return " and ".join([*where, *map(write_call, parse.calls)]) + f" {END}"


def write_call(call: Call) -> str:
    """One operation with its slots: "nlpattribute topk 3 default"."""
    written = WITH_SLOTS.get(call.operation)
    return written(call) if written else PLAIN.get(call.operation, call.operation)


def _top(call: Call, otherwise: str) -> str:
    return f"topk {call.slot('k')}" if call.slot("k") else otherwise


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
        case _:
            return "previousfilter"


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
        raise UserError("bad_query", position=len(text), found=END, expected=", ".join(_OURS))
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
    operation = _OURS.get(name)
    if operation is None:
        raise UserError("bad_query", position=0, found=segment[:20] or "–", expected=", ".join(_OURS))
    pattern = _SLOTS.get(operation)
    match = pattern.fullmatch(rest) if pattern else None
    if (match is None) != (pattern is None) or (pattern is None and rest):
        raise UserError("bad_query", position=len(name), found=rest[:20] or "–", expected=SAMPLES.get(operation, END))
    return Call(operation, tuple(sorted(_slots(match).items())) if match else ())


def _slots(match: regex.Match[str]) -> dict[str, Scalar]:
    said = {name: text for name, text in match.groupdict().items() if text is not None}
    if "topic" in said:
        said["topic"] = _TOPICS[said["topic"]]
    return {name: int(text) if name == "k" else text for name, text in said.items()}
