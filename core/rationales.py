"""Human rationales in a data set: what people marked as the reason for a label, as stretches of the fields' texts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.languages import clean

Mark = tuple[str, int, int]  # field, first and last + 1 character


def marks(texts: Sequence[tuple[str, str]], cell: Any) -> tuple[Mark, ...]:
    """What a row's rationale column marks in its texts: quotations, or pairs of characters of the first field.

    A cell holds a list of strings, each of which is found in the first field that has it after the one before, or a list of
    pairs [start, end), or one string. Quotations that stand nowhere and pairs outside the text are left out.
    """
    found: list[Mark] = []
    after = {field: 0 for field, _ in texts}
    for one in [cell] if isinstance(cell, str) else cell if isinstance(cell, list | tuple) else []:
        made = _quoted(texts, clean(one).strip(), after) if isinstance(one, str) else _pair(texts, one)
        if made:
            found.append(made)
            after[made[0]] = max(after[made[0]], made[2])
    return tuple(found)


def _quoted(texts: Sequence[tuple[str, str]], quotation: str, after: dict[str, int]) -> Mark | None:
    """Behind the mark before it, so that a word that is quoted twice is found twice; else wherever it stands."""
    for begin in (after, dict.fromkeys(after, 0)):
        for field, text in texts:
            start = text.find(quotation, begin[field]) if quotation else -1
            if start >= 0:
                return field, start, start + len(quotation)
    return None


def _pair(texts: Sequence[tuple[str, str]], pair: Any) -> Mark | None:
    field, text = texts[0]
    if not isinstance(pair, list | tuple) or len(pair) != 2 or not all(isinstance(one, int) for one in pair):
        return None
    start, end = pair
    return (field, start, end) if 0 <= start < end <= len(text) else None
