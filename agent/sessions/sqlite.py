"""The session store of one machine: one thread a visitor in an embedded SQLite file, expiring, and mended when the file is broken."""

from __future__ import annotations

import sqlite3
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryFile

from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.checkpoint.sqlite import SqliteSaver

from core.errors import UserError

WAIT = 30.0  # seconds that a writer waits for another one


def open_store(path: Path) -> SqliteSaver:
    """The checkpoint store in `path`. A file that is no database, or a damaged one, is moved aside, and an empty store begins.

    Raises UserError("cache_unwritable") for a folder in which nothing can be written.
    """
    _writable(path.parent)
    try:
        return _connect(path)
    except sqlite3.DatabaseError:
        path.replace(path.with_suffix(f".broken-{int(time.time())}"))
        for rest in path.parent.glob(f"{path.name}-*"):  # SQLite's journal of the broken file
            rest.unlink()
        return _connect(path)


def _writable(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        TemporaryFile(dir=folder).close()
    except OSError as error:
        raise UserError("cache_unwritable", folder=folder, reason=error.strerror or error) from error


def _connect(path: Path) -> SqliteSaver:
    connection = sqlite3.connect(path, check_same_thread=False, timeout=WAIT)
    try:
        if connection.execute("PRAGMA quick_check").fetchall() != [("ok",)]:
            raise sqlite3.DatabaseError(f"damaged: {path}")
        # sessions hold JSON text only, so no class ever has to be restored
        saver = SqliteSaver(connection, serde=JsonPlusSerializer(allowed_msgpack_modules=None))
        saver.setup()
    except sqlite3.DatabaseError:
        connection.close()
        raise
    return saver


def forget_old(saver: SqliteSaver, hours: float) -> int:
    """Delete sessions that nobody used for so long; returns how many."""
    limit = datetime.now(UTC) - timedelta(hours=hours)
    last: dict[str, datetime] = {}
    for saved in saver.list(None):
        thread = saved.config["configurable"]["thread_id"]
        used = datetime.fromisoformat(saved.checkpoint["ts"])
        last[thread] = max(used, last.get(thread, used))
    old = [thread for thread, used in last.items() if used < limit]
    for thread in old:
        saver.delete_thread(thread)
    return len(old)


def keep_latest(saver: SqliteSaver, thread: str) -> None:
    """Drop all but the newest checkpoint of a session: it holds the whole conversation, older ones only take room."""
    with saver.cursor() as cursor:
        newest = "SELECT MAX(checkpoint_id) FROM checkpoints WHERE thread_id = ?"
        for table in ("checkpoints", "writes"):
            cursor.execute(
                f"DELETE FROM {table} WHERE thread_id = ? AND checkpoint_id < ({newest})",
                (thread, thread),
            )
