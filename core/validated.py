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
FOLDER = "validated"  # in the cache: reports of this machine, one file a configuration and method
FACTS = ("model", "model_revision", "precision", "dataset", "revision")  # of a configuration
CLEAR = 0.1  # of the probability: nearer to chance than this, the badge fails most texts (docs/explanations.md)


@value
class Validated:
    """One attribution method of a configuration, the weights at `model_revision`, on `count` texts of a data set at its `revision`.

    `gain` is how much more the words it calls important move the answer's probability than random words do (comprehensiveness,
    −1 to 1), with its 95 % interval; `report` is where the whole table stands.
    """

    model: str
    model_revision: str
    precision: str
    dataset: str
    revision: str
    method: str
    count: int
    gain: float
    low: float
    high: float
    report: str

    @property
    def better(self) -> bool:
        """Whether the interval lies clearly above chance."""
        return self.low >= CLEAR

    @property
    def near(self) -> bool:
        """Whether the interval lies above chance, but not clearly."""
        return 0 < self.low < CLEAR


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
    """Write measurements into the cache folder; those of the same configuration and method are replaced."""
    for one in found:
        facts = {name: getattr(one, name) for name in FACTS}
        path = folder / FOLDER / f"{fingerprint((*facts.values(), one.method))}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        methods = {one.method: [one.count, one.gain, one.low, one.high]}
        part.write_text(json.dumps(facts | {"report": one.report, "methods": methods}, indent=2), "utf-8")
        os.replace(part, path)


def _own(folder: Path) -> tuple[Validated, ...]:
    made: list[Validated] = []
    for path in sorted(folder.glob("*.json")):
        try:
            table = json.loads(path.read_text("utf-8"))
            made += [_made(table, method, figures) for method, figures in sorted(table["methods"].items())]
        # Not ours, or cut off: as if it were not there
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            continue
    return tuple(made)


def _made(table: Mapping[str, Any], method: str, figures: Iterable[Any]) -> Validated:
    count, gain, low, high = figures
    model, weights, precision, dataset, revision = (str(table[name]) for name in FACTS)
    measured = (int(count), float(gain), float(low), float(high))
    return Validated(model, weights, precision, dataset, revision, method, *measured, str(table["report"]))
