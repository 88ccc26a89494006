"""A stranger's file read in a process of its own, with limits of time, memory and size: a bomb ends there and nowhere else.

The process is a fresh one (a fork would copy locks of other threads), imports nothing but `core`, gets no secrets of the
environment, can write no file, and hands rows back as JSON lines. No content of the file is ever executed.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from core.data import Dataset, Instance, Schema
from core.errors import UserError
from core.reading import infer
from core.settings import ROOT
from core.tables import Row, read_rows
from core.values import dump, load

MEGABYTE = 1_000_000
NEEDED = ("PATH", "LD_LIBRARY_PATH")  # where Python finds its own libraries; no settings
CALM = {"ARROW_DEFAULT_MEMORY_POOL": "system", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONUTF8": "1"}


@dataclass(frozen=True)
class Limits:
    """What a file may cost and hold."""

    seconds: int = 30
    memory_mb: int = 1_500  # address space; Python with Arrow takes 300 of it
    rows: int = 200_000
    columns: int = 1_000
    characters: int = 100_000  # of a cell
    packed: int = 80_000_000  # of all cells together, unless the file itself is as long


def read_apart(path: Path, name: str, limits: Limits | None = None) -> Dataset:
    """The data set in a file of a visitor, called `name`, its schema inferred.

    Raises UserError: bad_table, no_text_column, many_rows, many_columns, long_cell, and heavy_table where time or memory ran out.
    """
    allowed = limits or Limits()
    order = [sys.executable, "-m", "core.apart", str(path.resolve()), name, json.dumps(asdict(allowed))]
    given = {key: os.environ[key] for key in NEEDED if key in os.environ} | CALM
    try:
        done = subprocess.run(
            order,
            cwd=ROOT,
            env=given,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=allowed.seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise _heavy(path, allowed) from error
    if done.returncode:
        raise _heavy(path, allowed)
    return _dataset(done.stdout.decode("utf-8").split("\n"))


def _heavy(path: Path, allowed: Limits) -> UserError:
    return UserError("heavy_table", file=path.name, seconds=allowed.seconds, memory=allowed.memory_mb)


def _dataset(lines: Sequence[str]) -> Dataset:
    """What the other process wrote: a head, then one line a row."""
    head = json.loads(lines[0])
    if "error" in head:
        raise UserError(head["error"], **head["facts"])
    schema: Schema = load(head["schema"])
    rows = [_instance(json.loads(line), schema.fields) for line in lines[1:] if line]
    return Dataset(schema, tuple(rows[: head["rows"]]), tuple(rows[head["rows"] :]))


def _instance(cells: list[object], fields: Sequence[str]) -> Instance:
    number, label, language, split, link, *texts = cells
    said = tuple(zip(fields, map(str, texts), strict=True))
    id = number if isinstance(number, int) else None
    return Instance(said, id, str(label), str(language), str(split), link=str(link))


def main(argv: Sequence[str]) -> int:
    """The other process: reads argv[0], named argv[1], within the limits argv[2], onto standard output."""
    path, name, allowed = Path(argv[0]), argv[1], Limits(**json.loads(argv[2]))
    _limit(allowed)
    try:
        rows = read_rows(path)
        check(rows, path, allowed)
        lines = list(_lines(infer(rows, name)))
    except UserError as error:
        lines = [json.dumps({"error": error.kind, "facts": error.facts})]
    except MemoryError:
        return 1
    sys.stdout.buffer.write("\n".join(lines).encode("utf-8", "replace"))
    return 0


def _limit(allowed: Limits) -> None:
    """From here on, less memory and time, and no file that grows or is left behind."""
    wanted = {
        resource.RLIMIT_AS: allowed.memory_mb * MEGABYTE,
        resource.RLIMIT_CPU: allowed.seconds,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
    }
    for kind, most in wanted.items():
        with contextlib.suppress(ValueError, OSError):  # a system that knows no such limit, or has a lower one
            resource.setrlimit(kind, (most, most))


def check(rows: Sequence[Row], path: Path, allowed: Limits) -> None:
    """Raises UserError: many_rows, many_columns, long_cell, and heavy_table for a small file that unpacks into very much text."""
    if len(rows) > allowed.rows:
        raise UserError("many_rows", file=path.name, found=len(rows), limit=allowed.rows)
    names = {column for row in rows for column in row}
    if len(names) > allowed.columns:
        raise UserError("many_columns", file=path.name, found=len(names), limit=allowed.columns)
    title, total = max((len(str(name)) for name in names), default=0), 0
    for number, row in enumerate(rows, 1):
        lengths = [len(str(cell)) for cell in row.values() if cell is not None]
        total += sum(lengths)
        if (longest := max((title, *lengths))) > allowed.characters:
            raise UserError("long_cell", file=path.name, row=number, found=longest, limit=allowed.characters)
    if total > allowed.packed and total > path.stat().st_size:
        raise _heavy(path, allowed)


def _lines(made: Dataset) -> Iterator[str]:
    """A head with the schema, then every row as a list of cells."""
    yield json.dumps({"schema": dump(made.schema), "rows": len(made.rows)})
    for row in (*made.rows, *made.empty):
        yield json.dumps([row.id, row.label, row.language, row.split, row.link, *(text for _, text in row.fields)])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
