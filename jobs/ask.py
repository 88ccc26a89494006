"""`python -m jobs ask "TEXT"`: one turn, or one turn a line, without a page."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from agent.state import ANSWERED, ASKED, FAILED, Message, Turn
from agent.turn import Agent
from core.errors import UserError
from core.languages import complete
from core.settings import read_settings
from core.values import dump
from jobs.common import discover_all, progress_lines
from parsers.canonical import write

SESSION = "terminal"
STATUS = {ANSWERED: 0, ASKED: 3, FAILED: 2}


def main(argv: Sequence[str]) -> int:
    """Exit status 0 answered, 3 clarification, 2 error; with --file the worst of its lines."""
    options = _options(argv)
    discover_all()
    with tempfile.TemporaryDirectory() as folder:
        store = Path(options.session) if options.session else Path(folder) / "session.sqlite"
        agent = Agent(read_settings(), store, local_files=True)
        lines = _lines(options)
        turns = (agent.turn(SESSION, _message(line, options), progress_lines()) for line in lines)
        return max((_print(turn, options) for turn in turns), key=(0, 3, 2).index, default=0)


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m jobs ask", description=__doc__)
    parser.add_argument("text", nargs="?", help="the question, in any language")
    parser.add_argument("--file", help="one question a line, all in one session; JSON Lines out")
    parser.add_argument("--model", default="", help="a model of the catalogue, hub:owner/name or file:/path")
    parser.add_argument("--dataset", default="", help="a task, a file or hub:owner/name")
    parser.add_argument("--precision", default="", help="auto, fp32, bf16, bnb-nf4, … (docs/precision.md)")
    parser.add_argument("--language", default="auto", choices=("auto", *complete()), help="language of the answer")
    parser.add_argument("--session", help="a file that keeps the conversation between calls")
    parser.add_argument("--json", action="store_true", help="JSON instead of text")
    options = parser.parse_args(argv)
    if (options.text is None) == (options.file is None):
        parser.error("give one question, or --file with one a line")
    return options


def _lines(options: argparse.Namespace) -> list[str]:
    if options.file is None:
        return [options.text]
    path = Path(options.file)
    try:
        return [line for line in path.read_text("utf-8").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise UserError("bad_table", file=path.name, reason=error) from error


def _message(line: str, options: argparse.Namespace) -> Message:
    return Message(
        line, language=options.language, model=options.model, precision=options.precision, dataset=options.dataset
    )


def _print(turn: Turn, options: argparse.Namespace) -> int:
    if options.json or options.file:
        print(json.dumps(record(turn), ensure_ascii=False, allow_nan=False), flush=True)
    else:
        stream = sys.stderr if turn.outcome == FAILED else sys.stdout
        print(turn.reply.plain, file=stream, flush=True)
    return STATUS.get(turn.outcome, 2)


def record(turn: Turn) -> dict[str, Any]:
    """The turn under the contract's keys; lists where a message asked for several things."""
    found: dict[str, Any] = {"text": turn.message.text, "language": _language(turn), "parse": _parse(turn)}
    if turn.clarification is not None:
        found["clarification"] = dump(turn.clarification) | {"sentence": turn.reply.plain}
    elif turn.problem is not None:
        found["error"] = {"kind": turn.problem.kind, "sentence": turn.reply.plain}
    else:
        for name in ("request", "explanation", "faithfulness"):
            parts = [dump(getattr(answer, name)) for answer in turn.answers]
            found[name] = parts[0] if len(parts) == 1 else parts
        found["reply"] = turn.reply.plain
    return found | {"seconds": turn.seconds}


def _language(turn: Turn) -> str:
    return turn.utterance.language if turn.utterance else turn.reply.language


def _parse(turn: Turn) -> str:
    return write(turn.parse) if turn.parse else ""
