"""The conversation so far, as operations about it see it."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence

from agent.resolving.query import of_request
from agent.state import ANSWERED, Answer, Turn
from core.errors import UserError
from core.faithfulness import NOT_APPLICABLE
from core.operation import OPERATIONS
from core.past import Asked
from core.values import from_json
from parsers.notation.canonical import write

LOG = logging.getLogger("polylens")


def past(turns: Iterable[str], answers: Sequence[Answer]) -> tuple[Asked, ...]:
    """The questions of the session's turns (as JSON), and what this message has already answered ("… and show me the code")."""
    asked = [_asked(turn) for turn in readable(turns)]
    if answers:
        requests = tuple(answer.request for answer in answers)
        query = of_request(requests)
        asked.append(Asked(query, ANSWERED, answers[0].faithfulness.verdict, query, requests))
    return tuple(asked)


def readable(lines: Iterable[str]) -> tuple[Turn, ...]:
    """The turns in these lines of JSON; those that another version wrote and this one cannot read are left out."""
    return tuple(turn for turn in map(restored, lines) if isinstance(turn, Turn))


def restored(line: str) -> object:
    """The value in a line that a session kept; None, and a line in the log, where another version wrote it."""
    try:
        return from_json(line)
    except UserError as error:
        LOG.warning("a part of a conversation cannot be read any more: %s", error)
        return None


def _asked(turn: Turn) -> Asked:
    """A turn in short. The query is what was answered, else what was understood."""
    requests = tuple(answer.request for answer in turn.answers)
    possible = turn.parse and turn.parse.calls and all(call.operation in OPERATIONS for call in turn.parse.calls)
    query = turn.reply.parse or (write(turn.parse) if turn.parse and possible else "")
    said = turn.message.text or turn.message.query or query
    verdict = turn.faithfulness.verdict if turn.faithfulness else ""
    return Asked(said, turn.outcome, "" if verdict == NOT_APPLICABLE else verdict, query, requests)
