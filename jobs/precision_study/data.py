"""What the study asks about: rows of a labelled data set with people's explanations where it has them, and rows to learn from."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path

from core.data import TEST, TRAIN, Dataset, Instance, labelled, new_to_models
from core.errors import UserError
from core.languages import clean
from core.reading import TASKS, load_dataset, tasks
from core.tables import READERS, read_rows

EXPLANATIONS = ("explanations", "explanation", "explanation_1", "rationale", "rationales")
Fields = tuple[str, ...]


@dataclass(frozen=True)
class Item:
    """One studied row: its people's explanations, and one that was written about another row with another label."""

    instance: Instance
    explanations: tuple[str, ...]
    shuffled: str

    @property
    def name(self) -> str:
        """Its id as text."""
        return str(self.instance.id)


@dataclass(frozen=True)
class Studied:
    """The items, the data with a train split that holds none of them, and explained training rows."""

    dataset: Dataset
    items: tuple[Item, ...]
    lessons: tuple[tuple[str, str], ...]
    """People's explanations of training rows, each with its row's label."""


def studied(source: str, split: str, languages: Sequence[str], limit: int, seed: int) -> Studied:
    """The first `limit` rows of the split, labels and languages in turn; the rest of the data is there to learn from.

    Data without a train split lend all rows that are not in the studied split; data with one but without the split that is asked for
    are studied outside train. Raises UserError: no_instance, no_labels, nothing_to_learn, and what `load_dataset` does.
    """
    dataset, split = load_dataset(source), split.casefold()
    said = explanations(source, dataset.schema.fields)
    if len(dataset.schema.labels) < 2:
        raise UserError("no_labels", operation="predict")
    asked = new_to_models(dataset, split) if TRAIN in dataset.splits else dataset.split(split)
    rows = [row for row in labelled(dataset, asked) if not languages or row.language in languages]
    chosen = _in_turn(rows, limit, seed)
    if not chosen:
        raise UserError("no_instance")
    learned = _with_train(dataset, split, chosen)
    told = [said.get(_key(row), ()) for row in chosen]
    items = tuple(
        Item(row, own, _other(place, chosen, told)) for place, (row, own) in enumerate(zip(chosen, told, strict=True))
    )
    rest = [row for row in labelled(learned, learned.split(TRAIN)) if not languages or row.language in languages]
    lessons = [(text, row.label) for row in rest for text in said.get(_key(row), ())[:1]]
    return Studied(learned, items, tuple(lessons))


def explanations(source: str, fields: Sequence[str]) -> dict[Fields, tuple[str, ...]]:
    """People's explanations by the texts of a row's fields, from any column named like one; none for data from the hub."""
    path = TASKS / source if source in tasks() else Path(source).expanduser()
    if source.startswith("hub:") or not path.exists():
        return {}
    files = sorted(one for one in path.iterdir() if one.suffix in READERS) if path.is_dir() else [path]
    found: dict[Fields, tuple[str, ...]] = {}
    for file in files:
        for row in read_rows(file):
            column = next((name for name in EXPLANATIONS if row.get(name)), "")
            if column:
                given = row[column] if isinstance(row[column], list) else [row[column]]
                key = tuple(clean(str(row.get(name) or "")).strip() for name in fields)
                found[key] = tuple(clean(str(text)).strip() for text in given if str(text).strip())
    return found


def _key(row: Instance) -> Fields:
    return tuple(text for _, text in row.fields)


def _in_turn(rows: Sequence[Instance], limit: int, seed: int) -> list[Instance]:
    """Rows of each language and label in turn, shuffled within, so that any first part is balanced."""
    groups: dict[tuple[str, str], list[Instance]] = {}
    for row in rows:
        groups.setdefault((row.language, row.label), []).append(row)
    for group in groups.values():
        random.Random(seed).shuffle(group)
    mixed = [row for turn in zip_longest(*groups.values()) for row in turn if row is not None]
    return mixed[: limit or None]


def _with_train(dataset: Dataset, split: str, chosen: Sequence[Instance]) -> Dataset:
    """The same data with a train split that holds no chosen row: its own, else all outside the studied split, else all not chosen."""
    own = {row.id for row in dataset.rows if row.split == TRAIN}
    studied_ids = {row.id for row in chosen}
    others = {row.id for row in dataset.rows if row.split != split} if split in dataset.splits else set()
    lent = own - studied_ids or others or {row.id for row in dataset.rows} - studied_ids
    if not lent:
        raise UserError("nothing_to_learn", studied=len(chosen))
    parts = (TRAIN if row.id in lent else TEST if row.split == TRAIN else row.split for row in dataset.rows)
    rows = (replace(row, split=part) for row, part in zip(dataset.rows, parts, strict=True))
    return replace(dataset, rows=tuple(rows))


def _other(place: int, rows: Sequence[Instance], told: Sequence[tuple[str, ...]]) -> str:
    """The explanation of the next row with another label."""
    for step in range(1, len(rows)):
        other = (place + step) % len(rows)
        if told[other] and rows[other].label != rows[place].label:
            return told[other][0]
    return ""
