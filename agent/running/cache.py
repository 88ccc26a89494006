"""Answers on disk, by the content of the question: what a job has computed, another job and the chat get for nothing."""

from __future__ import annotations

import hashlib
import logging
import sqlite3
import zlib
from functools import cache
from pathlib import Path
from threading import Lock

from agent.state import Answer
from core.errors import UserError
from core.settings import ROOT
from core.values import from_json, to_json

LOG = logging.getLogger("polylens")
EXPLANATIONS = "explanations.sqlite"  # the file in the cache folder
MOST = 1_000_000  # answers; the oldest make way. One takes 1 to 4 kilobytes
ANSWERING = ("core", "models", "explainers", "operations")  # rooms whose code decides what an explanation says


@cache
def code_revision() -> str:
    """12 hexadecimal digits that change with any line of code that explanations come from."""
    files = [path for room in ANSWERING for path in (ROOT / room).rglob("*.py")]
    files += [
        *(ROOT / "explainers").rglob("*.toml"),
        *(ROOT / "models").rglob("*.toml"),
        ROOT / "agent" / "running" / "judge.py",
    ]
    found = hashlib.sha256()
    for path in sorted(files):
        found.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()[:12]


class Cache:
    """Answers by name, in one SQLite file that threads and processes share. A file that cannot be used is a note in the log."""

    def __init__(self, file: Path, most: int = MOST) -> None:
        self.file = file
        self.most = most
        self._lock = Lock()
        self._opened: sqlite3.Connection | None = None
        self._off = False

    def get(self, name: str) -> Answer | None:
        """The answer of this name; None where there is none, or none that can be read."""
        found = self._ask("SELECT answer FROM answers WHERE name = ?", (name,))
        if not found:
            return None
        try:
            made = from_json(zlib.decompress(found[0][0]).decode())
        except (zlib.error, UnicodeDecodeError, UserError):
            return None
        return made if isinstance(made, Answer) else None

    def put(self, name: str, answer: Answer) -> None:
        """Keep an answer; a crash at any moment leaves it there whole or not at all."""
        record = zlib.compress(to_json(answer).encode())
        self._ask("INSERT OR REPLACE INTO answers (name, answer) VALUES (?, ?)", (name, record))

    def _ask(self, order: str, facts: tuple[str | bytes, ...]) -> list[tuple[bytes]]:
        with self._lock:
            if self._off:
                return []
            try:
                if self._opened is None:
                    self._opened = self._open()
                with self._opened:
                    found: list[tuple[bytes]] = self._opened.execute(order, facts).fetchall()
                return found
            except (sqlite3.Error, OSError) as error:
                LOG.warning("the cache of explanations cannot be used (%s): %s", self.file, error)
                self._off = True
                return []

    def _open(self) -> sqlite3.Connection:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        made = sqlite3.connect(self.file, timeout=10, check_same_thread=False)
        made.execute("PRAGMA journal_mode=WAL")
        made.execute("PRAGMA synchronous=NORMAL")
        made.execute("CREATE TABLE IF NOT EXISTS answers (name TEXT PRIMARY KEY, answer BLOB NOT NULL)")
        oldest = "SELECT rowid FROM answers ORDER BY rowid DESC LIMIT -1 OFFSET ?"
        made.execute(f"DELETE FROM answers WHERE rowid IN ({oldest})", (self.most,))
        made.commit()
        return made
