"""Which store keeps the conversations: the SQLite file of one machine, or a PostgreSQL server that replicas share."""

from __future__ import annotations

import importlib
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from langgraph.checkpoint.base import BaseCheckpointSaver

from agent.sessions import sqlite
from core.errors import UserError

SHARED = "agent.sessions.postgres"
EXTRA = "postgres"
SETTING = "POLYLENS_STATE"
SCHEMES = ("postgresql://", "postgres://")
FORM = "postgresql://user:password@host/database"


@dataclass(frozen=True)
class Store:
    """A checkpoint store, with what langgraph's interface lacks. `failure` is what it raises when it cannot read or write."""

    saver: BaseCheckpointSaver[Any]
    forget_old: Callable[[float], int]  # hours that nobody used a session → how many were deleted
    keep_latest: Callable[[str], None]  # a session, of which the newest checkpoint stays
    failure: type[Exception]


def choose(address: str, path: Path) -> Store:
    """The server at `address`; where that is empty, the file. Raises UserError: bad_setting, missing_extra, state_unreachable."""
    if address:
        return _shared(address)
    saver = sqlite.open_store(path)
    return Store(saver, partial(sqlite.forget_old, saver), partial(sqlite.keep_latest, saver), sqlite3.DatabaseError)


def _shared(address: str) -> Store:
    if not address.startswith(SCHEMES):
        raise UserError("bad_setting", name=SETTING, reason=FORM)
    try:
        postgres = importlib.import_module(SHARED)
    except ImportError as error:  # psycopg without its C library is no ModuleNotFoundError
        if (error.name or "").partition(".")[0] == "agent":
            raise
        raise UserError("missing_extra", what=SETTING, package=error.name or "psycopg[binary]", extra=EXTRA) from error
    saver = postgres.open_store(address)
    return Store(saver, partial(postgres.forget_old, saver), partial(postgres.keep_latest, saver), postgres.FAILURE)
