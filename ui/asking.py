"""Questions: everything on the page that asks one, and what the page becomes while it is answered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr
from gradio.events import Dependency

from agent.state import Message
from core.settings import Settings
from ui.browse import PAIR, Browse
from ui.chat import Chat, View
from ui.events import QUIET, Given, Updates, Visitor, held, sent
from ui.keeping import marks
from ui.layout import Layout, busy
from ui.panels import AUTO
from ui.planning import Planning
from ui.privacy import local
from ui.words import say

AT_ONCE = 32  # visitors who see progress at the same time; ui.worker decides how many turns are worked on
ASKING = {"concurrency_limit": AT_ONCE, "concurrency_id": "ask", "trigger_mode": "multiple", **QUIET}


@dataclass
class Asking:
    """The events of the conversation, for whichever visitor."""

    settings: Settings
    layout: Layout
    chat: Chat
    browse: Browse
    planning: Planning

    def wire(self) -> list[Dependency]:
        """Join events and components; the ways to ask are given back."""
        part, composer = self.layout, self.layout.composer
        typed = [composer.message, *composer.fields]
        pressed = [composer.send.click, composer.message.submit]
        asked = [gr.on(pressed, self.typed, {*self.context, *typed}, [*self.shown, *typed], **ASKING)]
        for shown in (part.welcome, part.transcript, part.samples, part.rows):
            asked.append(shown.ask(self.clicked, self.context, self.shown, **ASKING))
        asked.append(part.live.ask(self.instead, self.context, self.shown, **ASKING))
        composer.stop.click(self.stop, part.visitor, None, queue=False, **QUIET)
        return asked

    @property
    def context(self) -> set[Any]:
        """What a question must know besides its text."""
        part, settled = self.layout, self.layout.settled
        chosen = {settled.model, settled.precision, settled.dataset, settled.answers}
        return {part.visitor, part.interface, *chosen, *self.planning.inputs}

    @property
    def shown(self) -> list[Any]:
        """What a turn changes."""
        part, composer = self.layout, self.layout.composer
        told = [part.welcome, part.transcript, part.live, part.past, part.told, part.painted]
        return [*told, composer.send, composer.stop, composer.foot]

    def typed(self, given: Given) -> Iterator[Updates]:
        """A message from the composer, with the two fields where the data have two."""
        visitor, composer, message = given[self.layout.visitor], self.layout.composer, self.message(given)
        schema = self.browse.schema(visitor["session"], message.dataset)
        names = schema.fields if schema and len(schema.fields) == PAIR else ()
        fields = tuple((name, held(given, box)) for name, box in zip(names, composer.fields, strict=False))
        fields = fields if any(text.strip() for _, text in fields) else ()
        text = held(given, composer.message)
        if not text.strip() and fields:
            text = say("form_question", message.interface)
        whole = replace(message, text=text, fields=fields, planner=self.planning.planner(given))
        yield from self.ask(visitor, whole, dict.fromkeys((composer.message, *composer.fields), ""))

    def clicked(self, given: Given, event: gr.EventData) -> Iterator[Updates]:
        """A sample, a suggestion, an edited query or a row of the data: its question is asked."""
        message = _clicked(self.message(given), event)
        plans = "" if message.query else self.planning.planner(given)
        yield from self.ask(given[self.layout.visitor], replace(message, planner=plans), {})

    def instead(self, given: Given, event: gr.EventData) -> Iterator[Updates]:
        """The cheaper choice beside what is being worked on."""
        visitor, message = given[self.layout.visitor], _clicked(self.message(given), event)
        views = self.chat.instead(visitor["session"], message, marks(visitor))
        yield from self._views(views, message.interface, {})

    def message(self, given: Given) -> Message:
        """What every question says besides its text."""
        part, settled = self.layout, self.layout.settled
        boxes = (settled.answers, part.interface, settled.model, settled.precision, settled.dataset)
        answers, interface, model, precision, dataset = (held(given, box) for box in boxes)
        return Message("", answers, interface, model, precision, dataset)

    def ask(self, visitor: Visitor, message: Message, accepted: Updates) -> Iterator[Updates]:
        """The views of one turn; `accepted` is what the composer becomes once the message was taken."""
        views = self.chat.ask(visitor["session"], message, marks(visitor))
        yield from self._views(views, message.interface, accepted)

    def _views(self, views: Iterator[View], language: str, accepted: Updates) -> Iterator[Updates]:
        """The views as updates of the page, the first with `accepted`; where there are none, that the turn before still runs."""
        began = False
        for view in views:
            yield ({} if began else {self.layout.told: "", **accepted}) | self._shown(view, language)
            began = True
        if not began:
            yield {self.layout.composer.foot: busy(language)}

    def _shown(self, view: View, language: str) -> Updates:
        part, composer = self.layout, self.layout.composer
        made: Updates = {
            part.welcome: gr.update(visible=False),
            part.live: view.live,
            composer.send: gr.update(visible=not view.busy),
            composer.stop: gr.update(visible=view.busy),
        }
        if view.history is not None:
            made[part.transcript] = view.history
        if view.past is not None:
            made[part.past] = view.past
        return made if view.busy else made | {composer.foot: local(language, self.settings), part.painted: language}

    def stop(self, visitor: Visitor) -> None:
        """End what runs for this visitor."""
        self.chat.stop(visitor["session"])


def _clicked(message: Message, event: gr.EventData) -> Message:
    """The message with what a button asks, on the data and in the language of the turn that it belongs to."""
    data = sent(event._data)
    text, query, dataset, model, language = (
        str(data.get(name) or "") for name in ("text", "query", "of", "model", "language")
    )
    wanted = language if language and message.language == AUTO else message.language
    asked = replace(message, text=text, query=query, language=wanted)
    return replace(asked, dataset=dataset or message.dataset, model=model or message.model)
