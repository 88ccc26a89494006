"""Conversations that last: turns made by the graph and kept in a store, read again after a reload, forgotten when they are old."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import cast

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver

from agent.graph import build
from agent.graph_state import State, Tools, remembered
from agent.sessions.history import readable
from agent.sessions.store import Store
from agent.state import Memory, Message, Turn
from agent.words import say
from core.blocks import Notice
from core.values import to_json

LOG = logging.getLogger("polylens")
LAST = "close"  # the graph's last node: a turn that was made elsewhere is written in its name


class Conversations:
    """The turns and the memory of every session; a store that fails costs the memory and no answer."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._graph = build(store.saver)

    def answer(self, session: str, message: Message, tools: Tools) -> Turn:
        """The turn, kept in the session; where the store fails (a full disk, a broken file) it is answered all the same, with a note."""
        made: Turn | None = None
        try:
            given: State = {"message": message}
            for state in self._graph.stream(
                given, _config(session), context=tools, durability="exit", stream_mode="values"
            ):
                made = state.get("turn", made)
            self.store.keep_latest(session)
        except self.store.failure as error:
            LOG.error("conversations cannot be kept: %s", error)
            return unkept(made or build(InMemorySaver()).invoke(given, _config(session), context=tools)["turn"])
        if made is None:
            raise RuntimeError("the graph ended without a turn")
        return made

    def keep(self, session: str, made: Turn) -> Turn:
        """A turn that was put together from others, such as a plan's report, as the session's newest; with a note where it cannot be."""
        try:
            self._graph.update_state(_config(session), {"turns": [to_json(made)]}, as_node=LAST)
            self.store.keep_latest(session)
        except self.store.failure as error:
            LOG.error("conversations cannot be kept: %s", error)
            return unkept(made)
        return made

    def history(self, session: str) -> tuple[Turn, ...]:
        """The session's turns that can be read, oldest first; none where the store cannot be read any more."""
        return readable(self._state(session).get("turns", []))

    def memory(self, session: str) -> Memory:
        """What the session remembers; nothing where the store cannot be read any more."""
        return remembered(self._state(session))

    def _state(self, session: str) -> State:
        try:
            return cast(State, self._graph.get_state(_config(session)).values)
        except self.store.failure as error:
            LOG.error("conversations cannot be read: %s", error)
            return {}

    def forget(self, session: str) -> None:
        """Drop a session; where the store fails, it goes when it is old."""
        try:
            self.store.saver.delete_thread(session)
        except self.store.failure as error:
            LOG.error("a conversation cannot be forgotten: %s", error)

    def forget_old(self, hours: float) -> None:
        """Drop the sessions that nobody used for so long; where the store fails, the next time."""
        try:
            self.store.forget_old(hours)
        except self.store.failure as error:
            LOG.error("old conversations cannot be forgotten: %s", error)


def unkept(made: Turn) -> Turn:
    """The turn with the note that nobody will remember it."""
    language = made.reply.language
    note = Notice("note", say("note.unkept", language))
    return replace(made, reply=replace(made.reply, blocks=(note, *made.reply.blocks)))


def _config(session: str) -> RunnableConfig:
    return {"configurable": {"thread_id": session}}
