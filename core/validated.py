"""What was validated: for which model, precision and method explanations were measured against chance, on which data."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from core.settings import ROOT
from core.values import fingerprint, value

SHIPPED = ROOT / "datasets" / "validated.toml"
FOLDER = "validated"  # in the cache: reports of this machine, one file a configuration


@value
class Validated:
    """One attribution method of a configuration on `count` texts of a data set.

    `gain` is how much more the words it calls important move the answer's probability than random words do (comprehensiveness,
    −1 to 1), with its 95 % interval; `report` is where the whole table stands.
    """

    model: str
    precision: str
    dataset: str
    method: str
    count: int
    gain: float
    low: float
    high: float
    report: str

    @property
    def better(self) -> bool:
        """Whether the interval lies above chance."""
        return self.low > 0


def validations(folder: Path) -> tuple[Validated, ...]:
    """This machine's own measurements in the cache folder, then those that came with the program."""
    return (*_own(folder / FOLDER), *shipped())


@cache
def shipped() -> tuple[Validated, ...]:
    """The figures of datasets/validated.toml."""
    tables = tomllib.loads(SHIPPED.read_text("utf-8"))["validated"]
    return tuple(
        _made(table, method, figures) for table in tables for method, figures in sorted(table["methods"].items())
    )


def keep(folder: Path, found: Iterable[Validated]) -> None:
    """Write measurements into the cache folder; those of the same configuration are replaced."""
    by_place: dict[str, list[Validated]] = {}
    for one in found:
        by_place.setdefault(fingerprint((one.model, one.precision, one.dataset)), []).append(one)
    for name, group in by_place.items():
        first = group[0]
        facts = {key: getattr(first, key) for key in ("model", "precision", "dataset", "report")}
        methods = {one.method: [one.count, one.gain, one.low, one.high] for one in group}
        path = folder / FOLDER / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        part.write_text(json.dumps(facts | {"methods": methods}, indent=2), "utf-8")
        os.replace(part, path)


def _own(folder: Path) -> tuple[Validated, ...]:
    made: list[Validated] = []
    for path in sorted(folder.glob("*.json")):
        try:
            table = json.loads(path.read_text("utf-8"))
            made += [_made(table, method, figures) for method, figures in sorted(table["methods"].items())]
        except (
            OSError,
            ValueError,
            KeyError,
            TypeError,
            AttributeError,
        ):  # not ours, or cut off: as if it were not there
            continue
    return tuple(made)


def _made(table: Mapping[str, Any], method: str, figures: Iterable[Any]) -> Validated:
    count, gain, low, high = figures
    model, precision, dataset, report = (str(table[key]) for key in ("model", "precision", "dataset", "report"))
    return Validated(model, precision, dataset, method, int(count), float(gain), float(low), float(high), report)
