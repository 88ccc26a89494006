"""`python -m jobs licences`: writes docs/licences.md, the licences of every package that is installed with us and of every model."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, metadata, requires, version
from pathlib import Path

from packaging.requirements import Requirement

from core.settings import ROOT
from models.catalog import catalog

PAGE = ROOT / "docs" / "licences.md"
UNKNOWN = "unknown"
OSI = "License :: OSI Approved :: "
LONGEST = 60  # characters of a licence field; some hold the whole text
HEAD = """# Licences

Written by `python -m jobs licences`; do not edit. Polylens itself: Apache-2.0.

## Packages

What `requirements.txt` installs, with all that these packages need. Licences as their makers state them.

| Package | Version | Licence |
|---|---|---|
"""
MODELS = """
## Models

Nothing of a model is part of this repository: files are fetched when a model is first used, under its own licence.

| Model | Source | Licence |
|---|---|---|
"""


def main(argv: Sequence[str]) -> int:
    """Exit status 0; with --check 1 where a package states no licence."""
    reader = argparse.ArgumentParser(prog="python -m jobs licences", description=__doc__)
    reader.add_argument("--check", action="store_true", help="write nothing; fail where a package has no known licence")
    if reader.parse_args(argv).check:
        unknown = [name for name in packages() if licence(name) == UNKNOWN]
        print("no licence stated: " + ", ".join(unknown) if unknown else "every package states its licence")
        return 1 if unknown else 0
    PAGE.write_text(page(), "utf-8")
    return 0


def page() -> str:
    """The whole page."""
    rows = [f"| {name} | {version(name)} | {licence(name)} |" for name in packages()]
    models = [f"| {row.title} | `{row.source}` | {row.licence or UNKNOWN} |" for row in catalog()]
    return HEAD + "\n".join(rows) + "\n" + MODELS + "\n".join(models) + "\n"


def packages(file: Path = ROOT / "requirements.txt") -> list[str]:
    """Names of the packages in a requirements file and of all that they need on this machine, in alphabetical order."""
    found: set[str] = set()
    lines = (line.split("#")[0].strip() for line in file.read_text("utf-8").splitlines())
    waiting = [Requirement(line) for line in lines if line and not line.startswith("-")]
    while waiting:
        one = waiting.pop()
        name = _plain(one.name)
        if name not in found and _installed(name):
            found.add(name)
            waiting += _needed(name, one.extras)
    return sorted(found)


def licence(name: str) -> str:
    """The licence that a package states: its SPDX expression, else its classifiers, else the first line of its field."""
    about = metadata(name)
    if said := about.get_all("License-Expression"):
        return str(said[0])
    named = [line.removeprefix(OSI) for line in about.get_all("Classifier") or [] if line.startswith(OSI)]
    first = (about.get_all("License") or [""])[0].strip().split("\n")[0]
    return ", ".join(named) or (first if len(first) <= LONGEST else "") or UNKNOWN


def _needed(name: str, extras: set[str]) -> Iterator[Requirement]:
    for line in requires(name) or []:
        one = Requirement(line)
        if one.marker is None or any(one.marker.evaluate({"extra": extra}) for extra in extras or {""}):
            yield one


def _installed(name: str) -> bool:
    try:
        version(name)
    except PackageNotFoundError:
        return False
    return True


def _plain(name: str) -> str:
    """The normalised name (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()
