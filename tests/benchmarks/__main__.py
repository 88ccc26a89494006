"""`make bench`: runs every bench_*.py here and writes their rows as JSON."""

from __future__ import annotations

import argparse
import importlib
import json
import pkgutil
from pathlib import Path

import tests.benchmarks as benchmarks
from agent.registries import discover_all
from tests.benchmarks.measure import REPEATS


def main() -> None:
    """Rows {"work", "against", "precision", "ratio", "n"}, ratio > 1 = ours is faster; "seconds" where nothing compares."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--out", type=Path, default=Path("build/bench.json"))
    parser.add_argument(
        "--only", default="", help="names with commas between: explainers, packages, causal, batch, app"
    )
    parser.add_argument("--repeats", type=int, default=REPEATS, help="rounds; the median counts")
    options = parser.parse_args()
    discover_all()
    rows = []
    for name in options.only.split(",") if options.only else names():
        for row in importlib.import_module(f"tests.benchmarks.bench_{name}").rows(options.repeats):
            print(json.dumps(row), flush=True)
            rows.append(row)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(rows, indent=1) + "\n")


def names() -> list[str]:
    """Every benchmark."""
    found = sorted(one.name for one in pkgutil.iter_modules(benchmarks.__path__))
    return [name.removeprefix("bench_") for name in found if name.startswith("bench_")]


if __name__ == "__main__":
    main()
