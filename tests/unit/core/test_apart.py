"""Files that are bombs: each ends in a sentence, within its limits, and a plain file comes through as it always did."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow as arrow
import pyarrow.parquet as parquet
import pytest

from agent.replying.ask import say_error
from core.apart import Limits, check, read_apart
from core.errors import UserError
from core.languages import complete
from core.reading import infer, load_dataset
from core.tables import read_rows

CSV = "id,text,label,lang,split\n4,Good soup,pos,en,test\n9,Cold “soup”,neg,en,train\n7, ,neg,en,train\n"
SMALL = Limits(seconds=20, memory_mb=700)


def huge_cell(path: Path) -> None:
    path.write_text(json.dumps({"text": "a" * 200_000}), "utf-8")


def million_columns(path: Path) -> None:
    path.write_text(",".join(f"c{number}" for number in range(1_000_000)) + "\n" + "," * 999_999, "utf-8")


def many_rows(path: Path) -> None:
    path.write_text("text\n" + "a\n" * 200_001, "utf-8")


def inflated(path: Path) -> None:
    """40 kilobytes that unfold into 2 gigabytes of text."""
    column = arrow.DictionaryArray.from_arrays(arrow.array([0] * 2_000, arrow.int32()), ["a" * 1_000_000])
    parquet.write_table(arrow.table({"text": column}), path, compression="zstd")


def deep_json(path: Path) -> None:
    path.write_text('{"text": ' + "[" * 100_000 + "]" * 100_000 + "}", "utf-8")


def other_encoding(path: Path) -> None:
    path.write_bytes("text\nGrün\n".encode("utf-16"))


def nul_bytes(path: Path) -> None:
    path.write_bytes(b"text\nsoup\0soup\n")


def long_number(path: Path) -> None:
    path.write_text('{"text": "soup", "n": ' + "9" * 5_000 + "}", "utf-8")


def no_parquet(path: Path) -> None:
    path.write_bytes(b"PAR1" + os.urandom(4_000) + b"PAR1")


BOMBS: list[tuple[str, Callable[[Path], None], str]] = [
    ("a.jsonl", huge_cell, "long_cell"),
    ("a.csv", million_columns, "many_columns"),
    ("a.csv", many_rows, "many_rows"),
    ("a.parquet", inflated, "heavy_table"),
    ("a.jsonl", deep_json, "bad_table"),
    ("a.csv", other_encoding, "bad_table"),
    ("a.csv", nul_bytes, "bad_table"),
    ("a.jsonl", long_number, "bad_table"),
    ("a.parquet", no_parquet, "bad_table"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "bomb", "kind"), BOMBS, ids=lambda part: getattr(part, "__name__", None))
def test_a_bomb_ends_in_a_sentence(tmp_path: Path, name: str, bomb: Callable[[Path], None], kind: str) -> None:
    bomb(tmp_path / name)
    with pytest.raises(UserError) as refused:
        read_apart(tmp_path / name, "a", SMALL)
    assert refused.value.kind == kind, refused.value
    for language in complete():
        told = say_error(refused.value, language)
        assert name in told and "{" not in told and len(told) < 700


def test_a_plain_file_comes_through_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "soup.csv"
    path.write_text(CSV, "utf-8")
    assert read_apart(path, "soup") == load_dataset(str(path))


def test_time_out_is_told_and_ends_the_process(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.csv")  # a file that never ends
    start = time.perf_counter()
    with pytest.raises(UserError) as refused:
        read_apart(tmp_path / "a.csv", "a", Limits(seconds=1))
    assert refused.value.kind == "heavy_table" and time.perf_counter() - start < 5


@pytest.mark.parametrize(
    ("rows", "kind", "found"),
    [
        ([{"a": "x"}] * 4, "many_rows", "4"),
        ([{"a": "x"}, {"b": "x", "c": "", "d": ""}], "many_columns", "4"),
        ([{"a": "x"}, {"a": "x" * 11}], "long_cell", "11"),
        ([{"a" * 11: None}], "long_cell", "11"),
    ],
)
def test_sizes_are_checked(rows: list[dict[str, object]], kind: str, found: str) -> None:
    with pytest.raises(UserError) as refused:
        check(rows, Path("a.csv"), Limits(rows=3, columns=3, characters=10))
    assert (refused.value.kind, refused.value.facts["found"]) == (kind, found)


def test_a_small_file_that_unpacks_into_much_text_is_refused_and_a_long_one_is_not(tmp_path: Path) -> None:
    small, long = tmp_path / "a.parquet", tmp_path / "a.csv"
    small.write_bytes(b"PAR1")
    long.write_bytes(b"x" * 60)
    rows = [{"a": "x" * 10}] * 6
    check(rows, small, Limits(packed=60))
    check(rows, long, Limits(packed=50))
    with pytest.raises(UserError, match="heavy_table"):
        check(rows, small, Limits(packed=50))


def test_what_is_no_word_is_cleaned_away(tmp_path: Path) -> None:
    made = infer([{"te\x1b[2Jxt": "a\x00b", "label": "\x1b]0;x\x07pos", "lang": "e\x07n"}] * 2, "x")
    row = made.rows[0]
    assert (row.fields, row.label, row.language) == ((("te[2Jxt", "ab"),), "]0;xpos", "en")


def test_numbers_as_labels_and_ids_that_are_none() -> None:
    made = infer([{"text": "one", "label": 0, "id": "9" * 5_000}, {"text": "two", "label": 1, "id": "3"}], "x")
    assert [(row.id, row.label) for row in made.rows] == [(0, "0"), (3, "1")]


def test_line_ends_inside_a_string_end_no_row(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "one\u2028line"}\r\n{"text": "two"}\n', "utf-8")
    assert read_rows(path) == [{"text": "one\u2028line"}, {"text": "two"}]
