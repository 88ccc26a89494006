"""`python -m jobs NAME …`: runs the job in jobs/NAME.py."""

from __future__ import annotations

import ast
import importlib
import logging
import os
import sys
from pathlib import Path

from core.private import PRIVATE

os.environ.update(PRIVATE)  # before a job imports the libraries that read it

from core.errors import UserError, nearest
from jobs.shared.terminal import complain


def listing() -> dict[str, str]:
    """Every job, which is a module with a `main`, and what it does; read from the sources, so that nothing heavy is imported."""
    found = {}
    for path in sorted(Path(__file__).parent.glob("[!_]*.py")):
        module = ast.parse(path.read_text("utf-8"))
        if any(isinstance(one, ast.FunctionDef) and one.name == "main" for one in module.body):
            found[path.stem] = (ast.get_docstring(module) or "").partition("\n")[0].partition("`: ")[2]
    return found


def names() -> list[str]:
    """Every job."""
    return list(listing())


def usage() -> str:
    """How a job is started, and a line on each."""
    lines = (f"  {name:18}{about}" for name, about in listing().items())
    return "\n".join(("python -m jobs NAME [--help]", "", *lines))


def main(arguments: list[str]) -> int:
    """Dispatch; exit status 2 and a sentence for what the user can mend."""
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    logging.getLogger("faiss").setLevel(logging.WARNING)  # it would tell which instruction set it found
    asked = arguments[0] if arguments else ""
    if asked in ("-h", "--help"):
        print(usage())
        return 0
    if asked not in names():
        print(f"no job {asked!r}; nearest: {nearest(asked, names())}" if asked else usage(), file=sys.stderr)
        return 2
    try:
        return int(importlib.import_module(f"jobs.{asked}").main(arguments[1:]))
    except UserError as error:
        complain(error)
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
