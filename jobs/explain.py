"""`python -m jobs explain --dataset D --out DIR`: every question about every row, resumable, with Parquet and a report."""

from __future__ import annotations

import argparse
import sys
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from core.errors import UserError
from core.progress import Progress
from core.reading import load_dataset
from core.settings import Settings, read_settings
from jobs.common import discover_all
from jobs.explain_folder import Folder
from jobs.explain_plan import Plan, facts, plan
from jobs.explain_report import Summary, report
from jobs.explain_work import Engine, check_memory, engine, used_memory

INTERRUPTED = 130
QUIET = 30.0  # seconds between two lines of progress where standard error is no terminal
WINDOW = 50  # rows that the rate is taken from


def main(argv: Sequence[str]) -> int:
    """Exit status 0 when all rows are there, 130 after ctrl-c; then the same command goes on."""
    settings = read_settings()
    options = _options(argv, settings)
    settings = settings.model_copy(update={"seed": options.seed})
    discover_all()
    chosen = engine(options.engine)
    job = plan(options, load_dataset(options.dataset), settings)
    with Folder(options.out).locked() as folder:
        folder.begin(facts(job, settings))
        check_memory(job, settings, options.memory)
        started = time.perf_counter()
        try:
            computed = work(job, folder, settings, chosen, options.memory)
        except KeyboardInterrupt:
            _say(f"Stopped: {folder.done} of {len(job)} rows are kept. The same command goes on from there.")
            return INTERRUPTED
        _finish(job, folder, settings, computed, time.perf_counter() - started)
    return 0


def work(job: Plan, folder: Folder, settings: Settings, run: Engine, ceiling: int) -> int:
    """Compute the rows that are missing; their number. Raises UserError: memory_exceeded, output_full."""
    meter = Meter(len(job), folder.done, len(job.questions))
    _say(meter.before(job))
    if folder.repaired:
        _say("A row that a crash had cut off was dropped; it is computed again.")
    missing = (item for item in job if item.key not in folder.keys)
    for row in run(missing, job.dataset, settings, Progress()):
        folder.append(row)
        meter.row()
        if ceiling and (used := used_memory()) > ceiling:
            raise UserError("memory_exceeded", used=used, limit=ceiling, done=folder.done)
    meter.end()
    return meter.new


def _finish(job: Plan, folder: Folder, settings: Settings, computed: int, seconds: float) -> None:
    """Parquet, report and manifest, and where they are."""
    summary = Summary.of(folder.rows())
    timing = {
        "rows": folder.done,
        "failed": summary.failed,
        "last_run": {"rows": computed, "seconds": round(seconds, 1)},
    }
    folder.finish(report(job, settings, summary), facts(job, settings), timing)
    _say(
        f"{folder.done} rows ({summary.failed} failed), {computed} of them new, in {seconds:.0f} s: {folder.report_file}"
    )


@dataclass
class Meter:
    """Progress on standard error: rows, rate and time left; on a terminal one line, written over, else a line now and then."""

    total: int
    done: int
    questions: int
    new: int = 0
    _times: deque[float] = field(default_factory=deque)
    _shown: float = 0.0

    def __post_init__(self) -> None:
        self._times = deque(maxlen=max(WINDOW, 3 * self.questions))
        self._shown = time.perf_counter()

    def before(self, job: Plan) -> str:
        """The job's size."""
        texts, models = len(job.texts), len(job.models)
        size = f"{self.total} rows: {texts} texts × {self.questions} questions × {models} models and precisions"
        return (
            f"{size}; {self.done} are there, {self.total - self.done} to go. An estimate follows after the first text."
        )

    def row(self) -> None:
        """One more row is kept."""
        self.done, self.new = self.done + 1, self.new + 1
        self._times.append(time.perf_counter())
        left = self.total - self.done
        if self.new == self.questions + 1 and left:  # one of each after the first row, which the model was loaded for
            self._show(
                f"Estimate: {spelled(left / self.rate)} for the other {left} rows. Ctrl-c stops; all rows so far are kept.\n"
            )
        if sys.stderr.isatty():
            self._show(self._line())
        elif self._times[-1] - self._shown > QUIET:
            self._show(self._line() + "\n")

    @property
    def rate(self) -> float:
        """Rows a second over the last rows; 0 before there are two."""
        return (len(self._times) - 1) / max(self._times[-1] - self._times[0], 1e-9)

    def _line(self) -> str:
        so_far = f"{self.done}/{self.total} rows"
        left = (self.total - self.done) / self.rate if self.rate else 0.0
        return f"{so_far}, {self.rate:.2f} a second, {spelled(left)} left" if self.rate else so_far

    def _show(self, text: str) -> None:
        self._shown = self._times[-1]
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


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _list(said: str) -> list[str]:
    return [part.strip() for part in said.split(",") if part.strip()]


def _options(argv: Sequence[str], settings: Settings) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m jobs explain", description=__doc__)
    add = parser.add_argument
    add(
        "--dataset",
        default=settings.dataset,
        help="a task by name, a file, a folder with a schema.toml, or hub:owner/name",
    )
    add("--split", default="test", help="the rows to explain, where the data have splits")
    add("--operations", type=_list, default=["attribute"], help="names with commas between: attribute,counterfactual")
    add(
        "--methods",
        type=_list,
        default=[],
        help="attribution methods with commas between; the default one if none is named",
    )
    add("--model", type=_list, default=[settings.model], help="models with commas between")
    add("--precision", type=_list, default=[settings.precision], help="precisions with commas between")
    add("--languages", type=_list, default=[], help="only rows in these languages; codes with commas between")
    add("--limit", type=_count, default=0, help="texts at most; 0: all")
    add("--seed", type=int, default=settings.seed)
    add("--audience", type=_list, default=[], help="readers of rationales, with commas between: novice,user,expert")
    add("--memory", type=_count, default=0, help="megabytes that the process may hold; 0: no ceiling")
    add("--engine", default="local", help="local; ray is not built yet")
    add("--out", type=Path, required=True, help="the job's folder; the same command goes on in it")
    return parser.parse_args(argv)


def _count(said: str) -> int:
    number = int(said)
    if number < 0:
        raise argparse.ArgumentTypeError(f"{said} is negative")
    return number
