"""Utterances: rows are readable, nobody's words mean two things, and development rows are no copies of training rows."""

import json
from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import regex

from core.languages import complete
from core.settings import ROOT
from parsers.notation.canonical import read, write
from parsers.notation.scanner import quoted

FOLDER = ROOT / "datasets" / "utterances"
DATA = ROOT / "tests" / "data"
DEVELOPMENT = (
    "ordinary.jsonl",
    "ordinary_custom.jsonl",
    "indirect.jsonl",
    "indirect_custom.jsonl",
    "plain.jsonl",
    "plain_custom.jsonl",
    "fresh.jsonl",
    "fresh_custom.jsonl",
    "kept.jsonl",
    "kept_custom.jsonl",
    "spare.jsonl",
    "spare_custom.jsonl",
    "parses.jsonl",
)
ALIKE = 0.9  # 1 - edit distance / length of the longer one; from here on two rows count as the same
BUCKETS = 64
_OUTER = regex.compile(r"[\s\p{P}\p{S}]+")
_DIGITS = regex.compile(r"\d+")


def rows_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


@lru_cache
def said(language: str, split: str) -> tuple[dict[str, Any], ...]:
    return tuple(row for row in rows_of(FOLDER / f"{language}.jsonl") if row["split"] == split)


def plain(text: str) -> str:
    """The text without case, punctuation and the value of numbers, in any script's digits."""
    return str(_OUTER.sub(" ", _DIGITS.sub("0", text.casefold()))).strip()


def distance(one: str, other: str) -> int:
    """Levenshtein's distance, one row of the table at a time."""
    last = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(other, 1):
            row.append(min(last[j] + 1, row[-1] + 1, last[j - 1] + (a != b)))
        last = row
    return last[-1]


def similarity(one: str, other: str) -> float:
    longer = max(len(one), len(other))
    return 1 - distance(one, other) / longer if longer else 1.0


def counts(texts: Sequence[str]) -> np.ndarray:
    """How often characters fall into each bucket [text, bucket]."""
    codes = np.frombuffer("".join(texts).encode("utf-32-le"), dtype=np.uint32) % BUCKETS
    of_text = np.repeat(np.arange(len(texts)), [len(text) for text in texts])
    flat = np.bincount(of_text * BUCKETS + codes, minlength=len(texts) * BUCKETS)
    return np.minimum(flat, 255).astype(np.uint8).reshape(len(texts), BUCKETS)


def copies(new: Sequence[str], known: Sequence[str]) -> list[tuple[str, str]]:
    """Pairs at least ALIKE. What two texts share of a bucket bounds their similarity, so few pairs are compared in full."""
    found: list[tuple[str, str]] = []
    order = sorted(known, key=len)
    table, lengths = counts(order), np.array([len(text) for text in order])
    for text, row in zip(new, counts(new), strict=True):
        low, high = np.searchsorted(lengths, [ALIKE * len(text), len(text) / ALIKE + 1])
        shared = np.minimum(table[low:high], row).sum(axis=1)
        near = np.flatnonzero(shared >= ALIKE * np.maximum(lengths[low:high], len(text)))
        found += [(text, order[low + int(at)]) for at in near if similarity(text, order[low + int(at)]) >= ALIKE]
    return found


def test_the_measure_is_the_edit_distance() -> None:
    assert distance("kitten", "sitting") == 3
    assert plain("Show №12, please!") == plain("show  ౭ please") == "show 0 please"
    assert copies(["why did 0 fail"], ["why did it fail", "what did 0 fail at", "why did 0 fail?"]) == [
        ("why did 0 fail", "why did 0 fail?")
    ]


@pytest.mark.parametrize("language", complete())
def test_rows_are_canonical_and_spans_exact(language: str) -> None:
    rows = rows_of(FOLDER / f"{language}.jsonl")
    assert {row["split"] for row in rows} == {"train", "dev"}
    for row in (row for row in rows if "start" in row or " on " in row["parse"]):
        assert f" on {quoted(row['text'][row['start'] : row['end']])}" in row["parse"], row
    for query in {_DIGITS.sub("0", row["parse"]) for row in rows}:  # few differ in more than the numbers
        assert write(read(query)) == query


@pytest.mark.parametrize("language", complete())
def test_no_utterance_has_two_parses(language: str) -> None:
    claims: dict[str, set[str]] = defaultdict(set)
    for row in said(language, "train") + said(language, "dev"):
        claims[plain(row["text"])].add(_DIGITS.sub("0", row["parse"]))
    assert {text: sorted(parses) for text, parses in claims.items() if len(parses) > 1} == {}


@pytest.mark.parametrize("language", complete())
def test_development_rows_are_no_copies_of_training_rows(language: str) -> None:
    held = [row["text"] for name in DEVELOPMENT for row in rows_of(DATA / name) if row["lang"] == language]
    held += [row["text"] for row in said(language, "dev")]
    train = [plain(row["text"]) for row in said(language, "train")]
    assert held and train
    assert copies([plain(text) for text in held], train) == []
