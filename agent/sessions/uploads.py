"""Visitors' own files: read apart, kept in a folder of the session, and gone with it. Nobody reaches another one's."""

from __future__ import annotations

import errno
import os
import shutil
import time
import uuid
from collections import OrderedDict
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from threading import BoundedSemaphore, Lock

from core.apart import read_apart
from core.data import Dataset
from core.errors import UserError
from core.tables import READERS

KEPT = 8  # data sets in memory; others are read again when they are asked about
MOST = 8  # files of one session; the oldest makes way
AT_ONCE = 2  # files read at the same time: each may take core.apart.Limits of memory
HOUR = 3600.0


class Uploads:
    """The files of all sessions below one folder."""

    def __init__(self, folder: Path, most_mb: int) -> None:
        self._folder = folder
        self._most_mb = most_mb
        self._made: OrderedDict[Path, Dataset] = OrderedDict()
        self._lock = Lock()
        self._places = BoundedSemaphore(AT_ONCE)

    def add(self, session: str, file: Path) -> Dataset:
        """Keep a copy for this session. Raises UserError: too_large, disk_full, and what reading apart raises."""
        size = file.stat().st_size / 1e6
        if size > self._most_mb:
            raise UserError("too_large", size=f"{size:.0f}", limit=self._most_mb)
        made = self._read(file)
        kept = self._of(session) / file.name
        self._copy(file, kept)
        with self._lock:
            self._remember(kept, made)
        for old in self._files(session)[:-MOST]:
            self._drop(old)
        return made

    def names(self, session: str) -> list[str]:
        """Names of this session's files, in alphabetical order."""
        return sorted(path.name for path in self._files(session))

    def load(self, session: str, name: str) -> Dataset:
        """A file of this session, which is used from now on. Raises UserError("file_gone") for any other, and what reading raises."""
        if name not in self.names(session):
            raise UserError("file_gone", file=name)
        path = self._of(session) / name
        with suppress(OSError):  # a folder that was just forgotten
            os.utime(path.parent)
        with self._lock:
            if path in self._made:
                self._made.move_to_end(path)
                return self._made[path]
        made = self._read(path)
        with self._lock:
            self._remember(path, made)
        return made

    def forget(self, session: str) -> None:
        """Delete everything that this session brought."""
        for path in self._files(session):
            self._drop(path)
        shutil.rmtree(self._of(session), ignore_errors=True)

    def forget_old(self, hours: float) -> int:
        """Delete the files of sessions that brought and used none for so long; returns of how many sessions."""
        limit = time.time() - hours * HOUR
        old = [folder for folder in self._sessions() if folder.stat().st_mtime < limit]
        for folder in old:
            with self._lock:
                for path in [path for path in self._made if path.parent == folder]:
                    del self._made[path]
            shutil.rmtree(folder, ignore_errors=True)
        return len(old)

    def _read(self, file: Path) -> Dataset:
        with self._places:
            return replace(read_apart(file, file.stem), uploaded=True)

    def _copy(self, file: Path, kept: Path) -> None:
        try:
            kept.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, kept)
        except OSError as error:
            kept.unlink(missing_ok=True)
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            facts = {"needed": f"{file.stat().st_size / 1e6:.1f}", "free": f"{_free(self._folder) / 1e6:.1f}"}
            raise UserError("disk_full", name=file.name, folder=self._folder, **facts) from error

    def _drop(self, path: Path) -> None:
        with self._lock:
            self._made.pop(path, None)
        path.unlink(missing_ok=True)

    def _remember(self, path: Path, made: Dataset) -> None:
        self._made[path] = made
        self._made.move_to_end(path)
        while len(self._made) > KEPT:
            self._made.popitem(last=False)

    def _sessions(self) -> list[Path]:
        return [path for path in self._folder.iterdir() if path.is_dir()] if self._folder.exists() else []

    def _files(self, session: str) -> list[Path]:
        """This session's files, the oldest first."""
        folder = self._of(session)
        found = [path for path in folder.iterdir() if path.suffix.lower() in READERS] if folder.exists() else []
        return sorted(found, key=lambda path: path.stat().st_mtime)

    def _of(self, session: str) -> Path:
        """The session's folder: a hash, so that no name of a session can lead elsewhere."""
        return self._folder / uuid.uuid5(uuid.NAMESPACE_OID, session).hex


def _free(folder: Path) -> int:
    return shutil.disk_usage(folder if folder.exists() else folder.parent).free
