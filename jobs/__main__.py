"""`python -m jobs NAME …`: runs the job in jobs/NAME.py."""

from __future__ import annotations

import importlib
import logging
import os
import pkgutil
import sys

from core.private import PRIVATE

os.environ.update(PRIVATE)  # before a job imports the libraries that read it

import jobs
from core.errors import UserError, nearest
from jobs.common import complain

INFRASTRUCTURE = ("__main__", "common", "html", "load_figures", "parser_report")
PARTS = ("chat_", "explain_", "study_precision_")  # files of a job that has several


def names() -> list[str]:
    """Every job."""
    return sorted(found.name for found in pkgutil.iter_modules(jobs.__path__) if not _part(found.name))


def _part(name: str) -> bool:
    return name in INFRASTRUCTURE or name.startswith(PARTS)


def main(arguments: list[str]) -> int:
    """Dispatch; exit status 2 and a sentence for what the user can mend."""
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    logging.getLogger("faiss").setLevel(logging.WARNING)  # which instruction set it found is nobody's news
    if not arguments or arguments[0] not in names():
        asked = arguments[0] if arguments else ""
        print(f"python -m jobs {{{' | '.join(names())}}} [--help]", file=sys.stderr)
        if asked not in ("", "-h", "--help"):
            print(f"no job {asked!r}; nearest: {nearest(asked, names())}", file=sys.stderr)
        return 0 if asked in ("-h", "--help") else 2
    try:
        return int(importlib.import_module(f"jobs.{arguments[0]}").main(arguments[1:]))
    except UserError as error:
        complain(error)
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
