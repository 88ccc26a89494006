"""Progress of a batch job on standard error: rows, rate and time left."""

from __future__ import annotations

import sys
import time
from collections import deque
from dataclasses import dataclass, field

from jobs.explaining.plan import Plan

QUIET = 30.0  # seconds between two lines of progress where standard error is no terminal
WINDOW = 50  # batches that the rate is taken from: single rows in the engine `local`


@dataclass
class Meter:
    """Progress on standard error: rows, rate and time left; on a terminal one line, written over, else a line now and then."""

    total: int
    done: int
    questions: int
    new: int = 0
    _past: deque[tuple[float, int]] = field(default_factory=deque)
    _shown: float = 0.0
    _estimated: bool = False

    def __post_init__(self) -> None:
        self._past = deque(maxlen=max(WINDOW, 3 * self.questions))
        self._shown = time.perf_counter()

    def before(self, job: Plan) -> str:
        """The job's size."""
        texts, models = len(job.texts), len(job.models)
        size = f"{self.total} rows: {texts} texts × {self.questions} questions × {models} models and precisions"
        return (
            f"{size}; {self.done} are there, {self.total - self.done} to go. An estimate follows after the first text."
        )

    def add(self, rows: int) -> None:
        """So many more rows are kept."""
        self.done, self.new = self.done + rows, self.new + rows
        self._past.append((time.perf_counter(), self.new))
        left = self.total - self.done
        # The model is loaded, one of each is known
        if not self._estimated and self.rate and left and self.new > self.questions:
            self._estimated = True
            self._show(
                f"Estimate: {spelled(left / self.rate)} for the other {left} rows. Ctrl-c stops; all rows so far are kept.\n"
            )
        if sys.stderr.isatty():
            self._show(self._line())
        elif self._past[-1][0] - self._shown > QUIET:
            self._show(self._line() + "\n")

    @property
    def rate(self) -> float:
        """Rows a second since the first of the last batches; 0 before there are two."""
        if len(self._past) < 2:
            return 0.0
        (start, before), (end, after) = self._past[0], self._past[-1]
        return (after - before) / max(end - start, 1e-9)

    def _line(self) -> str:
        so_far = f"{self.done}/{self.total} rows"
        left = (self.total - self.done) / self.rate if self.rate else 0.0
        return f"{so_far}, {self.rate:.2f} a second, {spelled(left)} left" if self.rate else so_far

    def _show(self, text: str) -> None:
        self._shown = time.perf_counter()
        start = "\r\x1b[K" if sys.stderr.isatty() else ""
        print(start + text, end="", file=sys.stderr, flush=True)

    def end(self) -> None:
        """Close the line that is written over."""
        if sys.stderr.isatty() and self.new:
            print(file=sys.stderr)


def spelled(seconds: float) -> str:
    """A duration: 40 s, 12 min, 3.5 h."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
