"""`make bench`: runs every bench_*.py here and writes their rows as JSON."""

from __future__ import annotations

import argparse
import importlib
import json
import pkgutil
from pathlib import Path

import tests.benchmarks as benchmarks
from jobs.common import discover_all


def main() -> None:
    """Rows {"work", "against", "precision", "ratio", "n"}, ratio > 1 = ours is faster; "seconds" where nothing compares."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--out", type=Path, default=Path("build/bench.json"))
    options = parser.parse_args()
    discover_all()
    rows = []
    for found in sorted(pkgutil.iter_modules(benchmarks.__path__), key=lambda one: one.name):
        if found.name.startswith("bench_"):
            for row in importlib.import_module(f"tests.benchmarks.{found.name}").rows():
                print(json.dumps(row), flush=True)
                rows.append(row)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
