"""The folder of a batch job: one writer at a time, rows that survive a kill, and files that are whole or not there."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet as parquet
from filelock import FileLock, Timeout

from core.errors import UserError

CHUNK = 500  # rows in memory at a time while the Parquet file is written
ABSENT = "–"
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)  # disk, quota, file size limit
Manifest = dict[str, Any]  # JSON
Row = dict[str, Any]  # JSON, with a `key` of its own


class Folder:
    """Files of one job. `done` counts the rows that are kept; use it inside `locked`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rows_file, self.parquet_file = path / "rows.jsonl", path / "rows.parquet"
        self.manifest_file, self.report_file = path / "manifest.json", path / "report.html"
        self.repaired = False
        self.keys: dict[str, int] = {}  # of rows that are kept, with the byte at which each begins

    @property
    def done(self) -> int:
        """Rows that are kept."""
        return len(self.keys)

    @contextmanager
    def locked(self) -> Iterator[Folder]:
        """The folder for this process alone; a killed process leaves no lock. Raises UserError: output_unwritable, job_running."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.path):
                lock = FileLock(self.path / ".lock")
                lock.acquire(timeout=0)
        except Timeout as error:
            raise UserError("job_running", folder=self.path) from error
        except OSError as error:
            raise UserError("output_unwritable", folder=self.path, reason=error.strerror or error) from error
        try:
            yield self
        finally:
            lock.release()

    def begin(self, facts: Manifest) -> None:
        """Take up the job where it stopped, or start it. Raises UserError: job_changed, bad_rows, output_full."""
        before = self._manifest()
        if before is not None or self.rows_file.exists():
            found = differences((before or {}).get("job", {}), facts)
            if found:
                raise UserError("job_changed", folder=self.path, differences="; ".join(found))
        for left in self.path.glob("*.part"):
            left.unlink()
        self.keys = self._repaired()
        if before is None:
            self.write_manifest({"job": facts, "state": "running"})

    def _manifest(self) -> Manifest | None:
        if not self.manifest_file.exists():
            return None
        try:
            found: Manifest = json.loads(self.manifest_file.read_text("utf-8"))
        except ValueError as error:
            raise UserError("bad_rows", line=1, file=self.manifest_file.name, reason=error) from error
        return found

    def _repaired(self) -> dict[str, int]:
        """Keys of all whole rows and where they begin. What a crash left of the last one is cut off; other broken lines are errors."""
        if not self.rows_file.exists():
            return {}
        keys, good = dict[str, int](), 0
        size = self.rows_file.stat().st_size
        with self.rows_file.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                try:
                    row = json.loads(line) if line.endswith(b"\n") else None
                    key = row["key"] if row is not None else None
                except (ValueError, TypeError, KeyError) as error:
                    if lines.tell() < size:
                        raise UserError("bad_rows", line=number, file=self.rows_file.name, reason=error) from error
                    key = None
                if key is None:
                    break
                keys[str(key)] = good
                good = lines.tell()
        if good < size:
            os.truncate(self.rows_file, good)
            self.repaired = True
        return keys

    def append(self, row: Row) -> None:
        """Keep a row in one write: a kill leaves it whole, or a stump that is cut off next time. Raises UserError: output_full."""
        line = (json.dumps(row, ensure_ascii=False, allow_nan=False) + "\n").encode()
        with self._room():
            before = self.rows_file.stat().st_size if self.rows_file.exists() else 0
            try:
                with self.rows_file.open("ab", buffering=0) as file:
                    if file.write(line) != len(line):
                        raise OSError(errno.ENOSPC, "no space left")
            except OSError:
                with suppress(OSError):
                    os.truncate(self.rows_file, before)
                raise
        self.keys[row["key"]] = before

    def drop(self, status: str) -> int:
        """Forget the rows of this status, so that they are computed again; how many there were. Raises UserError("output_full")."""
        before = self.done
        self.order([row["key"] for row in self.rows() if row["status"] != status])
        return before - self.done

    def order(self, keys: Iterable[str]) -> None:
        """Keep these rows alone, in this order, in a new file that then takes the old one's name. Raises UserError("output_full")."""
        wanted = list(keys)
        if wanted == list(self.keys):
            return
        part, placed = self.rows_file.with_name(self.rows_file.name + ".part"), dict[str, int]()
        with self._room():
            with self.rows_file.open("rb") as old, part.open("wb") as new:
                for key in wanted:
                    old.seek(self.keys[key])
                    placed[key] = new.tell()
                    new.write(old.readline())
                new.flush()
                os.fsync(new.fileno())
            part.replace(self.rows_file)
        self.keys = placed

    def rows(self) -> Iterator[Row]:
        """All rows, one at a time."""
        if self.rows_file.exists():
            with self.rows_file.open("rb") as lines:
                yield from map(json.loads, lines)

    def finish(self, page: str, facts: Manifest, more: Manifest, schema: pyarrow.Schema) -> None:
        """Write Parquet with this schema, report and manifest of a whole job, each under another name first.

        Raises UserError("output_full").
        """
        with self._room():
            self._write_parquet(schema)
        self.write_text(self.report_file, page)
        files = (self.rows_file, self.parquet_file, self.report_file)
        self.write_manifest(
            {"job": facts, "state": "done"} | more | {"files": {one.name: _sha256(one) for one in files}}
        )

    def write_manifest(self, manifest: Manifest) -> None:
        """The manifest, whole."""
        self.write_text(self.manifest_file, json.dumps(manifest, indent=2, ensure_ascii=False) + "\n")

    def write_text(self, path: Path, text: str) -> None:
        """A file, whole or as it was before."""
        with self._room():
            part = path.with_name(path.name + ".part")
            with part.open("w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)

    def _write_parquet(self, schema: pyarrow.Schema) -> None:
        part = self.parquet_file.with_name(self.parquet_file.name + ".part")
        with parquet.ParquetWriter(part, schema, compression="zstd") as writer:
            chunk: list[Row] = []
            for row in self.rows():
                chunk.append(row)
                if len(chunk) == CHUNK:
                    writer.write_table(pyarrow.Table.from_pylist(chunk, schema=schema))
                    chunk = []
            writer.write_table(pyarrow.Table.from_pylist(chunk, schema=schema))
        part.replace(self.parquet_file)

    @contextmanager
    def _room(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            if error.errno in FULL:
                raise UserError("output_full", folder=self.path, done=self.done) from error
            raise UserError("output_unwritable", folder=self.path, reason=error.strerror or error) from error


def differences(before: Any, now: Any, path: str = "") -> list[str]:
    """What two manifests say differently, one sentence part a place: "dataset.revision: a1b2 → c3d4"."""
    if isinstance(before, dict) and isinstance(now, dict):
        names = sorted(before.keys() | now.keys())
        return [
            one for name in names for one in differences(before.get(name), now.get(name), f"{path}.{name}".strip("."))
        ]
    if isinstance(before, list) and isinstance(now, list) and len(before) == len(now):
        pairs = zip(before, now, strict=True)
        return [one for place, (old, new) in enumerate(pairs) for one in differences(old, new, f"{path}[{place}]")]
    return [] if before == now else [f"{path}: {_short(before)} → {_short(now)}"]


def _short(item: Any) -> str:
    return ABSENT if item is None else json.dumps(item, ensure_ascii=False)[:120]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
