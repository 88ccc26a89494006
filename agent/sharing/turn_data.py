"""A turn as plain JSON data under the contract's keys: what `jobs ask --json`, the API and exports hand out."""

from __future__ import annotations

from typing import Any

from agent.state import Turn
from core.values import dump
from parsers.notation.canonical import write


def turn_data(turn: Turn) -> dict[str, Any]:
    """The turn under the contract's keys; lists where a message asked for several things."""
    found: dict[str, Any] = {"text": turn.message.text, "language": _language(turn), "parse": _parse(turn)}
    if turn.clarification is not None:
        queries = [write(choice) for choice in turn.clarification.choices]
        found["clarification"] = dump(turn.clarification) | {"sentence": turn.reply.plain, "queries": queries}
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
