"""Data sets: which rows models learn from and which are left to measure on, and what makes other data of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.data import UNLEARNED, Dataset, Instance, Schema, labelled, new_to_models, train_and_test

SCHEMA = Schema("films", ("text",), ("bad", "good"), instruction="Say which.")
ROW = Instance((("text", "a film"),), 0, "good", "en", "train")


def data(*splits: str) -> Dataset:
    return Dataset(SCHEMA, tuple(replace(ROW, id=number, split=split) for number, split in enumerate(splits)))


def ids(rows: list[Instance]) -> list[int | None]:
    return [row.id for row in rows]


@pytest.mark.parametrize(
    ("splits", "train", "test"),
    [
        (("train", "test", "dev"), [0], [1]),
        (("train", "dev", "train"), [0, 2], [1]),
        (("train", UNLEARNED, "dev"), [0], [2]),
        (("",) * 5, [0, 1, 2, 3], [4]),
    ],
)
def test_what_is_no_train_split_is_there_to_measure_on(splits, train, test):
    assert tuple(map(ids, train_and_test(data(*splits)))) == (train, test)


def test_no_row_that_is_trained_on_is_measured():
    assert ids(new_to_models(data("train", "dev"), "test")) == [1]
    assert ids(new_to_models(data(*["test"] * 5), "test")) == [4], "the fifth that training leaves aside"
    bare = Dataset(SCHEMA, tuple(replace(ROW, id=number, label="", split="") for number in range(3)))
    assert ids(new_to_models(bare, "test")) == [0, 1, 2], "nobody learns from rows without labels"


def test_a_label_that_is_none_of_the_tasks_labels_nothing():
    rows = tuple(replace(ROW, id=number, label=label) for number, label in enumerate(("good", "-1", "-", "", "bad")))
    assert ids(labelled(Dataset(SCHEMA, rows), rows)) == [0, 4]


@pytest.mark.parametrize(
    "change",
    [{"label": "bad"}, {"language": "de"}, {"split": "test"}, {"rationale": (("text", 0, 1),)}, {"link": "7"}],
)
def test_the_revision_changes_with_a_row(change):
    assert Dataset(SCHEMA, (replace(ROW, **change),)).revision != Dataset(SCHEMA, (ROW,)).revision


def test_the_revision_changes_with_what_models_read_of_the_schema():
    before = Dataset(SCHEMA, (ROW,)).revision
    for change in ({"instruction": "Other."}, {"labels": ("bad", "fine", "good")}, {"fields": ("text", "more")}):
        assert Dataset(replace(SCHEMA, **change), (ROW,)).revision != before
    assert Dataset(replace(SCHEMA, about=(("en", "Films."),)), (ROW,)).revision == before
