"""`python -m jobs audit`: security rules over our code, known vulnerabilities of the packages, and their licences."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from core.settings import ROOT
from jobs import licences

REVIEWED = {  # found by the rules, looked at by people, and right
    "agent/running/cache.py:S608": "the nested query is a constant",
    "agent/sessions/sqlite.py:S608": "names of tables, both constants",
    "core/apart.py:S603": "this Python on a module of ours; the file's name is one argument and no shell reads it",
    "models/weights/fetching.py:S603": "this Python's pip; names and hashes come from the catalogue",
    "models/weights/e5_format.py:S106": "a mark of a tokenizer",
    "ui/layout.py:S106": "an opaque id in the browser: obscured, not secret",
    "jobs/audit.py:S603": "this Python's ruff, and the program that was named on the command line",
}
SCIENCE = "S311"  # seeded randomness is wanted: the same request, the same answer
AWAY = "The database of known vulnerabilities could not be reached, so packages were not checked against it"


def main(argv: Sequence[str]) -> int:
    """Exit status 0 where nothing was found, 1 where something was; a database out of reach is told and is no failure."""
    reader = argparse.ArgumentParser(prog="python -m jobs audit", description=__doc__)
    reader.add_argument("--pip-audit", default="pip-audit", help="the program that knows the vulnerabilities")
    options = reader.parse_args(argv)
    found = [rules(), vulnerabilities(options.pip_audit), licences.main(["--check"])]
    return int(any(found))


def rules() -> int:
    """Ruff's security rules (those of bandit) over everything but tests."""
    reviewed = [part for place in REVIEWED for part in ("--per-file-ignores", place)]
    order = ["-m", "ruff", "check", "--select", "S", "--ignore", SCIENCE, "--exclude", "tests", *reviewed, "."]
    done = subprocess.run([sys.executable, *order], cwd=ROOT, check=False)
    print("security rules: " + ("nothing found" if done.returncode == 0 else "see above"))
    return done.returncode


def vulnerabilities(program: str) -> int:
    """Known vulnerabilities of the packages installed here."""
    order = [program, "--path", _packages(), "--format", "json", "--progress-spinner", "off"]
    try:
        done = subprocess.run(order, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        print(f"{AWAY} ({error}).")
        return 0
    return told(done.stdout, done.stderr)


def told(out: str, trouble: str) -> int:
    """Prints what pip-audit found in its JSON; where there is none, that it could not ask."""
    try:
        rows: list[dict[str, Any]] = json.loads(out)["dependencies"]
    except (ValueError, KeyError, TypeError):
        print(f"{AWAY} ({(trouble.strip().splitlines() or ['no answer'])[-1][:200]}).")
        return 0
    bad = [(row, one) for row in rows for one in row.get("vulns", [])]
    for row, one in bad:
        print(
            f"{row['name']} {row['version']}: {one['id']}, mended in {', '.join(one['fix_versions']) or 'no version yet'}"
        )
    print(f"known vulnerabilities: {len(bad)} in {len(rows)} packages")
    return int(bool(bad))


def _packages() -> str:
    """Where the packages of this Python are."""
    return next(path for path in sys.path if path.endswith("site-packages"))
