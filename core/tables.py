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
    """The rows of a CSV, TSV, JSON Lines or Parquet file. Raises UserError("bad_table") with the reason and the line."""
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise UserError("bad_table", file=path.name, reason=f"{path.suffix or '–'}: .csv, .tsv, .jsonl, .parquet")
    try:
        return reader(path)
    except RecursionError as error:
        raise UserError("bad_table", file=path.name, reason="nested too deeply") from error
    except (ValueError, csv.Error, OSError) as error:
        raise UserError("bad_table", file=path.name, reason=str(error)[:200]) from error


def _separated(path: Path, delimiter: str) -> list[Row]:
    text = path.read_text("utf-8-sig")
    if "\0" in text:
        raise ValueError("NUL byte")
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows = list(reader)
    broken = [number for number, row in enumerate(rows, 2) if None in row or None in row.values()]
    if broken:
        raise ValueError(f"row {broken[0]}: {len(reader.fieldnames or ())} columns expected")
    return rows


def _json_lines(path: Path) -> list[Row]:
    rows = []
    for number, line in enumerate(path.read_text("utf-8-sig").split("\n"), 1):  # other line ends may stand in a string
        if line.strip():
            try:
                row = json.loads(line)
            except json.JSONDecodeError as error:
                raise ValueError(f"line {number}: {error.msg}") from error
            if not isinstance(row, dict):
                raise ValueError(f"line {number}: an object is expected")
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
        raise ValueError(str(error)) from error


READERS: dict[str, Callable[[Path], list[Row]]] = {
    ".csv": lambda path: _separated(path, ","),
    ".tsv": lambda path: _separated(path, "\t"),
    ".jsonl": _json_lines,
    ".parquet": _parquet,
}
