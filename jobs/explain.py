"""`python -m jobs explain --dataset D --out DIR`: every question about every row, resumable, with Parquet and a report."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from contextlib import closing

from agent.registries import discover_all
from core.errors import UserError
from core.reading import load_dataset
from core.settings import Settings, read_settings
from jobs.explaining.engines import LOCAL, RAY, engine
from jobs.explaining.meter import Meter
from jobs.explaining.plan import Plan, facts, plan
from jobs.explaining.report import Summary, report
from jobs.explaining.rows import FAILED, SCHEMA
from jobs.explaining.work import Engine, check_memory, used_memory, within
from jobs.shared.folder import Folder
from jobs.shared.terminal import Names, add_dataset, add_languages, add_out, add_seed, add_split

INTERRUPTED = 130


def main(argv: Sequence[str]) -> int:
    """Exit status 0 when all rows are there, 130 after ctrl-c; then the same command goes on."""
    settings = read_settings()
    options = _options(argv, settings)
    settings = settings.model_copy(update={"seed": options.seed})
    discover_all()
    chosen = engine(options, settings)
    job = plan(options, load_dataset(options.dataset), settings)
    with Folder(options.out).locked() as folder:
        folder.begin(asked := facts(job, settings))
        if options.again and (dropped := folder.drop(FAILED)):
            folder.write_manifest({"job": asked, "state": "running"})
            _say(f"{dropped} rows that failed are computed again.")
        check_memory(job, settings, options.memory)
        started = time.perf_counter()
        try:
            computed = work(job, folder, within(settings, options.memory), chosen, options.memory)
        except KeyboardInterrupt:
            _say(f"Stopped: {folder.done} of {len(job)} rows are kept. The same command goes on from there.")
            return INTERRUPTED
        last = {"rows": computed, "seconds": round(time.perf_counter() - started, 1), "memory_mb": chosen.memory}
        _finish(job, folder, settings, last)
    return 0


def work(job: Plan, folder: Folder, settings: Settings, run: Engine, ceiling: int) -> int:
    """Compute the rows that are missing; their number. Raises UserError: memory_exceeded, output_full."""
    meter = Meter(len(job), folder.done, len(job.questions))
    _say(meter.before(job))
    if folder.repaired:
        _say("A row that a crash had cut off was dropped; it is computed again.")
    missing = (item for item in job if item.key not in folder.keys)
    with closing(run.batches(missing, job, settings)) as batches:
        for batch in batches:
            rows = [row for row in batch if row["key"] not in folder.keys]  # a worker's death may send some twice
            for row in rows:
                folder.append(row)
            meter.add(len(rows))
            if ceiling and (used := max(used_memory(), run.memory)) > ceiling:
                raise UserError("memory_exceeded", used=used, limit=ceiling, done=folder.done)
    meter.end()
    return meter.new


def _finish(job: Plan, folder: Folder, settings: Settings, last: dict[str, int | float]) -> None:
    """Rows in the job's order, Parquet, report and manifest, and where they are."""
    folder.order(item.key for item in job)
    summary = Summary.of(folder.rows())
    counts = {"rows": folder.done, "failed": summary.failed, "last_run": last}
    folder.finish(report(job, settings, summary), facts(job, settings), counts, SCHEMA)
    new, seconds = last["rows"], last["seconds"]
    _say(f"{folder.done} rows ({summary.failed} failed), {new} of them new, in {seconds:.0f} s: {folder.report_file}")


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _options(argv: Sequence[str], settings: Settings) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m jobs explain", description=__doc__)
    add = parser.add_argument
    add_dataset(parser, default=settings.dataset)
    add_split(parser)
    add("--operations", action=Names, default=["attribute"], help="with commas between: attribute,counterfactual")
    add("--methods", action=Names, default=[], help="attribution methods; the default one if none is named")
    add("--model", "--models", action=Names, default=[settings.model], help="explained models, with commas between")
    add("--precision", "--precisions", action=Names, default=[settings.precision], help="with commas between")
    add_languages(parser)
    add("--limit", type=_count, default=0, help="texts at most; 0: all")
    add_seed(parser, settings.seed)
    add("--audience", action=Names, default=[], help="readers of rationales, with commas between: novice,user,expert")
    add("--memory", type=_count, default=0, help="megabytes that the process may hold; 0: no ceiling")
    add("--engine", default=LOCAL, help=f"{LOCAL}: this process; {RAY}: workers of a Ray cluster (extra: {RAY})")
    add("--workers", type=_some, default=1, help=f"processes of --engine {RAY}, each with models of its own")
    add("--address", default="", help=f"a running cluster for --engine {RAY}; without one it is started here")
    add("--again", action="store_true", help="compute the rows that failed once more")
    add_out(parser)
    return parser.parse_args(argv)


def _count(said: str) -> int:
    number = int(said)
    if number < 0:
        raise argparse.ArgumentTypeError(f"{said} is negative")
    return number


def _some(said: str) -> int:
    if (number := _count(said)) == 0:
        raise argparse.ArgumentTypeError("at least 1 is needed")
    return number
