"""`python -m jobs replay FILE`: runs the requests of explanation records again and tells what changed."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from agent.registries import discover_all
from agent.running.cache import code_revision
from agent.sharing.code import command
from agent.sharing.differences import ABSOLUTE, RELATIVE, Difference, Tolerance, differences
from agent.sharing.links import needed_file
from agent.sharing.records import Kept
from agent.state import ANSWERED, Turn
from agent.turn import Agent
from core.operation import OPERATIONS
from core.settings import read_settings
from jobs.shared.terminal import progress_lines, records_in

SAME, DIFFERENT = 0, 1
SHOWN = 12  # differences of one record; there is one for every word of a heat map


def main(argv: Sequence[str]) -> int:
    """Exit status 0 where all is the same, 1 where something differs or cannot be run any more, 2 for what is no record."""
    options = _options(argv)
    discover_all()
    kept = records_in(options.records)
    tolerance = Tolerance(options.relative, options.absolute)
    with tempfile.TemporaryDirectory() as folder:
        agent = Agent(read_settings(), Path(folder) / "session.sqlite", local_files=True, cached=False)
        changed = sum(_replay(one, number, agent, tolerance, options.dataset) for number, one in enumerate(kept, 1))
    print(f"{len(kept)} records, {changed} of them different.", flush=True)
    return DIFFERENT if changed else SAME


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m jobs replay", description=__doc__)
    parser.add_argument("records", metavar="FILE", help="a record, JSON Lines of records, or a share link")
    parser.add_argument(
        "--dataset", default="", help="the file that stands in for uploaded ones and those named by path"
    )
    parser.add_argument(
        "--relative", type=float, default=RELATIVE, help="figures this close are the same (%(default)s)"
    )
    parser.add_argument("--absolute", type=float, default=ABSOLUTE, help="or this close (%(default)s)")
    return parser.parse_args(argv)


def _replay(kept: Kept, number: int, agent: Agent, tolerance: Tolerance, dataset: str) -> bool:
    """One record again; whether anything is different."""
    requests = tuple(replace(one, dataset=dataset) if dataset and needed_file(one) else one for one in kept.requests)
    print(f"{number}. {kept.text or ', '.join(one.operation for one in requests)}", flush=True)
    if gone := [one.operation for one in requests if one.operation not in OPERATIONS]:
        return _say(f"cannot be run any more: there is no operation “{gone[0]}”", changed=True)
    if any(OPERATIONS[one.operation].past for one in requests):
        return _say("about its conversation, so there is nothing to run", changed=False)
    turn = agent.answer(*requests, progress=progress_lines())
    if turn.outcome != ANSWERED:
        return _say(f"cannot be run any more: {turn.reply.plain}", changed=True)
    return _compare(kept, turn, tolerance)


def _compare(kept: Kept, turn: Turn, tolerance: Tolerance) -> bool:
    """Versions first, since they may explain the rest; then the figures."""
    if not kept.answers:
        then, now = kept.requests[0].revision, turn.answers[0].request.revision
        if then and then != now:
            return _say(f"a link holds no figures; model revision {then}, now {now}", changed=True)
        return _say(f"a link holds no figures; it runs: {command(kept.requests[0])}", changed=False)
    if kept.code and kept.code != code_revision():
        _say(f"code of Polylens: {kept.code}, now {code_revision()}", changed=True)
    found = [one for pair in zip(kept.answers, turn.answers, strict=True) for one in differences(*pair, tolerance)]
    for one in [one for one in found if one.version]:
        _say(_told(one), changed=True)
    figures = [one for one in found if not one.version]
    for one in figures[:SHOWN]:
        _say(_told(one), changed=True)
    if len(figures) > SHOWN:
        _say(f"and {len(figures) - SHOWN} more", changed=True)
    return _say("the same figures" if not figures else f"{len(figures)} differences", changed=bool(figures))


def _told(one: Difference) -> str:
    apart = f" (by {one.by:.3g})" if one.by is not None else ""
    return f"{one.place}: {one.then}, now {one.now}{apart}"


def _say(text: str, changed: bool) -> bool:
    print(f"   {text}", file=sys.stdout, flush=True)
    return changed
