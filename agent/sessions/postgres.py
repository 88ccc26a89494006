"""The session store in PostgreSQL: the functions of `agent/sessions/sqlite.py` on a server that several replicas share."""

from __future__ import annotations

import time
from contextlib import closing, suppress
from typing import Any

from langgraph.checkpoint.postgres import PostgresSaver
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from psycopg import Connection, Error, ProgrammingError
from psycopg.conninfo import conninfo_to_dict
from psycopg.errors import DeadlockDetected, SerializationFailure
from psycopg.rows import DictRow, dict_row
from psycopg_pool import ConnectionPool

from agent.sessions.store import FORM, SETTING
from core.errors import UserError

FAILURE = Error
WAIT = 5  # seconds for a connection; after that a turn is answered without being kept
CONNECTIONS = 4
LOCK = int.from_bytes(b"polylens")  # the number of an advisory lock: one replica at a time makes the tables
OLD = """
SELECT thread_id FROM checkpoints GROUP BY thread_id
HAVING MAX((checkpoint ->> 'ts')::timestamptz) < now() - make_interval(secs => %s)
"""
# langgraph's saver counts on these three
HOW: dict[str, Any] = {"autocommit": True, "prepare_threshold": 0, "row_factory": dict_row}


def open_store(address: str) -> PostgresSaver:
    """The checkpoint store on the server, its tables made. Raises UserError: bad_setting, state_unreachable."""
    server = _server(address)
    try:
        with closing(Connection.connect(address, connect_timeout=WAIT, **HOW)) as first:
            _make_tables(first)
    except Error as error:
        reason = next(iter(str(error).strip().splitlines()), type(error).__name__)
        raise UserError("state_unreachable", server=server, reason=reason.rstrip(".")) from error
    pool: ConnectionPool[Connection[DictRow]] = ConnectionPool(
        address,
        min_size=1,
        max_size=CONNECTIONS,
        timeout=WAIT,
        kwargs={**HOW, "connect_timeout": WAIT},
        check=ConnectionPool.check_connection,  # a server that was started anew is found again
        open=True,
    )
    return PostgresSaver(pool, serde=_text_only())


def _server(address: str) -> str:
    """Host, port and database: an address without what is nobody's business. Raises UserError("bad_setting")."""
    try:
        parts = conninfo_to_dict(address)
    except ProgrammingError:
        # without the driver's sentence and without the chain, which quote the address with its password
        raise UserError("bad_setting", name=SETTING, reason=FORM) from None
    return f"{parts.get('host') or 'localhost'}:{parts.get('port') or 5432}/{parts.get('dbname') or ''}"


def _text_only() -> JsonPlusSerializer:
    """Sessions hold JSON text only, so no class ever has to be restored."""
    return JsonPlusSerializer(allowed_msgpack_modules=None)


def _make_tables(connection: Connection[DictRow]) -> None:
    """Asked for again and again, not waited for: an index that is built concurrently would wait for the one that waits."""
    while not _one(connection, "SELECT pg_try_advisory_lock(%s) AS held", LOCK)["held"]:
        time.sleep(0.1)
    PostgresSaver(connection).setup()  # the lock goes with the connection


def _one(connection: Connection[DictRow], query: str, given: object) -> DictRow:
    row = connection.execute(query, (given,)).fetchone()
    if row is None:
        raise Error(f"no answer to: {query}")
    return row


def forget_old(saver: PostgresSaver, hours: float) -> int:
    """Delete sessions that nobody used for so long; returns how many."""
    with saver._cursor() as cursor:
        old = [row["thread_id"] for row in cursor.execute(OLD, (hours * 3600,))]
    saver.prune(old, strategy="delete")
    return len(old)


def keep_latest(saver: PostgresSaver, thread: str) -> None:
    """Drop all but the newest checkpoint of a session: it holds the whole conversation, older ones only take room."""
    with suppress(DeadlockDetected, SerializationFailure):  # another replica is at it; the next turn drops what stays
        saver.prune([thread])
