"""The session's copy of the data: what its changes make of the rows, while the rows that all sessions share stay as they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from core.data import TRAIN, UNLEARNED, Dataset, Instance
from core.dialogue import Alteration, Request
from core.explanations import EDIT_LABEL, LEARN, UNDO, Change


def altered(dataset: Dataset, changes: Sequence[Alteration]) -> Dataset:
    """The data with edited labels, learned rows in train, and unlearned rows out of it.

    Data without a train split keep their splits: there the model alone knows which rows it learned from.
    """
    if not changes:
        return dataset
    rows = dict(dataset.by_id)
    for change in changes:
        if change.id in rows:
            rows[change.id] = _row(rows[change.id], change, dataset)
    return replace(dataset, rows=tuple(row if row.id is None else rows[row.id] for row in dataset.rows))


def stepwise(dataset: Dataset, changes: Sequence[Alteration]) -> Iterator[tuple[Alteration, Instance]]:
    """Each change with the row that it concerns as it stands after it; a custom text has the label it was given."""
    for number, change in enumerate(changes, 1):
        if change.id is None:
            yield change, Instance(change.custom, label=change.label)
        else:
            yield change, altered(dataset, changes[:number]).instance(change.id)


def after(request: Request, made: Change) -> tuple[Alteration, ...]:
    """The session's changes once the answer `made` to `request` is given."""
    if made.kind == UNDO:
        return request.changes[:-1]
    own = made.instance.fields if made.instance.id is None else ()
    label = made.gold[1] if made.kind == EDIT_LABEL else ""
    return (*request.changes, Alteration(made.kind, made.instance.id, label, own))


def _row(row: Instance, change: Alteration, dataset: Dataset) -> Instance:
    if change.kind == EDIT_LABEL:
        return replace(row, label=change.label)
    if TRAIN not in dataset.splits:
        return row
    if change.kind == LEARN:
        return replace(row, split=TRAIN)
    before = dataset.instance(change.id or 0).split
    return replace(row, split=UNLEARNED if before == TRAIN else before)
