"""Requests for the words that speak for a label over the whole data: "which words make the model say negative?"."""

from __future__ import annotations

from parsers.lexicon import label_mentions, mentions
from parsers.understanding import Understood


def driven_label(seen: Understood) -> str:
    """The label whose words are asked for; "" where an id or a text makes it a question about one instance."""
    if seen.custom or any(number.is_id for number in seen.numbers) or not mentions("driving", seen.request):
        return ""
    labels = dict.fromkeys(one.value for one in label_mentions(seen.request, seen.schema))
    return next(iter(labels)) if len(labels) == 1 else ""
