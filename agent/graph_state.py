"""What one turn carries through the graph, and what its steps work with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, TypedDict

from langgraph.channels import UntrackedValue

from agent.replying.cost_warning import Foresight, Foretell, keep_quiet
from agent.running.run import Runner
from agent.sessions.history import restored
from agent.state import Answer, Memory, Message, Problem, Turn
from core.data import Dataset
from core.dialogue import Clarification, Parse, Reply, Request, Utterance
from core.languages import complete
from core.past import KEPT
from core.progress import Progress
from core.settings import Settings

Understand = Callable[[Message, Dataset, str], tuple[Utterance, Parse]]


@dataclass(frozen=True)
class Tools:
    """What the nodes work with in one turn."""

    understand: Understand
    runner: Runner
    dataset: Dataset
    settings: Settings
    progress: Progress
    started: float
    foresight: Foresight
    foretell: Foretell = keep_quiet
    kept: bool = True
    """False for a step of a plan: the session remembers what it changed, and its turn is a part of another one."""


def _newest(before: list[str], added: list[str]) -> list[str]:
    return (before + added)[-KEPT:]


class State(TypedDict, total=False):
    """`memory` (a Memory) and `turns` (Turns), all as JSON, outlive a turn; everything else is this turn's and is not stored."""

    memory: str
    turns: Annotated[list[str], _newest]
    message: Annotated[Message, UntrackedValue]
    utterance: Annotated[Utterance, UntrackedValue]
    parse: Annotated[Parse, UntrackedValue]
    requests: Annotated[tuple[Request, ...], UntrackedValue]
    named: Annotated[int, UntrackedValue]
    failed: Annotated[tuple[tuple[str, Problem], ...], UntrackedValue]
    answers: Annotated[tuple[Answer, ...], UntrackedValue]
    clarification: Annotated[Clarification, UntrackedValue]
    problem: Annotated[Problem, UntrackedValue]
    outcome: Annotated[str, UntrackedValue]
    reply: Annotated[Reply, UntrackedValue]
    turn: Annotated[Turn, UntrackedValue]


def remembered(state: State) -> Memory:
    """The session's memory; an empty one at its start, and where another version wrote it."""
    found = restored(state["memory"]) if state.get("memory") else None
    return found if isinstance(found, Memory) else Memory()


def answer_language(state: State) -> str:
    """The forced language, else the one asked for, now or from some message on, else the utterance's where we can write it, else
    the interface's.
    """
    message, utterance, parse = state["message"], state.get("utterance"), state.get("parse")
    asked = parse.language if parse else ""
    wanted = (message.language, asked or remembered(state).language, utterance.language if utterance else "")
    return next((language for language in wanted if language in complete()), message.interface)
