"""Slots of an operation by rules: counts, methods, labels, contrast, granularity, metrics, kinds and topics as the words say."""

from __future__ import annotations

from collections.abc import Callable

from core.dialogue import SAME, Call, Scalar
from parsers.notation.shapes import shape
from parsers.numbers.counts import SENTENCES, counted, unit_behind
from parsers.rules.comparisons import language, methods, precisions
from parsers.rules.filters import counting, ids_in
from parsers.rules.label_slots import contrast, target, wanted_label
from parsers.rules.lengths import lengths
from parsers.rules.orders import order_in
from parsers.rules.understanding import Understood
from parsers.rules.written_words import asked_writing
from parsers.words.lexicon import mentions, overlap
from parsers.words.terms import terms_in

DEFAULT_GRANULARITY, SENTENCE = "word", "sentence"
EVERYDAY = ("accuracy", "accuracy_weak")  # "right", "correct" and even "accurate" are said of other metrics too

Filler = Callable[[Understood, Call], Scalar | None]


def fill(call: Call, seen: Understood) -> Call:
    """The call with every slot that the words name; what the reader saw in the kind of question stays where they name none."""
    known = shape(call.operation)
    said = {name: FILLERS[name](seen, call) for name in known.slots if name in FILLERS}
    slots = {name: call.slot(name) if value is None else value for name, value in said.items()}
    return Call(call.operation, tuple((name, value) for name, value in sorted(slots.items()) if value is not None))


def _method(seen: Understood, call: Call) -> Scalar | None:
    found = methods(seen)
    return found[0] if found else None


def _other(seen: Understood, call: Call) -> Scalar | None:
    """The second of two methods that are compared."""
    found = methods(seen)
    return found[1] if len(found) > 1 else None


def _precision(seen: Understood, call: Call) -> Scalar | None:
    found = precisions(seen)
    return found[0] if found else None


def _reference(seen: Understood, call: Call) -> Scalar | None:
    """The second of two precisions that are compared; full precision, wherever it stands."""
    found = precisions(seen)
    return found[1] if len(found) > 1 else None


def _language(seen: Understood, call: Call) -> Scalar | None:
    """The language that a text is compared in."""
    return language(seen) or None


def _granularity(seen: Understood, call: Call) -> Scalar | None:
    """Tokens or sentences; words are what everybody gets, so they are said only in a follow-up."""
    found = [one.value for one in mentions("granularity", seen.request)]
    if not found and _counts_sentences(seen, call):
        return SENTENCE
    return found[0] if found and (found[0] != DEFAULT_GRANULARITY or call.operation == SAME) else None


def _counts_sentences(seen: Understood, call: Call) -> bool:
    """Whether the number that counts what is shown counts sentences: "which 2 sentences matter most?"."""
    k = counted(seen, call) if call.operation == "attribute" else None
    shown = [one for one in seen.numbers if one.value == k and not one.is_id]
    return any(unit_behind(seen.request, one) == SENTENCES for one in shown)


def _metric(seen: Understood, call: Call) -> Scalar | None:
    """A metric named outright, unless the reader saw one that is named too; everyday words where it saw none."""
    formats = mentions("precisions", seen.request)  # "full precision" is no metric
    said = [one for one in mentions("metrics", seen.request) if not any(overlap(one, other) for other in formats)]
    found = [one.value for one in said]
    named = [value for value in found if value not in EVERYDAY] + [value for value in found if value == "accuracy"]
    if named:
        return call.slot("metric") if call.slot("metric") in named else named[0]
    return "accuracy" if call.operation == "score" and not call.slot("metric") else None


def _kind(seen: Understood, call: Call) -> Scalar | None:
    if call.slot("kind") or call.operation == SAME:
        return None
    found = mentions("kinds", seen.request)
    return found[0].value if found else "sample"


def _topic(seen: Understood, call: Call) -> Scalar | None:
    if call.slot("topic") or call.operation == SAME:
        return None
    found = mentions("topics", seen.request)
    return found[0].value if found else None


def _term(seen: Understood, call: Call) -> Scalar | None:
    """Slugs of the glossary's terms; a quoted one too, since a definition takes no custom text."""
    return ", ".join(terms_in(seen.text, seen.language)) or None


def _written(seen: Understood, call: Call) -> Scalar | None:
    """The stretch that the model wrote and that is asked about."""
    asked = asked_writing(seen.text, seen.schema)
    return seen.text[asked.start : asked.end] if asked else None


def _most(seen: Understood, call: Call) -> Scalar | None:
    """How many rows are shown: "the 3 longest reviews", "five negative ones"."""
    known = shape(call.operation)
    taken = [*(one.number for one in lengths(seen, known)), *ids_in(seen, known)]
    free = [one for one in seen.numbers if one.sure and one not in taken and not unit_behind(seen.request, one)]
    return max((one.value for one in counting(seen, known, free)), default=None)


def _order(seen: Understood, call: Call) -> Scalar | None:
    return order_in(seen) or None


def _first(section: str) -> Filler:
    """What takes the first word of a section of the lexicon."""

    def filler(seen: Understood, call: Call) -> Scalar | None:
        found = mentions(section, seen.request)
        return found[0].value if found else None

    return filler


FILLERS: dict[str, Filler] = {
    "k": counted,
    "count": counted,
    "method": _method,
    "other": _other,
    "precision": _precision,
    "reference": _reference,
    "language": _language,
    "label": wanted_label,
    "target": target,
    "contrast": contrast,
    "granularity": _granularity,
    "metric": _metric,
    "kind": _kind,
    "topic": _topic,
    "term": _term,
    "order": _order,
    "most": _most,
    "written": _written,
    "audience": _first("audience"),
    "style": _first("styles"),
    "refine": _first("refine"),
}
