"""Explanation records: an answered turn with all that is needed to get it again, as JSON, and back."""

from __future__ import annotations

import json
from typing import Any

from agent.running.cache import code_revision
from agent.sharing.reopen import link_of, reopened
from agent.sharing.turn_data import turn_data
from agent.state import Answer, Turn
from core.dialogue import Request
from core.errors import UserError
from core.explanations import Explanation
from core.faithfulness import Faithfulness
from core.typed import conforms
from core.values import load, value

VERSION = 1
CODE = "polylens"  # the name of our own code among the versions
LARGEST = 50_000_000  # characters of a file of records


@value
class Kept:
    """A record that was read: the question, its requests, the answers they once had (none, for a link), and the code's revision."""

    text: str
    requests: tuple[Request, ...]
    answers: tuple[Answer, ...] = ()
    code: str = ""


def explanation_record(turn: Turn) -> dict[str, Any]:
    """What `jobs ask --json` says of the turn, and beside it the record's version, the libraries' versions and the link."""
    requests = [answer.request for answer in turn.answers]
    libraries = turn.explanation.provenance.versions if turn.explanation else ()
    versions = {CODE: code_revision()} | dict(libraries)
    return {"record": VERSION} | turn_data(turn) | {"versions": versions, "link": link_of(requests)}


def json_line(turn: Turn) -> str:
    """The record in one line, text readable."""
    return json.dumps(explanation_record(turn), ensure_ascii=False, allow_nan=False)


def read_records(text: str) -> tuple[Kept, ...]:
    """The records in a text: one record, JSON Lines of records, or a link. Turns without an answer are left out.

    Raises UserError: bad_record (also for a later version), bad_link.
    """
    if len(text) > LARGEST:
        raise UserError("bad_record", found=f"{len(text)}")
    if not text.lstrip().startswith("{"):
        return (Kept("", reopened(text.strip())),)
    found = (_read(one) for one in _objects(text))
    return tuple(one for one in found if one is not None)


def _objects(text: str) -> list[dict[str, Any]]:
    """The JSON objects in a text: all of it as one (however it is indented), or one a line."""
    try:
        try:
            said = [json.loads(text)]
        except json.JSONDecodeError:
            said = [json.loads(line) for line in text.split("\n") if line.strip()]  # U+2028 ends no line of JSON
    except (ValueError, RecursionError) as error:
        raise UserError("bad_record", found=text.strip()[:60]) from error
    if not all(isinstance(one, dict) for one in said):
        raise UserError("bad_record", found=text.strip()[:60])
    return said


def _read(said: dict[str, Any]) -> Kept | None:
    """The record; None where there was no answer."""
    if said.get("record", VERSION) != VERSION or "text" not in said:
        raise UserError("bad_record", found=str(said.get("record", "–"))[:60])
    if not said.get("request"):
        return None
    answers = _answers(said)
    return Kept(
        str(said["text"] or said.get("parse", "")), tuple(answer.request for answer in answers), answers, _code(said)
    )


def _code(said: dict[str, Any]) -> str:
    versions = said.get("versions")
    return str(versions.get(CODE, "")) if isinstance(versions, dict) else ""


def _answers(said: dict[str, Any]) -> tuple[Answer, ...]:
    """The answers, each part checked as foreign text."""
    parts = [_list(said.get(name)) for name in ("request", "explanation", "faithfulness")]
    if len({len(part) for part in parts}) != 1 or not parts[0]:
        raise UserError("bad_record", found="request, explanation, faithfulness")
    return tuple(_answer(*three) for three in zip(*parts, strict=True))


def _answer(request: object, explanation: object, faithfulness: object) -> Answer:
    try:
        made = Answer(load(request), load(explanation), load(faithfulness))
    except RecursionError as error:
        raise UserError("bad_record", found="…") from error
    for part, kind in ((made.request, Request), (made.explanation, Explanation), (made.faithfulness, Faithfulness)):
        if not conforms(part, kind):
            raise UserError("bad_record", found=type(part).__name__)
    return made


def _list(said: object) -> list[object]:
    return said if isinstance(said, list) else [said]
