"""Demonstrations for a prompt: a few training rows, balanced over labels, spread over languages, fixed by the seed."""

from __future__ import annotations

import random
from collections.abc import Sequence

from core.data import Dataset, Instance

SHORT = 3  # demonstrations come from the shortest third of a label and language: a prompt is read once a model, but it is read


def demonstrations(dataset: Dataset, count: int, seed: int) -> tuple[Instance, ...]:
    """`count` rows of the train split, in rounds: each round has every label once, in an order of its own.

    The languages take turns, and each row is drawn from the shortest third of those with its label and language (length
    in characters, ties by id). Fewer than `count` where a label runs out of rows; none where nobody has labelled them.
    """
    chance = random.Random(seed)
    rows = [row for row in dataset.split("train") if row.label in dataset.schema.labels]
    languages = sorted({row.language for row in rows})
    chance.shuffle(languages)
    found: list[Instance] = []
    while len(found) < count:
        labels = list(dataset.schema.labels)
        chance.shuffle(labels)
        for label in labels[: count - len(found)]:
            turn = len(found) % max(len(languages), 1)
            pool = _pool(rows, label, languages[turn:] + languages[:turn], found)
            if not pool:
                return tuple(found)
            found.append(chance.choice(pool))
    return tuple(found)


def _pool(rows: Sequence[Instance], label: str, languages: Sequence[str], used: Sequence[Instance]) -> list[Instance]:
    """The shortest third of the unused rows with this label, in the first of these languages that has one."""
    for language in languages:
        free = [row for row in rows if row.label == label and row.language == language and row not in used]
        free.sort(key=lambda row: (len(row.text), row.id or 0))
        if free:
            return free[: -(-len(free) // SHORT)]
    return []
