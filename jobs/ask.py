"""`python -m jobs ask "TEXT"`: one turn, or one turn a line, without a page."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from agent.registries import discover_all
from agent.sharing.reopen import links
from agent.sharing.turn_data import turn_data
from agent.state import ANSWERED, ASKED, FAILED, Message, Turn
from agent.turn import Agent
from core.errors import UserError
from core.languages import complete
from core.settings import read_settings
from jobs.shared.terminal import add_dataset, add_model, add_precision, progress_lines, records_in

SESSION = "terminal"
STATUS = {ANSWERED: 0, ASKED: 3, FAILED: 2}


def main(argv: Sequence[str]) -> int:
    """Exit status 0 answered, 3 clarification, 2 error; with --file the worst of its lines."""
    options = _options(argv)
    discover_all()
    with tempfile.TemporaryDirectory() as folder:
        store = Path(options.session) if options.session else Path(folder) / "session.sqlite"
        agent = Agent(read_settings(), store, local_files=True)
        messages = _linked(options) if options.request else [_message(line, options) for line in _lines(options)]
        turns = (agent.turn(SESSION, message, progress_lines()) for message in messages)
        return max((_print(turn, options) for turn in turns), key=(0, 3, 2).index, default=0)


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m jobs ask", description=__doc__)
    parser.add_argument("text", nargs="?", help="the question, in any language")
    parser.add_argument("--file", help="one question a line, all in one session; JSON Lines out")
    parser.add_argument(
        "--request", help="a share link, or a file of explanation records: what it asks, without any reading"
    )
    add_model(parser)
    add_dataset(parser)
    add_precision(parser)
    parser.add_argument("--language", default="auto", choices=("auto", *complete()), help="language of the answer")
    parser.add_argument("--session", help="a file that keeps the conversation between calls")
    parser.add_argument("--json", action="store_true", help="JSON instead of text")
    options = parser.parse_args(argv)
    if sum(given is not None for given in (options.text, options.file, options.request)) != 1:
        parser.error("give one question, or --file with one a line, or --request with a link")
    return options


def _lines(options: argparse.Namespace) -> list[str]:
    if options.file is None:
        return [options.text]
    path = Path(options.file)
    try:
        return [line for line in path.read_text("utf-8-sig").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise UserError("bad_table", file=path.name, reason=error) from error


def _message(line: str, options: argparse.Namespace) -> Message:
    return Message(
        line, language=options.language, model=options.model, precision=options.precision, dataset=options.dataset
    )


def _linked(options: argparse.Namespace) -> list[Message]:
    """What a link or a file of records asks; a data set that is named beside it takes the place of the one in there."""
    return [
        replace(_message(kept.text, options), link=link)
        for kept in records_in(options.request)
        for link in links(kept.requests)
    ]


def _print(turn: Turn, options: argparse.Namespace) -> int:
    if options.json or options.file:
        print(json.dumps(turn_data(turn), ensure_ascii=False, allow_nan=False), flush=True)
    else:
        stream = sys.stderr if turn.outcome == FAILED else sys.stdout
        print(turn.reply.plain, file=stream, flush=True)
    return STATUS.get(turn.outcome, 2)
