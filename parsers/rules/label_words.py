"""Requests for the words that speak for a label over the whole data: "which words make the model say negative?"."""

from __future__ import annotations

from parsers.numbers.numerals import Number
from parsers.rules.understanding import Understood
from parsers.words.lexicon import label_mentions, mentions


def driven_label(seen: Understood) -> str:
    """The label whose words are asked for; "" where an id or a text makes it a question about one instance."""
    if seen.custom or not mentions("driving", seen.request) or any(map(_may_be_an_id, seen.numbers)):
        return ""
    labels = dict.fromkeys(one.value for one in label_mentions(seen.request, seen.schema))
    return next(iter(labels)) if len(labels) == 1 else ""


def _may_be_an_id(number: Number) -> bool:
    return number.is_id or (number.sure and not number.is_count and not number.spelled)
