"""Instances, schemas and data sets: the rows that a model is asked about."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from core.errors import UserError
from core.values import value


@value
class Instance:
    """One row. `id` is None for a text that the user brought; `label` is "" where nobody has labelled it.

    `rationale` are the stretches that people marked as the reason for the label: field, first and last + 1 character. `link` is the
    same for rows that say the same in several languages, "" where nobody said so.
    """

    fields: tuple[tuple[str, str], ...]
    id: int | None = None
    label: str = ""
    language: str = ""
    split: str = ""
    rationale: tuple[tuple[str, int, int], ...] = ()
    link: str = ""

    @property
    def text(self) -> str:
        """All fields, one a line; the text itself where there is one field."""
        return "\n".join(text for _, text in self.fields)


@value
class Schema:
    """What the columns of a task mean. `fields` are read by the model in this order; `labels` in canonical English lower case.

    `rationale` names the column with what people marked, "" where the data have none.
    """

    name: str
    fields: tuple[str, ...]
    labels: tuple[str, ...]
    title: tuple[tuple[str, str], ...] = ()
    label_words: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()
    about: tuple[tuple[str, str], ...] = ()
    licence: str = ""
    instruction: str = ""
    rationale: str = ""

    def label_in(self, label: str, language: str) -> str:
        """The label as people of `language` say it; the canonical one where nobody wrote a word for it."""
        named = dict(dict(self.label_words).get(label, ()))
        return named.get(language) or named.get("en") or label

    def title_in(self, language: str) -> str:
        """The task's name for people."""
        named = dict(self.title)
        return named.get(language) or named.get("en") or self.name

    def about_in(self, language: str) -> str:
        """What the data are, in a few sentences."""
        named = dict(self.about)
        return named.get(language) or named.get("en") or ""


TRAIN, TEST = "train", "test"
UNLEARNED = "unlearned"  # the split of a training row that the model was made to forget: neither train nor test
HELD_OUT = 5  # without splits of its own, every fifth row of a data set is test


@dataclass(frozen=True)
class Dataset:
    """A schema with its rows; ids are unique over all splits. `empty` are rows without text, which nobody can ask about; `unread` counts
    the rows of the source behind the last one that was read. What is made of a visitor's `uploaded` file goes when it goes.
    """

    schema: Schema
    rows: tuple[Instance, ...]
    empty: tuple[Instance, ...] = ()
    unread: int = 0
    uploaded: bool = False

    @property
    def name(self) -> str:
        """The task's name."""
        return self.schema.name

    @cached_property
    def by_id(self) -> dict[int, Instance]:
        """Rows by id."""
        return {row.id: row for row in self.rows if row.id is not None}

    @cached_property
    def revision(self) -> str:
        """12 hexadecimal digits that change with any row, and with the labels, fields and instruction; not with words for people."""
        schema = self.schema
        facts = [(schema.fields, schema.labels, schema.instruction), *map(_facts, self.rows)]
        lines = (json.dumps(one, ensure_ascii=False) for one in facts)
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]

    @property
    def splits(self) -> tuple[str, ...]:
        """Names of the splits, in the order of the rows."""
        return tuple(dict.fromkeys(row.split for row in self.rows))

    def split(self, name: str) -> tuple[Instance, ...]:
        """The rows of one split, however it is capitalised; all rows for "" and where the data have no such split."""
        part = name.casefold()
        return tuple(row for row in self.rows if row.split == part) if part and part in self.splits else self.rows

    def instance(self, number: int) -> Instance:
        """The row of this id. Raises UserError("unknown_instance") that names the ids there are."""
        if number not in self.by_id:
            known = sorted(self.by_id)
            raise UserError(
                "unknown_instance", id=number, first=known[0] if known else 0, last=known[-1] if known else 0
            )
        return self.by_id[number]

    def custom(self, texts: Iterable[tuple[str, str]], language: str) -> Instance:
        """A custom text as an instance; an unnamed text goes to the first free field."""
        given = list(texts)
        named = {field: text for field, text in given if field in self.schema.fields}
        free = [field for field in self.schema.fields if field not in named]
        named |= dict(zip(free, (text for field, text in given if field not in self.schema.fields), strict=False))
        missing = [field for field in self.schema.fields if not named.get(field, "").strip()]
        if missing:
            raise UserError("missing_field", field=", ".join(missing), fields=", ".join(self.schema.fields))
        return Instance(tuple((field, named[field]) for field in self.schema.fields), language=language)

    def several(self, texts: Iterable[tuple[str, str]], language: str) -> tuple[Instance, ...]:
        """Custom texts as instances, as many as they fill; at least one. Raises UserError("missing_field")."""
        given, size = list(texts), len(self.schema.fields)
        starts = range(0, max(len(given), 1), size)
        return tuple(self.custom(given[start : start + size], language) for start in starts)


def labelled(dataset: Dataset, rows: Iterable[Instance]) -> list[Instance]:
    """Those of the rows whose gold label is one of the task's: where annotators disagreed, data sets write -1 or "-"."""
    known = frozenset(dataset.schema.labels)
    return [row for row in rows if row.label in known]


def train_and_test(dataset: Dataset) -> tuple[list[Instance], list[Instance]]:
    """Labelled train and test rows. Without a test split, all other rows are test; without a train split, every fifth row of a label."""
    rows = labelled(dataset, dataset.rows)
    if TRAIN in dataset.splits:
        others = [row for row in rows if row.split not in (TRAIN, UNLEARNED)]
        return [row for row in rows if row.split == TRAIN], [row for row in others if row.split == TEST] or others
    seen: dict[str, int] = {}
    sides: tuple[list[Instance], list[Instance]] = ([], [])
    for row in rows:
        seen[row.label] = seen.get(row.label, 0) + 1
        sides[seen[row.label] % HELD_OUT == 0].append(row)
    return sides


def new_to_models(dataset: Dataset, split: str) -> tuple[Instance, ...]:
    """The rows of a split, all where the data have no such split, without those that training takes; the train split itself whole."""
    rows = dataset.split(split)
    learned = {row.id for row in train_and_test(dataset)[0] if split.casefold() != TRAIN}
    return tuple(row for row in rows if row.id not in learned)


def label_counts(rows: Iterable[Instance]) -> Counter[str]:
    """How many rows carry each gold label."""
    return Counter(row.label for row in rows)


def _facts(row: Instance) -> tuple[object, ...]:
    return row.id, row.fields, row.label, row.language, row.split, row.rationale, row.link
