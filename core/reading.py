"""Data sets from files: our own tasks, and users' CSV, TSV, JSON Lines and Parquet with an inferred schema."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path

from core.data import Dataset, Instance, Schema
from core.errors import UserError, unknown
from core.hub_data import hub_rows
from core.languages import clean, shorten
from core.rationales import marks
from core.settings import ROOT
from core.tables import READERS, Row, read_rows

TASKS = ROOT / "datasets" / "tasks"
LABEL_NAMES = ("label", "labels", "gold", "class", "category", "sentiment", "target", "rating", "stars", "intent", "y")
ID_NAMES = ("id", "idx", "index", "row_id")
SPLIT_NAMES = ("split", "subset", "fold")
LANGUAGE_NAMES = ("lang", "language")
LINK_NAMES = ("parallel_id", "parallel", "pair_id", "set_id", "group_id")  # the same in translations of each other
TEXT_NAMES = ("text", "sentence", "review", "content", "body", "comment", "message", "utterance", "question")
PAIRS = (("claim", "evidence"), ("premise", "hypothesis"), ("question", "context"), ("sentence1", "sentence2"))
COLUMNS_NAMED = 20  # in a sentence that names columns
SAMPLE = 500  # rows that inference looks at
DIGITS = 18  # of an id; a longer number is no id
MAX_LABELS = 50  # a column with more distinct values is not a label
_WHOLE = re.compile(r"\d{1,9}(?:\.0*)?")


def tasks() -> tuple[str, ...]:
    """Names of the tasks that ship with the project."""
    return tuple(sorted(folder.name for folder in TASKS.iterdir() if (folder / "schema.toml").exists()))


def load_dataset(source: str) -> Dataset:
    """A task by name, a file by path (its folder's schema.toml counts), a folder of files, or "hub:owner/name[:split]".

    A folder without a schema.toml is read where its files are named by language and split. Raises UserError:
    unknown_dataset, bad_table, no_text_column, no_labels, no_network.
    """
    if source in tasks():
        return _task(TASKS / source)
    if source.startswith("hub:"):
        rows, unread = hub_rows(source.removeprefix("hub:"))
        return replace(infer(rows, source), unread=unread)
    path = Path(source).expanduser()
    if not path.exists():
        raise unknown("unknown_dataset", source, tasks())
    if path.is_dir():
        return _task(path)
    rows = read_rows(path)
    beside = path.with_name("schema.toml")
    return _with_schema(rows, read_schema(beside)) if beside.exists() else infer(rows, path.stem)


def _task(folder: Path) -> Dataset:
    """All files of a folder; each is named by language, by split, or by both ("de.train.jsonl")."""
    files = sorted(path for path in folder.iterdir() if path.suffix in READERS)
    rows = [_named_by(path) | row for path in files for row in read_rows(path)]
    schema_file = folder / "schema.toml"
    if schema_file.exists():
        return _with_schema(rows, read_schema(schema_file))
    if not any("." in path.stem for path in files):
        raise UserError("no_schema", folder=folder.name)
    return infer(rows, folder.name)


def _named_by(path: Path) -> Row:
    """What a file's name says of its rows."""
    language, _, split = path.stem.partition(".")
    return {"lang": language} | ({"split": split} if split else {})


def read_schema(path: Path) -> Schema:
    """The schema in a TOML file: name, fields, labels, and words for them in any language."""
    try:
        table = tomllib.loads(path.read_text("utf-8"))
        return Schema(
            name=table["name"],
            fields=tuple(table["fields"]),
            labels=tuple(table["labels"]),
            title=_pairs(table.get("title", {})),
            label_words=tuple((label, _pairs(said)) for label, said in table.get("label_words", {}).items()),
            about=_pairs(table.get("about", {})),
            licence=table.get("licence", ""),
            instruction=table.get("instruction", ""),
            rationale=table.get("rationale", ""),
        )
    except (KeyError, TypeError, AttributeError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UserError("bad_schema", file=path.name, reason=error) from error


def _pairs(table: dict[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((key, str(text).strip()) for key, text in table.items())


def _with_schema(rows: Sequence[Row], schema: Schema) -> Dataset:
    missing = [field for field in schema.fields if not any(row.get(field) for row in rows)]
    if missing:
        raise UserError("no_text_column", columns=_named_few(list(rows[0]) if rows else ["–"]))
    made = [_instance(row, number, schema.fields, ("label",), schema) for number, row in enumerate(rows)]
    return Dataset(schema, *_parted(sorted(_numbered(made), key=lambda row: row.id or 0)))


def infer(rows: Sequence[Row], name: str) -> Dataset:
    """A data set from rows of unknown columns: the label column by name or by few repeated values, text by length."""
    if not rows:
        raise UserError("bad_table", file=name, reason="empty")
    columns = list(dict.fromkeys(column for row in rows for column in row))
    if any(clean(column) != column for column in columns):  # control marks in names would reach terminals
        return infer([{clean(column): cell for column, cell in row.items()} for row in rows], name)
    label = _label_column(rows, columns)
    taken = {label, *_reserved(columns)}
    fields = _text_columns(rows, [column for column in columns if column not in taken and _is_text(rows, column)])
    if not fields:
        raise UserError("no_text_column", columns=_named_few(columns))
    said = {_said(row.get(label)) for row in rows} if label else set()
    labels = tuple(sorted({one.casefold(): one for one in sorted(said - {""})}.values()))  # of two spellings one
    schema = Schema(name=name, fields=fields, labels=labels)
    made = [_instance(row, number, schema.fields, (label,) if label else (), schema) for number, row in enumerate(rows)]
    return Dataset(schema, *_parted(_numbered(made)))


def _numbered(rows: Sequence[Instance]) -> list[Instance]:
    """The rows with ids of their own: ids that repeat are of no use, unless they say what is parallel.

    A row without text takes no id from another one: it gets the next free one where its own is taken.
    """
    kept = [row.id for row in rows if row.text.strip()]
    if len(set(kept)) < len(kept):
        links = _links(rows)
        return [replace(row, id=number, link=link) for number, (row, link) in enumerate(zip(rows, links, strict=True))]
    times, free = Counter(row.id for row in rows), count(max((row.id or 0 for row in rows), default=0) + 1)
    return [row if row.text.strip() or times[row.id] == 1 else replace(row, id=next(free)) for row in rows]


def _named_few(columns: Sequence[str]) -> str:
    """The first columns by name; a file may have a million."""
    return ", ".join(shorten(column, 40) for column in columns[:COLUMNS_NAMED]) + (
        "…" if columns[COLUMNS_NAMED:] else ""
    )


def _parted(rows: Sequence[Instance]) -> tuple[tuple[Instance, ...], tuple[Instance, ...]]:
    """The rows with text and those without."""
    sides: tuple[list[Instance], list[Instance]] = ([], [])
    for row in rows:
        sides[not row.text.strip()].append(row)
    return tuple(sides[0]), tuple(sides[1])


def _named(columns: Iterable[str], names: Sequence[str]) -> list[str]:
    return [column for column in columns if column.strip().lower() in names][:1]


def _reserved(columns: Sequence[str]) -> set[str]:
    """Columns that are neither text nor label by their names."""
    return {found for names in (ID_NAMES, SPLIT_NAMES, LANGUAGE_NAMES, LINK_NAMES) for found in _named(columns, names)}


def _links(rows: Sequence[Instance]) -> list[str]:
    """What links each row with its translations: a column of its own, else an id that every language has once at most."""
    said = [row for row in rows if row.text.strip()]
    once = len({(row.id, row.language) for row in said}) == len(said) and all(row.language for row in said)
    return [row.link or (str(row.id) if once else "") for row in rows]


def _label_column(rows: Sequence[Row], columns: Sequence[str]) -> str:
    for name in LABEL_NAMES:
        if found := [column for column in columns if column.strip().lower() == name]:
            return found[0]
    reserved = _reserved(columns)
    for column in columns:
        values = Counter(str(row.get(column, "")) for row in rows)
        if column not in reserved and 1 < len(values) <= min(MAX_LABELS, len(rows) // 3):
            return column
    return ""


def _text_columns(rows: Sequence[Row], texts: Sequence[str]) -> tuple[str, ...]:
    """A known pair of columns, else a column with a telling name, else the one with the longest texts."""
    lower = {column.strip().lower(): column for column in texts}
    for pair in PAIRS:
        if all(name in lower for name in pair):
            return tuple(lower[name] for name in pair)
    named = [lower[name] for name in TEXT_NAMES if name in lower]
    longest = sorted(texts, key=lambda column: -sum(len(str(row.get(column) or "")) for row in rows[:SAMPLE]))
    return tuple((named or longest)[:1])


def _is_text(rows: Sequence[Row], column: str) -> bool:
    given = [str(row[column]) for row in rows[:SAMPLE] if str(row.get(column) or "").strip()]
    letters = sum(any(char.isalpha() for char in text) for text in given)
    return bool(given) and letters > len(given) / 2


def _instance(row: Row, number: int, fields: Sequence[str], label: Sequence[str], schema: Schema) -> Instance:
    lower = {str(key).strip().lower(): item for key, item in row.items()}
    first = next((lower[name] for name in ID_NAMES if name in lower), number)
    linked = next((lower[name] for name in LINK_NAMES if name in lower), None)
    texts = tuple((field, clean(str(row.get(field) or "")).strip()) for field in fields)
    return Instance(
        fields=texts,
        id=int(first) if str(first).isdecimal() and len(str(first)) <= DIGITS else number,
        label=_label(row.get(label[0]), schema.labels) if label else "",
        language=clean(str(next((lower[name] for name in LANGUAGE_NAMES if name in lower), "") or "")),
        split=clean(str(next((lower[name] for name in SPLIT_NAMES if name in lower), "") or "")).strip().casefold(),
        rationale=marks(texts, row.get(schema.rationale)) if schema.rationale else (),
        link="" if linked is None else clean(str(linked)).strip(),
    )


def _label(given: object, labels: Sequence[str]) -> str:
    """A gold label as the schema spells it, given by name or by its number from 0 on; as it stands where it is neither.

    Numbers may be written as integers, as floats or as text. Where labels are numbers themselves, a number is a name.
    """
    said = _said(given)
    known = {one.casefold(): one for one in labels}
    if said.casefold() in known or not _WHOLE.fullmatch(said):
        return known.get(said.casefold(), said)
    number = int(said.partition(".")[0])
    if number >= len(labels) or any(map(_WHOLE.fullmatch, labels)):
        return known.get(str(number), said)
    return labels[number]


def _said(given: object) -> str:
    """A cell as text; "" where it is empty or not a number, which is how tables of floats leave a gap."""
    return "" if given is None or given != given else clean(str(given)).strip()
