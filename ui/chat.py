"""The message flow: question at once, progress while it is worked on, then the answer; stop and errors on the way."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

from agent.planning.agent_mode import planned
from agent.planning.planner import BUDGET
from agent.state import Message, Turn
from agent.turn import Agent
from core.blocks import Block, Notice
from core.data import Schema
from core.errors import UserError
from core.progress import Progress
from ui.actions import Marks
from ui.blocks import notice, render
from ui.history import history
from ui.markup import Markup, join, tag
from ui.turns import SchemaOf, conversation, keyed, question, running
from ui.words import say
from ui.worker import START, WAITING, Dropped, Running, Step

LOG = logging.getLogger("polylens")
SHOWN = 40  # turns on the page; older ones stay in the session
EMPTY = Markup("")
PATIENCE = 1.0  # seconds before an estimate is shown: what is remembered is answered sooner
NO_MARKS = Marks()


@dataclass(frozen=True)
class View:
    """What the page shows of a conversation now. `history` (its turns) and `past` (its questions) are None where they have not changed."""

    history: Markup | None
    live: Markup
    busy: bool
    past: Markup | None = None


@dataclass(frozen=True)
class Chat:
    """One conversation a session; sessions never see each other."""

    agent: Agent
    running: Running = field(default_factory=Running)

    def ask(self, session: str, message: Message, marks: Marks = NO_MARKS) -> Iterator[View]:
        """The views of one turn, the last one with its answer. None where the turn before still runs, none after `forget`."""
        message = message.cleaned
        language, began = message.interface, time.monotonic()
        foretold: list[Block] = []
        events = self.running.run(session, lambda progress: self._turn(session, message, progress, foretold))
        if events is None:
            return
        yield View(
            None, self._working(message, Step(START, 0.0), 0.0), True, self.past(session, language, marks, message)
        )
        made: Turn | None = None
        try:
            for event in events:
                if isinstance(event, Step):
                    yield View(None, self._working(message, event, time.monotonic() - began, foretold), True)
                else:
                    made = event
            yield View(self.history(session, language, made, marks), EMPTY, False, self.past(session, language, marks))
        except Dropped:
            return
        except UserError as error:
            yield View(None, _failed(message, self.agent.say_error(error, language)), False)
        except Exception:  # the one handler: what nobody foresaw is logged under an id, and the visitor gets that id
            number = uuid.uuid4().hex[:8]
            LOG.exception("turn failed, id %s", number)
            yield View(None, _failed(message, say("failed", language, id=number)), False)

    def _turn(self, session: str, message: Message, progress: Progress, foretold: list[Block]) -> Turn:
        """The answer, or the report where a chat model plans its steps; `foretold` is shown meanwhile."""
        if message.planner:
            return planned(self.agent, session, message, progress, foretold.append)
        return self.agent.turn(session, message, progress, foretold.extend)

    def history(self, session: str, language: str, made: Turn | None = None, marks: Marks = NO_MARKS) -> Markup:
        """The session's turns so far, and `made` where the session does not keep it (a message that was refused)."""
        turns = self.agent.history(session)[-SHOWN:]
        if made and (not turns or (turns[-1].message, turns[-1].seconds) != (made.message, made.seconds)):
            turns = (*turns, made)
        return conversation(keyed(turns), language, self.schemas(session), marks)

    def past(self, session: str, language: str, marks: Marks = NO_MARKS, asked: Message | None = None) -> Markup:
        """The session's questions; `asked` is being answered."""
        return history(keyed(self.agent.history(session)[-SHOWN:]), marks, language, asked)

    def instead(self, session: str, message: Message, marks: Marks = NO_MARKS) -> Iterator[View]:
        """Stop what runs and ask this."""
        self.running.stop(session)
        self.running.wait(session)
        yield from self.ask(session, message, marks)

    def stop(self, session: str) -> None:
        """The stop button."""
        self.running.stop(session)

    def forget(self, session: str) -> None:
        """Drop a conversation at once, and what its running turn leaves behind as soon as that has ended."""
        self.running.drop(session, lambda: self.agent.forget(session))
        self.agent.forget(session)

    def _working(self, message: Message, step: Step, since: float, foretold: Sequence[Block] = ()) -> Markup:
        if step.name in (START, WAITING):
            said = say(f"progress.{step.name}", message.interface, place=step.place)
        else:
            words = self.agent.step_words(step.name, message.interface)
            number = min(len(foretold) + 1, BUDGET)  # after the last step the model writes its answer
            facts = {"percent": round(100 * step.share), "number": number, "most": BUDGET}
            said = say("plan.step" if message.planner else "progress.working", message.interface, step=words, **facts)
        shown = render(foretold) if since >= PATIENCE or message.planner else None
        return running(message, said, step.share, message.interface, since, shown)

    def schemas(self, session: str) -> SchemaOf:
        """The schemas of the session's data sets by name, each looked up once; None for data that cannot be read any more."""

        @cache
        def schema(dataset: str) -> Schema | None:
            try:
                return self.agent.dataset(session, dataset).schema if dataset else None
            except UserError:
                return None

        return schema


def _failed(message: Message, sentence: str) -> Markup:
    said = notice(Notice("error", sentence))
    body = join(question(message, message.query, message.interface), tag("div", said, class_="answer"))
    return tag("article", body, class_="turn error")
