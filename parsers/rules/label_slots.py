"""Slots that hold a label: the one wanted, the one that it is set against, the one whose words are asked for."""

from __future__ import annotations

from collections.abc import Sequence

from core.dialogue import SAME, Call, Scalar
from parsers.rules.label_words import driven_label
from parsers.rules.presuppositions import ASK_WHY, denied
from parsers.rules.understanding import Understood
from parsers.words.lexicon import Mention, label_mentions, mentions, overlap

NEAR = 14  # characters between "rather than" and the label that it sets aside


def wanted_label(seen: Understood, call: Call) -> Scalar | None:
    """The label wanted: for attribution the one that a contrast is set against; for edits the last one that nothing speaks against."""
    said = label_mentions(seen.request, seen.schema)
    aside = _set_aside(seen, said)
    if call.operation == SAME and said and _put_aside(seen, said):
        return None
    if call.operation == "attribute" or call.slot("contrast"):
        kept = [one.value for one in said if aside and one.value != aside.value]
        return kept[0] if kept else None
    wanted = [one for one in said if (aside is None or one != aside) and not denied(seen, one)]
    wanted = _without_former(seen, [one for one in wanted if not _beside("wrong", seen, one.end)])
    if call.operation == "edit_label" and not said:
        # No label of these data: whoever acts on it says which there are
        terms = mentions("no_labels", seen.request)
        wanted = [
            one for one in mentions("other_labels", seen.request) if not any(overlap(one, term) for term in terms)
        ]
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


def target(seen: Understood, call: Call) -> Scalar | None:
    """The label whose words are asked for."""
    return driven_label(seen) or None


def contrast(seen: Understood, call: Call) -> Scalar | None:
    """The label that another one is set against; "why isn't it positive?" sets it against whatever the model says."""
    said = label_mentions(seen.request, seen.schema)
    aside = _set_aside(seen, said)
    alone = len({one.value for one in said}) == 1
    if alone and call.operation in (SAME, "attribute") and _put_aside(seen, said):
        return said[0].value
    if alone and call.operation in ASK_WHY and all(denied(seen, one) for one in said):
        return said[0].value
    return aside.value if aside and not alone else None


def _put_aside(seen: Understood, said: Sequence[Mention]) -> bool:
    """Whether "rather than" stands beside the only label of a follow-up: "and rather than negative?"."""
    before = any(0 <= said[0].start - cue.end <= 1 for cue in mentions("instead_of", seen.request))
    return before or any(0 <= cue.start - said[0].end <= 1 for cue in mentions("instead_of_after", seen.request))


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
