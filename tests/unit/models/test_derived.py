"""What is made of a data set: named by what it depends on, and gone with a visitor's file."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from agent.sessions.uploads import Uploads
from agent.turn import Agent
from core.data import Dataset
from core.progress import Progress
from core.settings import Settings
from models.heads.derived import UPLOADS
from models.heads.head import load_or_train
from models.heads.sentence_vectors import SentenceVectors
from tests.tiny import tiny_dataset, tiny_encoder

LONG_AGO = time.time() - 25 * 3600
TELUGU = "సమీక్షలు" * 20


def uploaded(name: str = "tiny") -> Dataset:
    """The tiny rows as a visitor's file of this name."""
    data = tiny_dataset()
    return replace(data, schema=replace(data.schema, name=name), uploaded=True)


def made_of(data: Dataset, cache: Path) -> list[Path]:
    """A head and vectors, and their files."""
    encoder = tiny_encoder()
    load_or_train(cache / "heads", encoder, data, 0, Progress(), "fp32")
    SentenceVectors(cache / "vectors").of(data, encoder, Progress())
    return sorted(path for path in cache.rglob("*") if path.is_file())


def test_what_was_made_of_a_visitors_file_goes_when_nobody_uses_it(tmp_path: Path) -> None:
    settings = Settings(cache=tmp_path, session_hours=24)
    ours = made_of(tiny_dataset(), tmp_path)
    theirs = sorted(set(made_of(uploaded(), tmp_path)) - set(ours))
    assert len(ours) == len(theirs) == 4 and all(path.parent.name == UPLOADS for path in theirs)
    for path in (*ours, *theirs):
        os.utime(path, (LONG_AGO, LONG_AGO))
    made_of(uploaded(), tmp_path)
    Agent(settings, tmp_path / "sessions.sqlite")
    assert all(path.exists() for path in (*ours, *theirs)), "used a moment ago"
    for path in theirs:
        os.utime(path, (LONG_AGO, LONG_AGO))
    Agent(settings, tmp_path / "sessions.sqlite")
    assert all(path.exists() for path in ours) and not any(path.exists() for path in theirs)


def test_no_file_name_tells_what_a_visitor_called_a_file(tmp_path: Path) -> None:
    paths = made_of(uploaded(TELUGU), tmp_path)
    assert paths and all(path.name.isascii() and len(path.name) < 150 for path in paths)


def test_the_same_rows_under_another_name_have_a_card_of_their_own(tmp_path: Path) -> None:
    made = [
        load_or_train(tmp_path, tiny_encoder(), uploaded(name), 0, Progress(), "fp32") for name in ("mine", "yours")
    ]
    assert [one.card.dataset for one in made] == ["mine", "yours"]


def test_an_uploaded_file_is_known_as_one(tmp_path: Path) -> None:
    file = tmp_path / "soup.csv"
    file.write_text("text,label\ngood soup,positive\nbad soup,negative\n", "utf-8")
    uploads = Uploads(tmp_path / "kept", 1)
    assert uploads.add("one", file).uploaded and uploads.load("one", "soup.csv").uploaded
    assert Uploads(tmp_path / "kept", 1).load("one", "soup.csv").uploaded


def test_vectors_of_another_number_format_are_others(tmp_path: Path) -> None:
    data, exact, rough = tiny_dataset(), tiny_encoder(), tiny_encoder()
    rough.model.to(torch.bfloat16)
    assert exact.kind != rough.kind
    found = [SentenceVectors(tmp_path).of(data, one, Progress()) for one in (rough, exact, tiny_encoder())]
    assert not np.array_equal(found[0], found[1]) and np.array_equal(found[1], found[2])
