"""Sample questions, each about a row that the data at hand have."""

from __future__ import annotations

import re

from agent.resolving.instances import some_ids
from core.data import Dataset
from core.operation import OPERATIONS

FIRST = ("attribute", "counterfactual", "mistakes", "influence", "define")  # one of each kind
_ID = re.compile(r"where id = (\d+)")
Sample = tuple[str, str]  # a question, and its canonical query


def examples(data: Dataset, language: str, limit: int = len(FIRST)) -> list[Sample]:
    """Sample questions of different kinds, with their queries."""
    asked = [ask for name in FIRST[:limit] for ask in OPERATIONS[name].words.get("ask", language)[:1]]
    return [_at_hand(ask["text"], ask["query"], data, language) for ask in asked]


def _at_hand(text: str, query: str, data: Dataset, language: str) -> Sample:
    """The sample as it is where the data have the row that it names, else about one that they have."""
    named = _ID.search(query)
    if named is None or int(named[1]) in data.by_id:
        return text, query
    there = str(some_ids(data, language)[0])
    return text.replace(named[1], there), query.replace(named[1], there)
