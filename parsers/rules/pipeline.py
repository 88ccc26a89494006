"""From an utterance to a Parse, the same way for every reader: rules see texts and numbers, the reader says which operation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from core.data import Schema
from core.dialogue import SAME, Call, Parse, Span, Utterance
from core.filters import Filter
from parsers.notation.canonical import is_query
from parsers.notation.coxql import is_coxql
from parsers.notation.shapes import NONE, shape
from parsers.rules.answer_language import answer_in
from parsers.rules.brief import brief
from parsers.rules.changes import taught
from parsers.rules.check import check
from parsers.rules.comparisons import asks_to_compare, beside
from parsers.rules.filters import filter_in
from parsers.rules.guesses import Reader, merged
from parsers.rules.label_words import driven_label
from parsers.rules.orders import SHOW, order_in
from parsers.rules.presuppositions import supposed
from parsers.rules.second_thoughts import SURE, thought_over, with_text
from parsers.rules.several import Asked, several
from parsers.rules.slots import fill
from parsers.rules.understanding import Understood, blanked, understand
from parsers.rules.written_words import asked_writing
from parsers.texts.custom_text import find
from parsers.texts.quotes import Pair

ALTERNATIVES = 3  # readings to choose from when the confidence is low
ATTRIBUTE, COMPARE, KEYWORDS = "attribute", "compare", "keywords"  # what rules alone read


def parse(
    utterance: Utterance, schema: Schema, reader: Reader, name: str, spans: Sequence[Span] | None = None
) -> Parse:
    """The reading of `utterance`, with the next best ones. Raises UserError("empty_message").

    Where no operation takes a text that was found without delimiters, it was a part of the request: "… mention both A and B".
    """
    found = _parsed(utterance, schema, reader, name, spans)
    return _parsed(utterance, schema, reader, name, ()) if spans and not found.custom else found


def _parsed(utterance: Utterance, schema: Schema, reader: Reader, name: str, spans: Sequence[Span] | None) -> Parse:
    written = None if utterance.fields else is_query(utterance.text) or is_coxql(utterance.text)
    if written is not None:
        return replace(written, confidence=1.0, parser=name)
    if quotation := asked_writing(utterance.text, schema):
        return compose(_without(quotation, utterance, schema), [Call(ATTRIBUTE)], SURE, name)
    seen = understand(utterance, schema, spans)
    if seen.courtesy:
        return Parse((Call(NONE, (("courtesy", seen.courtesy),)),), confidence=1.0, parser=name)
    if beside(seen) or asks_to_compare(seen):
        return compose(seen, [Call(COMPARE)], SURE, name)
    if driven_label(seen):
        return compose(seen, [Call(KEYWORDS)], SURE, name)
    if order_in(seen):
        return compose(seen, [Call(SHOW)], SURE, name)
    if short := brief(seen):
        return compose(seen, [short], SURE, name)
    guesses = with_text(seen, merged(reader.read([seen.masked])[0]))
    asked = several(seen, guesses[0], reader) or [Asked(one, seen) for one in taught(seen, thought_over(seen, guesses))]
    calls = [one.guess.call for one in asked]
    others = [compose(seen, [guess.call], guess.probability, name) for guess in guesses if guess.call not in calls]
    confidence = min(one.guess.probability for one in asked)
    best = compose(seen, calls, confidence, name, [one.seen for one in asked])
    return replace(best, alternatives=tuple(others[:ALTERNATIVES]))


def compose(
    seen: Understood, calls: Sequence[Call], confidence: float, name: str, own: Sequence[Understood] = ()
) -> Parse:
    """The parse of these operations: slots and filter by the rules, then the check. `own` is what each operation's part says."""
    if any(call.operation == COMPARE for call in calls):
        seen = beside(seen) or seen  # its bare numbers are ids
    filled = tuple(fill(call, part) for call, part in zip(calls, own or [seen] * len(calls), strict=True))
    where = next((found for call in filled if (found := _filter(seen, call)) is not None), None)
    read = Parse(filled, where, seen.custom, round(confidence, 4), name)
    said = answer_in(seen.request, filled, seen.language)
    return check(replace(read, supposed=supposed(seen, filled), language=said), seen)


def _without(quotation: Pair, utterance: Utterance, schema: Schema) -> Understood:
    """The utterance without the quotation that the model wrote, which is neither a custom text nor a word to look for."""
    rest = blanked(utterance.text, [(quotation.start, quotation.end)])
    seen = understand(utterance, schema, find(rest, schema))
    return replace(seen, request=blanked(seen.request, [(quotation.start, quotation.end)]))


def _filter(seen: Understood, call: Call) -> Filter | None:
    known = shape(call.operation)
    if call.operation == SAME and call.slot("k") is not None and not any(number.is_id for number in seen.numbers):
        return None  # "just 5" asks for five of the same, not for instance 5
    return filter_in(seen, known)
