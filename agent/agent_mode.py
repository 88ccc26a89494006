"""Agent mode, for whoever chose a model for it: a question of several steps, planned, carried out and checked."""

from __future__ import annotations

import uuid

from agent.chat_model import ChatModel
from agent.guard import OFF
from agent.planner import BUDGET, Planner, Report
from agent.state import Message
from agent.turn import Agent
from core.errors import UserError
from core.progress import Progress
from models.catalog import REMOTE


def plan(agent: Agent, message: Message, progress: Progress, model: str = "", budget: int = BUDGET) -> Report:
    """The report on `message.text`, in a session of its own; `model` plans, by default that of the settings.

    Raises UserError: no_agent_model, no_tool_calls, empty_message, too_long, and what loading or reaching the model raises.
    """
    name = model or agent.settings.agent_model
    if not name:
        raise UserError("no_agent_model")
    if len(message.text) > agent.settings.max_characters:
        raise UserError("too_long", length=len(message.text), limit=agent.settings.max_characters)
    session = f"plan-{uuid.uuid4().hex}"
    planner = Planner(
        model=ChatModel(talker=agent.talker(name, progress)),
        ask=lambda asked, listening: agent.turn(session, asked, listening),
        name=name,
        longest=agent.settings.max_characters,
        budget=budget,
        place=name.rpartition("@")[2] if name.startswith(REMOTE) else "",
        framed=agent.settings.guard != OFF,
    )
    try:
        return planner.plan(message.text, message, progress)
    finally:
        agent.forget(session)
