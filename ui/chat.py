"""The message flow: question at once, progress while it is worked on, then the answer; stop and errors on the way."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field

from agent.state import Message, Turn
from agent.turn import Agent
from core.blocks import Notice
from core.data import Schema
from core.errors import UserError
from ui.blocks import notice
from ui.markup import Markup, join, tag
from ui.turns import conversation, question, running
from ui.words import say
from ui.worker import WAITING, Running, Step

LOG = logging.getLogger("polylens")
SHOWN = 40  # turns on the page; older ones stay in the session
EMPTY = Markup("")


@dataclass(frozen=True)
class View:
    """What the page shows of a conversation now. `history` is None where it has not changed."""

    history: Markup | None
    live: Markup
    busy: bool


@dataclass(frozen=True)
class Chat:
    """One conversation a session; sessions never see each other."""

    agent: Agent
    running: Running = field(default_factory=Running)

    def ask(self, session: str, message: Message) -> Iterator[View]:
        """The views of one turn, the last one with its answer. Nothing where the turn before still runs."""
        language = message.interface
        events = self.running.run(session, lambda progress: self.agent.turn(session, message, progress))
        if events is None:
            return
        yield View(None, running(message, say("progress.start", language), 0.0, language), True)
        made: Turn | None = None
        try:
            for event in events:
                if isinstance(event, Step):
                    yield View(None, self._working(message, event), True)
                else:
                    made = event
        except UserError as error:
            yield View(None, _failed(message, self.agent.say_error(error, language)), False)
            return
        except Exception:  # the one handler: what nobody foresaw is logged under an id, and the visitor gets that id
            number = uuid.uuid4().hex[:8]
            LOG.exception("turn failed, id %s", number)
            yield View(None, _failed(message, say("failed", language, id=number)), False)
            return
        yield View(self.history(session, language, message.dataset, made), EMPTY, False)

    def history(self, session: str, language: str, dataset: str = "", made: Turn | None = None) -> Markup:
        """The session's turns so far, and `made` where the session does not keep it (a message that was refused)."""
        turns = self.agent.history(session)[-SHOWN:]
        if made and (not turns or (turns[-1].message, turns[-1].seconds) != (made.message, made.seconds)):
            turns = (*turns, made)
        return conversation(turns, language, self._schema(session, dataset))

    def stop(self, session: str) -> None:
        """The stop button."""
        self.running.stop(session)

    def forget(self, session: str) -> None:
        """A new conversation."""
        self.running.stop(session)
        self.agent.forget(session)

    def _working(self, message: Message, step: Step) -> Markup:
        if step.name == WAITING:
            return running(message, say("progress.waiting", message.interface), 0.0, message.interface)
        words = self.agent.step_words(step.name, message.interface)
        said = say("progress.working", message.interface, step=words, percent=round(100 * step.share))
        return running(message, said, step.share, message.interface)

    def _schema(self, session: str, dataset: str) -> Schema | None:
        try:
            return self.agent.dataset(session, dataset).schema if dataset else None
        except UserError:
            return None


def _failed(message: Message, sentence: str) -> Markup:
    said = notice(Notice("error", sentence))
    body = join(question(message, message.query, message.interface), tag("div", said, class_="answer"))
    return tag("article", body, class_="turn error")
