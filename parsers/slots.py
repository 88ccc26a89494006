"""Slots of an operation by rules: counts, methods, labels, contrast, granularity, metrics, kinds and topics as the words say."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from core.dialogue import SAME, Call, Scalar
from parsers.compared import language, methods, precisions
from parsers.driving import driven_label
from parsers.filters_in_text import COUNT_LIKE, LARGE, ids_in
from parsers.left_out import left_out
from parsers.lengths import lengths
from parsers.lexicon import Mention, label_mentions, mentions, overlap
from parsers.numbers import has_place
from parsers.query import shape
from parsers.supposed import ASK_WHY, denied
from parsers.terms import terms_in
from parsers.understanding import Understood
from parsers.wrote import asked_writing

NEAR = 14  # characters between "rather than" and the label that it sets aside

DEFAULT_GRANULARITY = "word"
EVERYDAY = ("accuracy", "accuracy_weak")  # "right", "correct" and even "accurate" are said of other metrics too

Filler = Callable[[Understood, Call], Scalar | None]


def fill(call: Call, seen: Understood) -> Call:
    """The call with every slot that the words name; what the reader saw in the kind of question stays where they name none."""
    known = shape(call.operation)
    said = {name: FILLERS[name](seen, call) for name in known.slots if name in FILLERS}
    slots = {name: call.slot(name) if value is None else value for name, value in said.items()}
    return Call(call.operation, tuple((name, value) for name, value in sorted(slots.items()) if value is not None))


def _count(seen: Understood, call: Call) -> Scalar | None:
    """A number with a count cue; else one that is neither id nor length, where an id or a text says which instance."""
    known = shape(call.operation)
    taken = [*(one.number for one in lengths(seen, known)), *ids_in(seen, known), *left_out(seen, known)]
    own = bool(seen.custom and known.text)
    free = [number for number in seen.numbers if number.sure and number not in taken and (own or not number.is_id)]
    of_list = len(ids_in(seen, known))  # "520 and 521, these two"
    counted = [one.value for one in free if one.is_count and not (one.spelled and one.value == of_list > 1)]
    if counted:
        return counted[0]
    if call.operation == SAME:
        return _fewer(seen)
    placed = not known.ids or bool(taken) or own
    return free[0].value if free and placed else None


def _fewer(seen: Understood) -> Scalar | None:
    """In a follow-up a bare number counts where a word such as "only" or "enough" says so; a large one or any other is an id."""
    free = [number for number in seen.numbers if not number.is_id and not number.ordinal]
    said = {one.value for one in mentions("fewer_follow", seen.request)} & {"fewer_follow", seen.language}
    most = LARGE if said else COUNT_LIKE if mentions("fewer_weak", seen.request) else 0  # "230 instead" is another one
    counts = free and free[0].value <= most and not has_place(seen.request, free[0])
    return free[0].value if counts else None


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


def _label(seen: Understood, call: Call) -> Scalar | None:
    """The label wanted: for attribution the one that a contrast is set against; for edits the last one that nothing speaks against."""
    said = label_mentions(seen.request, seen.schema)
    aside = _set_aside(seen, said)
    if call.operation == "attribute" or call.slot("contrast"):
        kept = [one.value for one in said if aside and one.value != aside.value]
        return kept[0] if kept else None
    wanted = [one for one in said if (aside is None or one != aside) and not denied(seen, one)]
    wanted = _without_former(seen, [one for one in wanted if not _beside("wrong", seen, one.end)])
    if call.operation == "edit_label" and not said:
        wanted = list(
            mentions("other_labels", seen.request)
        )  # no label of these data: whoever acts on it says which there are
    return wanted[-1].value if wanted else None


def _without_former(seen: Understood, wanted: list[Mention]) -> list[Mention]:
    """The labels without those that were there before, where others are left: "to negative from positive"."""
    now = [
        one
        for one in wanted
        if not any(0 <= one.start - cue.end <= 1 for cue in mentions("former", seen.request))
        and not _beside("former_after", seen, one.end)
    ]
    return now or wanted


def _beside(section: str, seen: Understood, end: int) -> bool:
    """Whether a word of the section stands right behind: "negative is wrong"."""
    return any(0 <= cue.start - end <= 1 for cue in mentions(section, seen.request))


def _target(seen: Understood, call: Call) -> Scalar | None:
    """The label whose words are asked for."""
    return driven_label(seen) or None


def _contrast(seen: Understood, call: Call) -> Scalar | None:
    """The label that another one is set against; "why isn't it positive?" sets it against whatever the model says."""
    said = label_mentions(seen.request, seen.schema)
    aside = _set_aside(seen, said)
    alone = len({one.value for one in said}) == 1
    if alone and call.operation in ASK_WHY and all(denied(seen, one) for one in said):
        return said[0].value
    return aside.value if aside and not alone else None


def _set_aside(seen: Understood, said: Sequence[Mention]) -> Mention | None:
    """The label after "rather than", or before a word such as "కాకుండా" or "yerine"."""
    before = [
        (one.start - cue.end, one) for cue in mentions("contrast", seen.request) for one in said if one.start >= cue.end
    ]
    after = [
        (cue.start - one.end, one)
        for cue in mentions("contrast_after", seen.request)
        for one in said
        if cue.start >= one.end
    ]
    near = [(gap, one) for gap, one in (*before, *after) if gap <= NEAR]
    return min(near, key=lambda pair: pair[0])[1] if near and len({one.value for one in said}) > 1 else None


def _granularity(seen: Understood, call: Call) -> Scalar | None:
    """Tokens or sentences; words are what everybody gets, so they are said only in a follow-up."""
    found = [one.value for one in mentions("granularity", seen.request)]
    return found[0] if found and (found[0] != DEFAULT_GRANULARITY or call.operation == SAME) else None


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
    """Slugs of the glossary's terms; a quoted one too, since a definition takes no text of the user's own."""
    return ", ".join(terms_in(seen.text, seen.language)) or None


def _written(seen: Understood, call: Call) -> Scalar | None:
    """The stretch that the model wrote and that is asked about."""
    asked = asked_writing(seen.text, seen.schema)
    return seen.text[asked.start : asked.end] if asked else None


def _first(section: str) -> Filler:
    """What takes the first word of a section of the lexicon."""

    def filler(seen: Understood, call: Call) -> Scalar | None:
        found = mentions(section, seen.request)
        return found[0].value if found else None

    return filler


FILLERS: dict[str, Filler] = {
    "k": _count,
    "count": _count,
    "method": _method,
    "other": _other,
    "precision": _precision,
    "reference": _reference,
    "language": _language,
    "label": _label,
    "target": _target,
    "contrast": _contrast,
    "granularity": _granularity,
    "metric": _metric,
    "kind": _kind,
    "topic": _topic,
    "term": _term,
    "written": _written,
    "audience": _first("audience"),
    "style": _first("styles"),
    "refine": _first("refine"),
}
