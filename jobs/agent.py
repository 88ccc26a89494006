"""`python -m jobs agent "QUESTION" --planner …`: a question of several steps, planned by a chat model, with every number checked."""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

from agent.planning.agent_mode import plan
from agent.planning.planner import BUDGET
from agent.registries import discover_all
from agent.state import Message
from agent.turn import Agent
from core.languages import complete
from core.settings import read_settings
from core.values import dump
from jobs.shared.terminal import add_dataset, add_precision, progress_lines


def main(argv: Sequence[str]) -> int:
    """Exit status 0 answered, 3 where no sentence stood the check, 2 error."""
    options = _options(argv)
    discover_all()
    with tempfile.TemporaryDirectory() as folder:
        agent = Agent(read_settings(), Path(folder) / "session.sqlite", local_files=True)
        message = Message(
            options.text,
            language=options.language,
            model=options.explained,
            precision=options.precision,
            dataset=options.dataset,
        )
        report = plan(agent, message, progress_lines(), options.planner, options.steps)
    print(json.dumps(dump(report), ensure_ascii=False) if options.json else report.reply.plain, flush=True)
    return 0 if report.text else 3


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m jobs agent", description=__doc__)
    parser.add_argument("text", help="the question, in any language")
    parser.add_argument(
        "--planner",
        "--model",
        default="",
        help="the chat model that plans: remote:MODEL@http://host:port/v1, one of the catalogue, hub:owner/name; "
        "by default POLYLENS_AGENT_MODEL",
    )
    parser.add_argument("--explained", default="", help="the explained model")
    add_dataset(parser)
    add_precision(parser)
    parser.add_argument("--language", default="auto", choices=("auto", *complete()), help="language of the answer")
    parser.add_argument("--steps", type=int, default=BUDGET, help="calls that the question may take")
    parser.add_argument("--json", action="store_true", help="JSON instead of text")
    return parser.parse_args(argv)
