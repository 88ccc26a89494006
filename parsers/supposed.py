"""What a question takes for granted: "why is 12 negative?" supposes that the model says negative."""

from __future__ import annotations

from collections.abc import Sequence

from core.dialogue import Call
from parsers.lexicon import Mention, label_mentions, mentions
from parsers.understanding import Understood

ASK_WHY = frozenset({"attribute", "rationalize", "influence"})
DENIED = 12  # characters between "not" and a label that is not wanted


def supposed(seen: Understood, calls: Sequence[Call]) -> str:
    """The one label that a question for reasons names as the model's answer; "" for none, several or a denied one."""
    if not any(call.operation in ASK_WHY and not call.slot("contrast") for call in calls):
        return ""
    named = label_mentions(seen.request, seen.schema)
    one = {found.value for found in named if not denied(seen.request, found)}
    return one.pop() if len(one) == 1 and len({found.value for found in named}) == 1 else ""


def denied(text: str, label: Mention) -> bool:
    """Whether a "not" stands near before the label, or a word such as "కాకుండా" right after it."""
    denials = mentions("joints", text)
    before = any(one.value == "not" and 0 <= label.start - one.end <= DENIED for one in denials)
    return before or any(one.value == "not_after" and 0 <= one.start - label.end <= DENIED // 3 for one in denials)
