"""The tasks that ship: schema, six languages, enough rows, ids and splits that do not overlap."""

from __future__ import annotations

import unicodedata
from collections import Counter

import pytest

from core.data import Dataset, Instance
from core.languages import complete, languages
from core.reading import load_dataset, tasks

LEAST = {"reviews": (240, 60), "claims": (120, 45)}
SCRIPTS = {"Latn": "LATIN", "Cyrl": "CYRILLIC", "Hans": "CJK", "Telu": "TELUGU"}


@pytest.fixture(scope="module", params=tasks())
def dataset(request: pytest.FixtureRequest) -> Dataset:
    return load_dataset(request.param)


def rows(dataset: Dataset, language: str, split: str) -> list[Instance]:
    return [row for row in dataset.split(split) if row.language == language]


@pytest.mark.parametrize("language", complete())
def test_enough_rows_in_balance(dataset: Dataset, language: str) -> None:
    train, test = LEAST[dataset.name]
    for split, least in (("train", train), ("test", test)):
        found = Counter(row.label for row in rows(dataset, language, split))
        assert sum(found.values()) >= least
        assert set(found) == set(dataset.schema.labels)
        assert max(found.values()) - min(found.values()) <= 2, f"{split} is out of balance: {found}"


@pytest.mark.parametrize("language", complete())
def test_rows_are_written_in_their_language(dataset: Dataset, language: str) -> None:
    script = SCRIPTS[languages()[language].script]
    for row in (row for row in dataset.rows if row.language == language):
        letters = [char for char in row.text if char.isalpha()]
        own = sum(unicodedata.name(char, "").startswith(script) for char in letters)
        assert own >= len(letters) / 2, f"id {row.id}: {row.text[:60]}"
        assert unicodedata.is_normalized("NFC", row.text)


def test_ids_are_unique_and_from_zero(dataset: Dataset) -> None:
    assert sorted(row.id for row in dataset.rows if row.id is not None) == list(range(len(dataset.rows)))


def test_no_text_stands_in_two_splits(dataset: Dataset) -> None:
    plain = {split: {row.text.casefold() for row in dataset.split(split)} for split in dataset.splits}
    assert not plain["train"] & plain["test"]
    assert sum(map(len, plain.values())) == len(dataset.rows), "a text is there twice"


@pytest.mark.parametrize("language", complete())
def test_schema_has_words_for_people(dataset: Dataset, language: str) -> None:
    schema = dataset.schema
    assert language in dict(schema.title) and language in dict(schema.about)
    for label in schema.labels:
        assert dict(dict(schema.label_words)[label])[language]
