"""Presuppositions: "why is 12 negative?" assumes that the model says negative."""

from __future__ import annotations

from collections.abc import Sequence

from core.dialogue import Call
from parsers.rules.denials import denials
from parsers.rules.understanding import Understood
from parsers.words.lexicon import Mention, label_mentions, mentions, overlap

ASK_WHY = frozenset({"attribute", "rationalize", "influence"})


def supposed(seen: Understood, calls: Sequence[Call]) -> str:
    """The one label that a question for reasons names as the model's answer; "" for none, several or a denied one."""
    if not any(call.operation in ASK_WHY and not call.slot("contrast") for call in calls):
        return ""
    fields = mentions("fields", seen.request)  # German "Beleg:" is no word for "supported"
    said = label_mentions(seen.request, seen.schema)
    named = [found for found in said if not any(overlap(found, field) for field in fields)]
    one = {found.value for found in named if not denied(seen, found)}
    return one.pop() if len(one) == 1 and len({found.value for found in named}) == 1 else ""


def denied(seen: Understood, label: Mention) -> bool:
    """Whether a word of denial stands beside the label: it is not wanted."""
    labels = [one.start for one in label_mentions(seen.request, seen.schema)]
    return bool(denials(seen, label.start, label.end, label.start, labels))
