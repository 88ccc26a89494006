"""Demonstrations for a prompt: a few training rows, balanced over labels, spread over languages, fixed by the seed."""

from __future__ import annotations

import random
from collections.abc import Sequence

from core.changes import stepwise
from core.data import Dataset, Instance, train_and_test
from core.dialogue import Alteration
from core.errors import UserError
from core.explanations import EDIT_LABEL, UNLEARN

SHORT = 3  # demonstrations come from the shortest third of a label and language: a prompt is read once a model, but it is read


def demonstrations(dataset: Dataset, count: int, seed: int) -> tuple[Instance, ...]:
    """`count` training rows, in rounds: each round has every label once, in an order of its own.

    The languages take turns, and each row is drawn from the shortest third of those with its label and language (length
    in characters, ties by id). Fewer than `count` where a label runs out of rows; none where they have no labels.
    """
    chance = random.Random(seed)
    rows = train_and_test(dataset)[0]
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


def shown_after(shown: Sequence[Instance], dataset: Dataset, changes: Sequence[Alteration]) -> tuple[Instance, ...]:
    """The demonstrations after a session's changes: learned rows come last, unlearned ones go, labels are edited in place.

    Raises UserError: not_shown for a row that is no demonstration, no_label_to_learn.
    """
    found = list(shown)
    for change, row in stepwise(dataset, changes):
        own = [(one.id, one.fields) for one in found]
        place = own.index((row.id, row.fields)) if (row.id, row.fields) in own else None
        if change.kind == EDIT_LABEL and row.id is not None:
            found = [row if number == place else one for number, one in enumerate(found)]
            continue
        if change.kind == UNLEARN and place is None:
            known = ", ".join(str(one.id) for one in found if one.id is not None)
            raise UserError("not_shown", id=row.id, known=known)
        if change.kind != UNLEARN and row.label not in dataset.schema.labels:
            raise UserError("no_label_to_learn", id=row.id)
        rest = [one for number, one in enumerate(found) if number != place]
        found = rest if change.kind == UNLEARN else [*rest, row]
    return tuple(found)


def _pool(rows: Sequence[Instance], label: str, languages: Sequence[str], used: Sequence[Instance]) -> list[Instance]:
    """The shortest third of the unused rows with this label, in the first of these languages that has one."""
    for language in languages:
        free = [row for row in rows if row.label == label and row.language == language and row not in used]
        free.sort(key=lambda row: (len(row.text), row.id or 0))
        if free:
            return free[: -(-len(free) // SHORT)]
    return []
