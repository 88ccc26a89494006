"""From an utterance to a Parse, the same way for every reader: rules see texts and numbers, the reader says which operation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from core.data import Schema
from core.dialogue import SAME, Call, Parse, Span, Utterance
from core.filters import Filter
from parsers.canonical import is_query
from parsers.check import check
from parsers.clauses import clauses
from parsers.compared import asks_to_compare
from parsers.coxql import is_coxql
from parsers.driving import driven_label
from parsers.filters_in_text import filter_in
from parsers.lexicon import label_mentions, mentions
from parsers.query import NONE, shape
from parsers.slots import fill
from parsers.understanding import Understood, understand

ALTERNATIVES = 3  # readings to choose from when the confidence is low
COMPARE, KEYWORDS, SURE = "compare", "keywords", 0.9  # what rules alone read, and how surely
CHANGE, DOUBTED = "counterfactual", 0.85  # below it, "… positive or negative?" is no wish to change anything
POSSIBLE, BACKED = 0.2, 0.7  # in a clause that names an operation, the reader need only hold it possible
SEVERAL = 0.5  # each part of "predict 3 and explain it" must be read at least this surely


@dataclass(frozen=True)
class Guess:
    """One reading: the operation with the slots that the kind of question decides, and its probability 0 to 1."""

    call: Call
    probability: float


class Reader(Protocol):
    """Says which operation masked requests ask for."""

    def read(self, requests: Sequence[str]) -> list[list[Guess]]:
        """Guesses for each request, best first, at least one, each operation once."""
        ...


def parse(
    utterance: Utterance, schema: Schema, reader: Reader, name: str, spans: Sequence[Span] | None = None
) -> Parse:
    """The reading of `utterance`, with the next best ones. Raises UserError: empty_message, too_long."""
    written = None if utterance.fields else is_query(utterance.text) or is_coxql(utterance.text)
    if written is not None:
        return replace(written, confidence=1.0, parser=name)
    seen = understand(utterance, schema, spans)
    if seen.courtesy:
        return Parse((Call(NONE, (("courtesy", seen.courtesy),)),), confidence=1.0, parser=name)
    if asks_to_compare(seen):
        return compose(seen, [Call(COMPARE)], SURE, name)
    if driven_label(seen):
        return compose(seen, [Call(KEYWORDS)], SURE, name)
    parts = clauses(seen)
    guesses = reader.read([seen.masked, *(part.masked for part in parts)])
    best = _several(parts, guesses[1:]) or [_answer_wanted(seen, guesses[0][0])]
    others = [
        compose(seen, [guess.call], guess.probability, name) for guess in guesses[0] if guess.call not in _calls(best)
    ]
    confidence = min(guess.probability for guess in best)
    return replace(compose(seen, _calls(best), confidence, name), alternatives=tuple(others[:ALTERNATIVES]))


def _answer_wanted(seen: Understood, guess: Guess) -> Guess:
    """An unsure reading as a change to a label becomes the plain question where two labels are offered: "… good or bad?"."""
    named = {one.value for one in label_mentions(seen.request, seen.schema)}
    set_aside = mentions("contrast", seen.request) or mentions("contrast_after", seen.request)
    offered = seen.custom and len(named) > 1 and not set_aside
    unsure = guess.call.operation == CHANGE and guess.probability < DOUBTED
    return replace(guess, call=Call("predict")) if offered and unsure else guess


def compose(seen: Understood, calls: Sequence[Call], confidence: float, name: str) -> Parse:
    """The parse of these operations: slots and filter by the rules, then the check."""
    filled = tuple(fill(call, seen) for call in calls)
    where = next((found for call in filled if (found := _filter(seen, call)) is not None), None)
    return check(Parse(filled, where, seen.custom, round(confidence, 4), name), seen)


def _filter(seen: Understood, call: Call) -> Filter | None:
    known = shape(call.operation)
    if call.operation == SAME and call.slot("k") is not None and not any(number.is_id for number in seen.numbers):
        return None  # "just 5" asks for five of the same, not for instance 5
    return filter_in(seen, known)


def _several(parts: Sequence[Understood], guesses: Sequence[Sequence[Guess]]) -> list[Guess]:
    """One guess a clause, where all are sure and no two name the same operation; else nothing."""
    best = [_named(part, found) for part, found in zip(parts, guesses, strict=True)]
    names = {guess.call.operation for guess in best}
    sure = all(guess.probability >= SEVERAL and _combines(guess.call.operation) for guess in best)
    return best if len(best) > 1 and len(names) == len(best) and sure else []


def _named(part: Understood, found: Sequence[Guess]) -> Guess:
    """The best guess; where it has no word in the clause, one that has and that the reader holds possible."""
    said = {one.value for one in mentions("operations", part.request)}
    if found[0].call.operation in said:
        return found[0]
    backed = [guess for guess in found if guess.call.operation in said and guess.probability >= POSSIBLE]
    return replace(backed[0], probability=max(backed[0].probability, BACKED)) if backed else found[0]


def _combines(operation: str) -> bool:
    """Whether it works on instances or data: questions about the system itself stand alone."""
    known = shape(operation)
    return operation not in (NONE, SAME) and (known.ids or known.where)


def _calls(guesses: Sequence[Guess]) -> list[Call]:
    return [guess.call for guess in guesses]
