"""Agent mode, for whoever chose a model for it: a question of several steps, planned, carried out and checked."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from dataclasses import replace

from agent.planning.chat_model import ChatModel
from agent.planning.planner import BUDGET, WORDS, Hear, Planner, Report, Step, deaf
from agent.replying.ask import tell_problem
from agent.resolving.guard import OFF
from agent.state import ANSWERED, FAILED, STOPPED, Answer, Message, Problem, Turn
from agent.turn import Agent
from agent.words import say
from core.blocks import Badge, Block, Choices, Code, Fold, Heat, Notice, Plot, Rows, Text
from core.dialogue import Reply
from core.errors import Stopped, UserError, unknown
from core.languages import complete, shorten
from core.progress import Progress
from models.catalog import PYPI, REMOTE, catalog, find

LEAST = 1_000_000_000  # parameters: smaller chat models are not offered; the one that we tried could not plan (docs/interfaces.md)
BEFORE = 3  # questions of the conversation that the planning model is told
LONGEST = 300  # graphemes of each
SHOWN = (Text, Heat, Plot, Rows)  # what a fold holds as it is; all else is told in words
Listen = Callable[[Block], None]


def quiet(step: Block) -> None:
    """Nobody looks."""


def planners(agent: Agent) -> list[tuple[str, str]]:
    """Name and title of the chat models that a visitor may let plan: that of the settings, and those that come in packages."""
    own = agent.settings.agent_model
    rows = [row for row in catalog() if row.chat and row.kind == PYPI and row.parameters >= LEAST and row.name != own]
    return ([(own, find(own).title)] if own else []) + [(row.name, row.title) for row in rows]


def plan(
    agent: Agent,
    message: Message,
    progress: Progress,
    model: str = "",
    budget: int = BUDGET,
    session: str = "",
    hear: Hear = deaf,
) -> Report:
    """The report on `message.text`; `model` plans, by default that of the settings. `hear` is told of every finished step.

    The steps are asked in `session`, whose data, changes and memory they share; by default in one of their own, which is forgotten.
    Raises UserError: no_agent_model, no_tool_calls, empty_message, too_long, and what loading or reaching the model raises. Stopped.
    """
    name = model or agent.settings.agent_model
    if not name:
        raise UserError("no_agent_model")
    if message.length > agent.settings.max_characters:
        raise UserError("too_long", length=message.length, limit=agent.settings.max_characters)
    own = session or f"plan-{uuid.uuid4().hex}"
    planner = Planner(
        model=ChatModel(talker=agent.talker(name, progress)),
        ask=lambda asked, listening: agent.step(own, asked, listening),
        name=name,
        longest=agent.settings.max_characters,
        budget=budget,
        place=name.rpartition("@")[2] if name.startswith(REMOTE) else "",
        framed=agent.settings.guard != OFF,
        before=_before(agent, session),
        settled=not name.startswith(REMOTE),
        hear=hear,
    )
    try:
        return planner.plan(_question(message), message, progress)
    finally:
        if not session:
            agent.forget(own)


def planned(
    agent: Agent, session: str, message: Message, progress: Progress, listen: Listen = quiet, budget: int = BUDGET
) -> Turn:
    """The report on a message that `message.planner` plans, as a turn of the session; `listen` is shown every finished step.

    Where it is stopped, or the model gives up, the turn says so and holds the steps so far.
    """
    return agent.whole(session, message, lambda: _whole(agent, session, message, progress, listen, budget))


def _whole(agent: Agent, session: str, message: Message, progress: Progress, listen: Listen, budget: int) -> Turn:
    started = time.perf_counter()
    steps: list[Block] = []
    answers: list[Answer] = []

    def hear(step: Step, turn: Turn) -> None:
        steps.append(shown(step, turn.reply))
        answers.extend(turn.answers)
        listen(steps[-1])

    try:
        report = _report(agent, session, message, progress, hear, budget)
        made = Turn(message, ANSWERED, report.told(steps), answers=tuple(answers))
    except Stopped:
        note = Notice("note", WORDS.say("note.stopped", _spoken(message)) if steps else _stopped(message))
        made = Turn(message, STOPPED, Reply((note, *steps), _spoken(message)), problem=Problem(STOPPED))
    except UserError as error:
        problem = Problem(error.kind, tuple(error.facts.items()))
        told = tell_problem(problem, _spoken(message))
        made = Turn(message, FAILED, replace(told, blocks=(*told.blocks, *steps)), problem=problem)
    return replace(made, seconds=round(time.perf_counter() - started, 3))


def _report(agent: Agent, session: str, message: Message, progress: Progress, hear: Hear, budget: int) -> Report:
    """The plan's report. A visitor names no other model than those that are offered: a name can be an address, too."""
    known = [name for name, _ in planners(agent)]
    if message.planner not in known:
        raise unknown("unknown_model", message.planner, known)
    return plan(agent, message, progress, message.planner, budget, session, hear)


def shown(step: Step, said: Reply) -> Fold:
    """A step under its number and its query, with what it found, folded; buttons and the making stay out, as for the model."""
    blocks: list[Text | Heat | Plot | Rows] = []
    for block in said.blocks:
        if isinstance(block, SHOWN):
            blocks.append(block)
        elif not isinstance(block, Choices | Fold | Code):
            blocks.append(Text(block.text if isinstance(block, Badge) else block.plain))
    return Fold(f"[{step.number}] {step.query}", tuple(blocks))


def _question(message: Message) -> str:
    """The question with the texts of a form."""
    fields = [f"{name}: {text}" for name, text in message.fields if text.strip()]
    return "\n".join([message.text, *fields])


def _before(agent: Agent, session: str) -> tuple[str, ...]:
    """What was asked last in the session, oldest first."""
    turns = agent.history(session)[-BEFORE:] if session else ()
    said = [turn.reply.parse or turn.message.text or turn.message.query for turn in turns]
    return tuple(shorten(one, LONGEST) for one in said if one)


def _spoken(message: Message) -> str:
    """The language that the visitor forces, else that of the page."""
    return message.language if message.language in complete() else message.interface


def _stopped(message: Message) -> str:
    return say("reply.stopped", _spoken(message))
