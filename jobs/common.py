"""What the jobs share: registries, errors on the terminal, and progress lines."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from agent.ask import say_error
from agent.records import Kept, read_records
from agent.registries import discover_all as discover_all
from core.errors import UserError
from core.progress import Progress

FILES = (".json", ".jsonl", ".txt")  # names that end so are no links


def records_in(named: str) -> tuple[Kept, ...]:
    """The explanation records of a file, or the requests of a share link. Raises UserError: bad_record, bad_link."""
    try:
        path = Path(named)
        return read_records(path.read_text("utf-8-sig") if path.is_file() or path.suffix in FILES else named)
    except (FileNotFoundError, UnicodeDecodeError) as error:
        raise UserError("bad_record", found=named[-60:]) from error
    except OSError:  # a link is too long for a file's name, say
        return read_records(named)


def names_in(said: str) -> list[str]:
    """The names in "one, two", for argparse. Raises ArgumentTypeError where there is none."""
    found = [part.strip() for part in said.split(",") if part.strip()]
    if not found:
        raise argparse.ArgumentTypeError("at least one name is needed")
    return found


def writable(said: str) -> Path:
    """A file to write, for argparse; its folder is made before the work begins. Raises ArgumentTypeError where it cannot be."""
    path = Path(said)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise argparse.ArgumentTypeError(f"{path.parent}: {error.strerror}") from error
    return path


def complain(error: UserError) -> None:
    """The error's sentence on standard error; English, as all of the terminal."""
    print(say_error(error, "en"), file=sys.stderr)


def progress_lines() -> Progress:
    """Progress on standard error: one line, written over, only on a terminal."""

    def show(step: str, done: float) -> None:
        if sys.stderr.isatty():
            print(f"\r{step} {done:4.0%} ", end="", file=sys.stderr, flush=True)

    return Progress(show)
