"""Data sets from files: inference, schemas, and every way in which a file can be bad."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as arrow
import pyarrow.parquet as parquet
import pytest

from agent.replying.ask import say_error
from core.errors import UserError
from core.languages import complete
from core.reading import infer, load_dataset, read_rows

CSV = "id,review,sentiment\n4,Good soup,pos\n9,Cold soup,neg\n11,Fine soup,pos\n"


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize("name", ["rows.csv", "rows.tsv", "rows.jsonl", "rows.parquet"])
def test_the_same_rows_from_every_format(tmp_path: Path, name: str) -> None:
    rows = [dict(zip(("id", "review", "sentiment"), line.split(","), strict=True)) for line in CSV.splitlines()[1:]]
    if name.endswith("csv"):
        path = write(tmp_path, name, CSV)
    elif name.endswith("tsv"):
        path = write(tmp_path, name, CSV.replace(",", "\t"))
    elif name.endswith("jsonl"):
        path = write(tmp_path, name, "\n".join(json.dumps(row) for row in rows))
    else:
        path = tmp_path / name
        parquet.write_table(arrow.Table.from_pylist(rows), path)
    made = load_dataset(str(path))
    assert made.schema.fields == ("review",) and made.schema.labels == ("neg", "pos")
    assert made.instance(9).text == "Cold soup" and made.instance(9).label == "neg"


def test_a_label_column_without_a_telling_name_is_found_by_its_few_values() -> None:
    rows = [{"body": f"text number {number} here", "kind": "ab"[number % 2]} for number in range(12)]
    assert infer(rows, "x").schema.labels == ("a", "b")


def test_a_pair_of_texts_is_known_by_its_names_and_one_text_by_its_length() -> None:
    pair = [{"hypothesis": "one two", "premise": "three four", "label": "a"} for _ in range(3)]
    assert infer(pair, "x").schema.fields == ("premise", "hypothesis")
    longer = [{"title": f"short {number}", "story": f"a much longer text {number}"} for number in range(9)]
    assert infer(longer, "x").schema.fields == ("story",)


def test_data_without_labels_say_so() -> None:
    made = infer([{"text": f"words {number}"} for number in range(9)], "x")
    assert made.schema.labels == ()


def test_repeated_ids_are_replaced_by_row_numbers() -> None:
    made = infer([{"id": 1, "text": "one a"}, {"id": 1, "text": "two b"}], "x")
    assert [row.id for row in made.rows] == [0, 1]


def test_empty_texts_are_set_apart() -> None:
    made = infer([{"text": "one a"}, {"text": "  "}], "x")
    assert len(made.rows) == 1 and len(made.empty) == 1


def test_rows_of_the_hub_behind_the_last_that_is_read_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    library = pytest.importorskip("datasets")
    features = library.Features({"text": library.Value("string"), "label": library.ClassLabel(names=["bad", "good"])})
    rows = [{"text": f"number {number} of many", "label": number % 3 - 1} for number in range(12)]
    monkeypatch.setattr(library, "load_dataset", lambda *_, **__: library.Dataset.from_list(rows, features=features))
    monkeypatch.setattr("core.hub_data.MAX_ROWS", 9)
    made = load_dataset("hub:someone/something")
    assert (len(made.rows), made.unread) == (9, 3)
    assert [row.label for row in made.rows[:3]] == ["", "bad", "good"]


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("a.csv", "text,label\none,pos\ntwo\n", "columns"),
        ("a.csv", 'text,label\n"one,pos\n', "quotes"),
        ("a.jsonl", '{"text": "one"}\n{"text": \n', "json"),
        ("a.jsonl", "[1, 2]\n", "object"),
        ("a.parquet", "no parquet", "parquet"),
        ("a.xlsx", "", ".csv"),
        ("a.csv", "text\nnul\0byte\n", "nul"),
        ("a.csv", "text,label\n", "empty"),
        ("a.jsonl", "[" * 100_000, "nested"),
        ("a.csv", "text\n" + "x" * 200_000 + "\n", "cell"),
    ],
    ids=lambda part: part[:12],
)
def test_a_bad_file_is_refused_with_its_reason(tmp_path: Path, name: str, text: str, reason: str) -> None:
    with pytest.raises(UserError) as refused:
        load_dataset(str(write(tmp_path, name, text)))
    assert refused.value.kind == "bad_table" and reason in refused.value.facts["reason"]
    for language in complete():
        said = say_error(refused.value, language)
        assert "{" not in said and f": {reason}." not in said, "the reason stands in words"


def test_bytes_that_are_no_utf8_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("text\nGrün\n".encode("latin-1"))
    with pytest.raises(UserError) as refused:
        read_rows(tmp_path / "a.csv")
    assert refused.value.kind == "bad_table" and refused.value.facts["reason"] == "encoding"


def test_numbers_only_are_no_text(tmp_path: Path) -> None:
    with pytest.raises(UserError) as refused:
        load_dataset(str(write(tmp_path, "a.csv", "x,y\n1,2\n3,4\n")))
    assert refused.value.kind == "no_text_column"


def test_an_unknown_name_offers_the_nearest() -> None:
    with pytest.raises(UserError) as refused:
        load_dataset("revews")
    assert refused.value.kind == "unknown_dataset" and refused.value.facts["nearest"] == "reviews"


def test_a_schema_beside_the_file_decides(tmp_path: Path) -> None:
    write(tmp_path, "schema.toml", 'name = "soup"\nfields = ["review"]\nlabels = ["neg", "pos"]\n')
    made = load_dataset(str(write(tmp_path, "rows.csv", CSV.replace("sentiment", "label"))))
    assert made.name == "soup" and made.instance(4).label == "pos"


def test_a_broken_schema_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "schema.toml", "fields = 3\n")
    with pytest.raises(UserError) as refused:
        load_dataset(str(write(tmp_path, "rows.csv", CSV)))
    assert refused.value.kind == "bad_schema"


def test_a_users_own_text_fills_the_tasks_fields() -> None:
    claims = load_dataset("claims")
    assert claims.custom([("evidence", "E e"), ("", "C c")], "en").fields == (("claim", "C c"), ("evidence", "E e"))
    with pytest.raises(UserError) as refused:
        claims.custom([("", "only one")], "en")
    assert refused.value.kind == "missing_field" and "evidence" in refused.value.facts["field"]


def test_a_folder_of_files_named_by_language_and_split(tmp_path: Path) -> None:
    for name, text in (("en.train", "a fine day"), ("en.test", "a bad day"), ("de.train", "ein guter Tag")):
        (tmp_path / f"{name}.jsonl").write_text(json.dumps({"id": 1, "text": text, "label": text[2:6]}) + "\n", "utf-8")
    data = load_dataset(str(tmp_path))
    assert {(row.text, row.language, row.split) for row in data.rows} == {
        ("a fine day", "en", "train"),
        ("a bad day", "en", "test"),
        ("ein guter Tag", "de", "train"),
    }
    assert len(data.by_id) == 3, "ids that repeat in every file are replaced"


def test_ids_that_repeat_are_replaced_beside_a_schema_too(tmp_path: Path) -> None:
    write(tmp_path, "schema.toml", 'name = "x"\nfields = ["text"]\nlabels = ["a", "b"]\n')
    write(tmp_path, "en.train.jsonl", '{"id": 0, "text": "train text", "label": "a"}\n')
    write(tmp_path, "en.test.jsonl", '{"id": 0, "text": "test text", "label": "b"}\n')
    made = load_dataset(str(tmp_path))
    assert sorted(made.by_id) == [0, 1] and {row.text for row in made.by_id.values()} == {"train text", "test text"}


def test_labels_that_are_truth_values_are_no_numbers_of_labels(tmp_path: Path) -> None:
    write(tmp_path, "schema.toml", 'name = "x"\nfields = ["text"]\nlabels = ["true", "false"]\n')
    said = ("true", "false", '"true"', "1", "0")
    rows = [f'{{"id": {number}, "text": "some words", "label": {label}}}' for number, label in enumerate(said)]
    made = load_dataset(str(write(tmp_path, "rows.jsonl", "\n".join(rows))))
    assert [row.label for row in made.rows] == ["true", "false", "true", "false", "true"]


def test_two_spellings_of_a_label_are_one_label() -> None:
    made = infer(
        [{"text": f"number {n} here", "label": ("Positive", "positive", "negative")[n % 3]} for n in range(9)], "x"
    )
    assert made.schema.labels == ("negative", "positive")
    assert [row.label for row in made.rows[:3]] == ["positive", "positive", "negative"]


def test_splits_are_named_in_small_letters() -> None:
    made = infer([{"text": f"number {n} here", "split": ("Train", "TEST ")[n % 2]} for n in range(4)], "x")
    assert made.splits == ("train", "test")
    assert [row.id for row in made.split("Test")] == [1, 3]


def test_a_row_without_text_has_an_id_of_its_own() -> None:
    said = {"de": ("eins", "", "drei"), "en": ("one", "two", "three")}
    made = infer([{"id": n + 1, "text": text, "lang": code} for code in said for n, text in enumerate(said[code])], "x")
    assert [(row.id, row.text, row.link) for row in made.rows] == [
        (0, "eins", "1"),
        (2, "drei", "3"),
        (3, "one", "1"),
        (4, "two", "2"),
        (5, "three", "3"),
    ]
    assert [row.id for row in made.empty] == [1]


def test_a_row_without_text_never_costs_the_others_their_ids() -> None:
    said = [(7, "one a"), (2, "two b"), ("", ""), (2, " ")]
    made = infer([{"id": number, "text": text} for number, text in said], "x")
    assert [row.id for row in made.rows] == [7, 2]
    assert [row.id for row in made.empty] == [8, 9]


@pytest.mark.parametrize(
    ("labels", "given", "read"),
    [
        (["no", "maybe", "yes"], "2", "yes"),
        (["no", "maybe", "yes"], "2.0", "yes"),
        (["no", "maybe", "yes"], '"2"', "yes"),
        (["no", "maybe", "yes"], '"1.0"', "maybe"),
        (["no", "maybe", "yes"], '"౧"', "maybe"),
        (["no", "maybe", "yes"], "-1", "-1"),
        (["no", "maybe", "yes"], '"3"', "3"),
        (["no", "maybe", "yes"], "0.5", "0.5"),
        (["no", "maybe", "yes"], "NaN", ""),
        (["1", "2", "3"], "1.0", "1"),
        (["1", "2", "3"], "0", "0"),
    ],
)
def test_numbers_of_labels_are_read_however_they_are_written(tmp_path, labels, given, read):
    write(tmp_path, "schema.toml", f'name = "x"\nfields = ["text"]\nlabels = {json.dumps(labels)}\n')
    row = f'{{"id": 0, "text": "some words", "label": {given}}}\n'
    assert load_dataset(str(write(tmp_path, "rows.jsonl", row))).rows[0].label == read


def test_a_gap_in_a_column_of_floats_is_no_label() -> None:
    rows = [{"text": f"number {n} here", "label": (0.0, 1.0, float("nan"))[n % 3]} for n in range(9)]
    assert infer(rows, "x").schema.labels == ("0.0", "1.0")
