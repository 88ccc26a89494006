"""What must be said above an answer: another language than the one wanted, instances left out, another revision, what failed beside it."""

from __future__ import annotations

from dataclasses import replace

from agent.replying.ask import problem_beside
from agent.state import Problem
from agent.words import say
from core.blocks import Notice
from core.data import Schema
from core.dialogue import Reply, Request
from core.languages import languages


def in_language(made: Reply, wanted: str, spoken: str) -> Reply:
    """The reply, with a note where it is not in the language `wanted`, or asked in (`spoken`) if none was."""
    asked, heard = languages().get(wanted), languages().get(spoken)
    if asked and made.language != asked.code:
        return noted(made, say("note.wanted_language", made.language, wanted=asked.native))
    if heard and not (asked or heard.complete):
        return noted(made, say("note.language", made.language, spoken=heard.native))
    return made


def of_many(made: Reply, total: int, requests: tuple[Request, ...]) -> Reply:
    """The reply, with a note where it is not about every one of the `total` instances that were named."""
    shown = _covered(requests)
    return noted(made, say("note.many", made.language, total=total, shown=shown)) if total > shown > 0 else made


def of_revision(made: Reply, moved: tuple[str, str] | None) -> Reply:
    """The reply, with a note where another revision of the model answered than a link names."""
    return noted(made, say("note.other_revision", made.language, then=moved[0], now=moved[1])) if moved else made


def beside_failures(made: Reply, failed: tuple[tuple[str, Problem], ...], schema: Schema) -> Reply:
    """The reply, with what became of the other things that the message asked for: operation and problem of each."""
    notes = dict.fromkeys(problem_beside(operation, problem, made.language, schema) for operation, problem in failed)
    return replace(made, blocks=(*made.blocks, *notes))


def noted(made: Reply, sentence: str) -> Reply:
    """The reply with a note before everything else."""
    return replace(made, blocks=(Notice("note", sentence), *made.blocks))


def _covered(requests: tuple[Request, ...]) -> int:
    """How many of the ids every operation that takes some was asked about; 0 where none takes any."""
    ids = {one.operation: set[int]() for one in requests if one.ids}
    for one in requests:
        ids.get(one.operation, set()).update(one.ids)
    return min(map(len, ids.values()), default=0)
