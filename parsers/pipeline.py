"""From an utterance to a Parse, the same way for every reader: rules see texts and numbers, the reader says which operation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from core.data import Schema
from core.dialogue import SAME, Call, Parse, Span, Utterance
from core.filters import Filter
from parsers.canonical import is_query
from parsers.check import check
from parsers.compared import asks_to_compare, beside, methods
from parsers.coxql import is_coxql
from parsers.custom_text import SHORT
from parsers.driving import driven_label
from parsers.filters_in_text import filter_in
from parsers.guesses import Guess, Reader, merged
from parsers.lexicon import label_mentions, mentions
from parsers.query import NONE, shape
from parsers.segments import QUESTION, words
from parsers.several import Asked, several
from parsers.slots import fill
from parsers.supposed import supposed
from parsers.topics import term_asked
from parsers.understanding import Understood, understand

ALTERNATIVES = 3  # readings to choose from when the confidence is low
COMPARE, KEYWORDS, SURE = "compare", "keywords", 0.9  # what rules alone read, and how surely
CHANGE, RELABEL, DOUBTED = (
    "counterfactual",
    "edit_label",
    0.85,
)  # below it, "… positive or negative?" is no wish to change anything
PREDICT, WHY = "predict", "attribute"
RIVALS = {
    "influence": "similar"
}  # "training examples that resemble …": read as the first, while the words say the second
NO_METHOD = ("predict", "learn", "show", "count", "likelihood", "similar")  # "run LIME on 12" is none of these
HINTED = 0.005  # what a reader must give an operation that can work on the text
ABOUT_WORDS = ("tutorial", "define")  # what names an operation without asking for it
UNSURE, POSSIBLE = (
    0.65,
    0.25,
)  # an unsure reading gives way to what the words name, where the reader holds that possible


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
    if beside(seen) or asks_to_compare(seen):
        return compose(seen, [Call(COMPARE)], SURE, name)
    if driven_label(seen):
        return compose(seen, [Call(KEYWORDS)], SURE, name)
    guesses = _with_text(seen, merged(reader.read([seen.masked])[0]))
    asked = several(seen, guesses[0], reader) or [Asked(_answer_wanted(seen, _named(seen, guesses)), seen)]
    calls = [one.guess.call for one in asked]
    others = [compose(seen, [guess.call], guess.probability, name) for guess in guesses if guess.call not in calls]
    confidence = min(one.guess.probability for one in asked)
    best = compose(seen, calls, confidence, name, [one.seen for one in asked])
    return replace(best, alternatives=tuple(others[:ALTERNATIVES]))


def _named(seen: Understood, guesses: Sequence[Guess]) -> Guess:
    """The best guess; where that is unsure, the one operation that the words name, if the reader holds it possible."""
    if topic := term_asked(seen):
        settled = guesses[0].call.operation in ABOUT_WORDS and guesses[0].probability >= UNSURE
        return guesses[0] if settled else Guess(Call("tutorial", (("topic", topic),)), SURE)
    said = {one.value for one in mentions("operations", seen.request)}
    if guesses[0].call.operation == PREDICT and WHY in said:  # "explain the prediction for 12"
        return Guess(Call(WHY), UNSURE)
    if said and said == {RIVALS.get(guesses[0].call.operation)}:
        return Guess(Call(RIVALS[guesses[0].call.operation]), UNSURE)
    if methods(seen) and guesses[0].call.operation in NO_METHOD:
        return Guess(Call(WHY), UNSURE)
    backed = [guess for guess in guesses if said == {guess.call.operation} and guess.probability >= POSSIBLE]
    unsure = guesses[0].probability < UNSURE and guesses[0].call.operation not in {*said, *ABOUT_WORDS}
    return backed[0] if backed and unsure else guesses[0]


def _with_text(seen: Understood, guesses: Sequence[Guess]) -> Sequence[Guess]:
    """The guesses, with those that can do something with the user's own text before those that cannot: "how many stars has “…”?"."""
    first = shape(guesses[0].call.operation)
    told = not (first.ids or first.where) or first.text  # about the system itself: a quotation may be a term
    filtered = any(one.value in ("includes", "includes_after") for one in mentions("filters", seen.request))
    if not seen.custom or told or filtered or max(words(span.text) for span in seen.custom) <= SHORT:
        return guesses
    able = [guess for guess in guesses if shape(guess.call.operation).text and guess.probability >= HINTED]
    return [*able, *(guess for guess in guesses if guess not in able)]


def _answer_wanted(seen: Understood, guess: Guess) -> Guess:
    """An unsure reading as a change becomes the plain question where labels are asked for: "… good or bad?", "Is “…” positive?"."""
    named = {one.value for one in label_mentions(seen.request, seen.schema)}
    set_aside = mentions("contrast", seen.request) or mentions("contrast_after", seen.request)
    offered = seen.custom and len(named) > 1 and not set_aside
    asked = seen.custom and len(named) == 1 and seen.request.rstrip().endswith(QUESTION)
    unsure = {CHANGE: offered and guess.probability < DOUBTED, RELABEL: asked and guess.probability < UNSURE}
    return Guess(Call(PREDICT), max(guess.probability, UNSURE)) if unsure.get(guess.call.operation) else guess


def compose(
    seen: Understood, calls: Sequence[Call], confidence: float, name: str, own: Sequence[Understood] = ()
) -> Parse:
    """The parse of these operations: slots and filter by the rules, then the check. `own` is what each operation's part says."""
    if any(call.operation == COMPARE for call in calls):
        seen = beside(seen) or seen  # its bare numbers are ids
    filled = tuple(fill(call, part) for call, part in zip(calls, own or [seen] * len(calls), strict=True))
    where = next((found for call in filled if (found := _filter(seen, call)) is not None), None)
    read = Parse(filled, where, seen.custom, round(confidence, 4), name, supposed=supposed(seen, filled))
    return check(read, seen)


def _filter(seen: Understood, call: Call) -> Filter | None:
    known = shape(call.operation)
    if call.operation == SAME and call.slot("k") is not None and not any(number.is_id for number in seen.numbers):
        return None  # "just 5" asks for five of the same, not for instance 5
    return filter_in(seen, known)
