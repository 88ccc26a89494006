"""Tables from files: CSV, TSV, JSON Lines and Parquet as rows of named cells, every broken one refused with its reason."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from core.errors import UserError

Row = dict[str, Any]
BATCH = 1_000  # rows of a Parquet file decoded at a time


def read_rows(path: Path) -> list[Row]:
    """The rows of a CSV, TSV, JSON Lines or Parquet file.

    Raises UserError("bad_table"): its reason is a key of `reason` in core/errors.toml, or else what a library said.
    """
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise UserError("bad_table", file=path.name, reason=f"{path.suffix or '–'}: .csv, .tsv, .jsonl, .parquet")
    try:
        return reader(path)
    except RecursionError as error:
        raise _bad(path, "nested") from error
    except UnicodeDecodeError as error:
        raise _bad(path, "encoding", detail=error) from error
    except (ValueError, OSError) as error:
        raise UserError("bad_table", file=path.name, reason=str(error)[:200]) from error


def _bad(path: Path, reason: str, **facts: object) -> UserError:
    return UserError("bad_table", file=path.name, reason=reason, **facts)


def _separated(path: Path, delimiter: str) -> list[Row]:
    text = path.read_text("utf-8-sig")
    if "\0" in text:
        raise _bad(path, "nul")
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        rows = list(reader)
    except csv.Error as error:
        reason = "cell" if "limit" in str(error) else "quotes"
        raise _bad(path, reason, line=reader.line_num, limit=csv.field_size_limit(), detail=error) from error
    broken = [number for number, row in enumerate(rows, 2) if None in row or None in row.values()]
    if broken:
        raise _bad(path, "columns", line=broken[0], columns=len(reader.fieldnames or ()))
    return rows


def _json_lines(path: Path) -> list[Row]:
    rows = []
    for number, line in enumerate(path.read_text("utf-8-sig").split("\n"), 1):  # other line ends may stand in a string
        if line.strip():
            try:
                row = json.loads(line)
            except json.JSONDecodeError as error:
                raise _bad(path, "json", line=number, detail=error.msg) from error
            if not isinstance(row, dict):
                raise _bad(path, "object", line=number)
            rows.append(row)
    return rows


def _parquet(path: Path) -> list[Row]:
    import pyarrow.lib  # half a second that other formats need not wait
    import pyarrow.parquet

    try:
        file = pyarrow.parquet.ParquetFile(path)
        return [row for batch in file.iter_batches(BATCH, use_threads=False) for row in batch.to_pylist()]
    except MemoryError:  # Arrow's is an ArrowException, too
        raise
    except pyarrow.lib.ArrowException as error:
        raise _bad(path, "parquet", detail=str(error)[:200]) from error


READERS: dict[str, Callable[[Path], list[Row]]] = {
    ".csv": lambda path: _separated(path, ","),
    ".tsv": lambda path: _separated(path, "\t"),
    ".jsonl": _json_lines,
    ".parquet": _parquet,
}
