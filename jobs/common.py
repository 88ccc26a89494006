"""What the jobs share: registries, errors on the terminal, and progress lines."""

from __future__ import annotations

import sys

import explainers
import explainers.metrics
import operations
import parsers
from agent.ask import say_error
from core.errors import UserError
from core.progress import Progress
from core.registry import discover


def discover_all() -> None:
    """Fill every registry."""
    for package in (explainers, explainers.metrics, operations, parsers):
        discover(package)


def complain(error: UserError) -> None:
    """The error's sentence on standard error; English, as all of the terminal."""
    print(say_error(error, "en"), file=sys.stderr)


def progress_lines() -> Progress:
    """Progress on standard error: one line, written over, only on a terminal."""

    def show(step: str, done: float) -> None:
        if sys.stderr.isatty():
            print(f"\r{step} {done:4.0%} ", end="", file=sys.stderr, flush=True)

    return Progress(show)
