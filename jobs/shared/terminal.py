"""What the jobs share: options, errors on the terminal, and progress lines."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from agent.replying.ask import say_error
from agent.sharing.records import Kept, read_records
from agent.telling.cards import entry
from core.data import TEST
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


class Names(argparse.Action):
    """An option's names, with commas or blanks between: `--few nl,sv` and `--few nl sv` are the same list."""

    def __init__(self, option_strings: Sequence[str], dest: str, nargs: str = "+", **more: Any) -> None:
        super().__init__(option_strings, dest, nargs=nargs, type=names_in, **more)

    def __call__(
        self, parser: object, namespace: argparse.Namespace, values: Any, option_string: object = None
    ) -> None:
        setattr(namespace, self.dest, [name for part in values for name in part])


def add_dataset(parser: argparse.ArgumentParser, *others: str, default: str = "", required: bool = False) -> None:
    """The option that names the data, also under `others`."""
    said = "a task by name, a file, a folder with a schema.toml, or hub:owner/name"
    parser.add_argument("--dataset", *others, default=default, required=required, help=said)


def add_model(parser: argparse.ArgumentParser, default: str = "") -> None:
    """The option that names the explained model."""
    parser.add_argument("--model", default=default, help="a model of the catalogue, hub:owner/name or file:/path")


def add_precision(parser: argparse.ArgumentParser, default: str = "") -> None:
    """The option that names the explained model's precision."""
    parser.add_argument("--precision", default=default, help="auto, fp32, bf16, bnb-nf4, … (docs/precision.md)")


def add_split(parser: argparse.ArgumentParser, about: str = "the rows to explain, where the data have splits") -> None:
    """The option that names the split."""
    parser.add_argument("--split", default=TEST, help=about)


def add_languages(parser: argparse.ArgumentParser, more: str = "") -> None:
    """The option that names the languages of the rows."""
    about = f"only rows in these languages; codes with commas between{more}"
    parser.add_argument("--languages", action=Names, default=[], help=about)


def add_seed(parser: argparse.ArgumentParser, default: int) -> None:
    """The option for the seed of everything random."""
    parser.add_argument("--seed", type=int, default=default, help="of everything random")


def add_out(parser: argparse.ArgumentParser, files: str = "") -> None:
    """The option that names the folder: one for `files`, which may be left out, or else the job's own."""
    about = f"a folder for {files}" if files else "the job's folder; the same command goes on in it"
    parser.add_argument("--out", type=Path, required=not files, help=about)


def writable(said: str) -> Path:
    """A file to write, for argparse; its folder is made before the work begins. Raises ArgumentTypeError where it cannot be."""
    path = Path(said)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise argparse.ArgumentTypeError(f"{path.parent}: {error.strerror}") from error
    return path


def model_title(name: str, precision: str, note: str = "") -> str:
    """A model as reports name it: with its precision, and with what was done to its weights before, the catalogue's `note`."""
    return f"{name} ({', '.join(filter(None, (precision, entry('weights', note, 'en'))))})"


def complain(error: UserError) -> None:
    """The error's sentence on standard error; English, as all of the terminal."""
    print(say_error(error, "en"), file=sys.stderr)


def progress_lines() -> Progress:
    """Progress on standard error: one line, written over, only on a terminal."""

    def show(step: str, done: float) -> None:
        if sys.stderr.isatty():
            print(f"\r{step} {done:4.0%} ", end="", file=sys.stderr, flush=True)

    return Progress(show)
