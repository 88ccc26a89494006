"""`python -m jobs feedback`: what visitors think of answers, as JSON Lines with the requests they are about, or counted."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from agent.registries import discover_all
from agent.sessions.feedback import AXES, Feedback, Rating, latest
from agent.sharing.reopen import reopened
from core.errors import UserError
from core.settings import read_settings
from core.values import dump
from jobs.shared.terminal import writable


def main(argv: Sequence[str]) -> int:
    """One JSON object a rating that holds, oldest first; with --summary one line an axis: how many up, how many down."""
    options = _options(argv)
    discover_all()
    ratings = latest(Feedback(read_settings().cache).read())
    lines = _summary(ratings) if options.summary else _records(ratings)
    if options.out:
        with options.out.open("w", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in lines)
    else:
        sys.stdout.writelines(f"{line}\n" for line in lines)
    return 0


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m jobs feedback", description=__doc__)
    parser.add_argument("--summary", action="store_true", help="counts by axis instead of single ratings")
    parser.add_argument("--out", type=writable, help="a file instead of the terminal")
    return parser.parse_args(argv)


def _records(ratings: Sequence[Rating]) -> Iterator[str]:
    for one in ratings:
        said = asdict(one) | {"at": datetime.fromtimestamp(one.at, UTC).isoformat(), "requests": _requests(one.link)}
        yield json.dumps(said, ensure_ascii=False)


def _requests(link: str) -> list[Any]:
    """What the rated answer was asked; nothing where a newer version wrote the link."""
    try:
        return [dump(request) for request in reopened(link)]
    except UserError:
        return []


def _summary(ratings: Sequence[Rating]) -> Iterator[str]:
    counted = Counter((one.axis, one.way) for one in ratings)
    for axis in AXES:
        yield json.dumps({"axis": axis, "up": counted[axis, 1], "down": counted[axis, -1]})
    yield json.dumps({"remarks": sum(bool(one.remark) for one in ratings)})
