"""The page: layout and events joined, for one agent."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import gradio as gr

from agent.agent_mode import planners
from agent.feedback import Feedback
from agent.state import Message
from agent.turn import Agent
from core.languages import complete
from core.settings import Settings
from ui.api import add_endpoints
from ui.arrivals import preferred, wanted
from ui.browse import QUIET, Browse
from ui.chat import Chat, View
from ui.comparing import Comparing
from ui.keeping import Keeping, Visitor, marks
from ui.layout import Layout, build, busy
from ui.markup import Markup
from ui.models import card
from ui.panels import AUTO, precision_choices
from ui.planning import Planning
from ui.privacy import local
from ui.welcome import more, welcome
from ui.words import say

AT_ONCE = 32  # visitors who see progress at the same time; ui.worker decides how many turns are worked on
THREADS = 2 * AT_ONCE  # of events, half of them for what is short; the server's own routes have threads of their own
WAITING = 64  # visitors in the queue before new ones are asked to come back
_SESSION = re.compile(r"[0-9a-f]{32}")
Updates = dict[Any, Any]


def make_page(agent: Agent, settings: Settings) -> gr.Blocks:
    """The page with its endpoints, ready to launch."""
    with gr.Blocks(title="Polylens", analytics_enabled=False, fill_width=True) as page:
        layout = build(settings, agent.models(), agent.datasets(""), planners(agent))
        made = Page(agent, settings, layout)
        made.wire(page)
        add_endpoints(agent, settings, made.chat.running)
    page.queue(max_size=WAITING, default_concurrency_limit=16, api_open=False)
    return page


@dataclass
class Page:
    """What happens when: every event of the page, for whoever caused it. Holds nothing of any visitor."""

    agent: Agent
    settings: Settings
    layout: Layout
    chat: Chat = field(init=False)
    browse: Browse = field(init=False)
    keeping: Keeping = field(init=False)
    planning: Planning = field(init=False)

    def __post_init__(self) -> None:
        self.chat = Chat(self.agent)
        self.keeping = Keeping(self.agent, self.chat, Feedback(self.settings.cache), self.layout)
        self.browse = Browse(self.agent, self.settings, self.layout)
        self.planning = Planning(self.layout)

    def wire(self, page: gr.Blocks) -> None:
        """Join events and components."""
        all_of = self.layout
        context = [
            all_of.visitor, all_of.interface, all_of.settled.model, all_of.settled.precision,
            all_of.settled.dataset, all_of.settled.answers, *self.planning.inputs,
        ]  # fmt: skip
        composer = all_of.composer
        shown = [
            all_of.welcome, all_of.transcript, all_of.live, all_of.past, all_of.told,
            composer.send, composer.stop, composer.foot, all_of.painted,
        ]  # fmt: skip
        typed = [composer.message, *composer.fields]
        asking = {"concurrency_limit": AT_ONCE, "concurrency_id": "ask", "trigger_mode": "multiple", **QUIET}
        asked = [
            gr.on(
                [composer.send.click, composer.message.submit],
                self.typed,
                [*context, *typed],
                [*shown, *typed],
                **asking,
            )
        ]
        for part in (all_of.welcome, all_of.transcript, all_of.samples, all_of.rows):
            asked.append(part.ask(self.clicked, context, shown, **asking))
        asked.append(all_of.live.ask(self.instead, context, shown, **asking))
        composer.stop.click(self.stop, all_of.visitor, None, queue=False, **QUIET)
        opened = [all_of.visitor, all_of.arrived, all_of.interface, all_of.live, *self.worded]
        loaded = page.load(self.open, all_of.visitor, opened, **QUIET)
        arrival = [all_of.arrived, all_of.settled.model, all_of.settled.precision, *shown, *self.browse.outputs]
        arriving = {**asking, "trigger_mode": "once"}
        asked.append(loaded.then(self.arrive, [all_of.visitor, all_of.arrived], arrival, **arriving))
        chosen = [all_of.interface, all_of.settled.model, all_of.settled.precision]
        for part in (all_of.settled.model, all_of.settled.precision, all_of.interface):  # first: rows take longer
            part.change(self.card, chosen, all_of.settled.card, trigger_mode="always_last", **QUIET)
        loaded.then(self.card, chosen, all_of.settled.card, **QUIET)
        filtered = self.browse.wire()
        asked.append(Comparing(self.agent, all_of, self._ask).wire(shown, asking))
        switch = [all_of.visitor, all_of.interface, all_of.settled.dataset]
        all_of.clear.click(None, cancels=[*asked, *filtered], **QUIET)  # first: nothing on its way is painted any more
        cleared = all_of.clear.click(self.clear, switch, [all_of.visitor, *shown, *self.browse.outputs], **QUIET)
        now = [all_of.visitor, all_of.interface, all_of.painted]
        repainted = [all_of.past, all_of.transcript, composer.foot, all_of.painted]
        for one in (*asked, cleared):  # pins and the language may have changed while the answer was worked out
            one.then(self.repaint, now, repainted, **QUIET)
        all_of.interface.input(None, cancels=filtered, **QUIET)
        all_of.interface.input(self.relabel, switch, [all_of.visitor, *self.worded], **QUIET)
        self.planning.wire()
        self.keeping.wire()

    @property
    def worded(self) -> list[Any]:
        """Everything that shows words of the interface."""
        part = self.layout
        told = [part.transcript, part.painted, part.past]
        return [*part.labels.components, part.welcome, part.samples, *told, *self.browse.outputs]

    def typed(
        self, visitor: Visitor, interface: str, model: str, precision: str, dataset: str, answers: str, several: bool,
        planner: str, text: str, first: str, second: str,
    ) -> Iterator[Updates]:  # fmt: skip
        """A message from the composer, with the two fields where the data have two."""
        schema = self.browse.schema(visitor["session"], dataset)
        own = tuple(zip(schema.fields, (first, second), strict=True)) if schema and len(schema.fields) == 2 else ()
        fields = own if any(value.strip() for _, value in own) else ()
        if not text.strip() and fields:
            text = say("form_question", interface)
        plans = self.planning.planner(several, planner)
        message = Message(text, answers, interface, model or "", precision, dataset, fields, planner=plans)
        empty = dict.fromkeys((self.layout.composer.message, *self.layout.composer.fields), "")
        yield from self._ask(visitor, message, empty)

    def clicked(
        self, visitor: Visitor, interface: str, model: str, precision: str, dataset: str, answers: str, several: bool,
        planner: str, event: gr.EventData,
    ) -> Iterator[Updates]:  # fmt: skip
        """A sample, a suggestion, an edited query or a row of the data: its question is asked."""
        message = _clicked(Message("", answers, interface, model or "", precision, dataset), event)
        plans = "" if message.query else self.planning.planner(several, planner)
        yield from self._ask(visitor, replace(message, planner=plans), {})

    def instead(
        self, visitor: Visitor, interface: str, model: str, precision: str, dataset: str, answers: str, several: bool,
        planner: str, event: gr.EventData,
    ) -> Iterator[Updates]:  # fmt: skip
        """The cheaper choice beside what is being worked on."""
        message = Message("", answers, interface, model or "", precision, dataset)
        views = self.chat.instead(visitor["session"], _clicked(message, event), marks(visitor))
        yield from self._views(views, interface, {})

    def _ask(self, visitor: Visitor, message: Message, accepted: Updates) -> Iterator[Updates]:
        """The views of one turn; `accepted` is what the composer becomes once the message was taken."""
        views = self.chat.ask(visitor["session"], message, marks(visitor))
        yield from self._views(views, message.interface, accepted)

    def _views(self, views: Iterator[View], language: str, accepted: Updates) -> Iterator[Updates]:
        """The views as updates of the page, the first with `accepted`; where there are none, that the turn before still runs."""
        began = False
        for view in views:
            yield self._shown(view, language) | ({} if began else {self.layout.told: "", **accepted})
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

    def clear(self, visitor: Visitor, language: str, dataset: str) -> Iterator[Updates]:
        """A new conversation in a session of its own, with neither the turns nor the files of the one before."""
        self.chat.forget(visitor["session"])
        session = uuid.uuid4().hex
        part, composer, kept = self.layout, self.layout.composer, self.browse.known(session, dataset)
        yield {
            part.visitor: {**visitor, "session": session, "pins": [], "rated": {}},
            part.settled.dataset: kept,  # before its choices become fewer: see ui.sides
            **dict.fromkeys((part.past, part.transcript, part.live, part.told), ""),
            part.welcome: gr.update(visible=True),
            composer.send: gr.update(visible=True),
            composer.stop: gr.update(visible=False),
            composer.foot: local(language, self.settings),
        }
        yield self.browse.refresh(session, language, kept)

    def open(self, visitor: Visitor | None, request: gr.Request) -> Updates:
        """The page as this visitor left it, or a new one in the language that the browser prefers."""
        known = visitor or {}
        session = known.get("session", "")
        session = session if _SESSION.fullmatch(session) else uuid.uuid4().hex
        kept = known.get("interface", "")
        language = wanted(request) or (kept if kept in complete() else "") or preferred(request)
        visitor = {**known, "session": session, "interface": language}
        part, words = self.layout, self._words(visitor, language, self.settings.dataset)
        return {
            part.visitor: visitor,
            part.arrived: self.keeping.arriving(dict(request.query_params), language),
            part.interface: gr.update(label=say("panel.interface", language), value=language),
            part.live: "",
            **words,
            part.welcome: gr.update(value=self._welcome(language), visible=not words[part.transcript]),
        }

    def arrive(self, visitor: Visitor, message: Message | None) -> Iterator[Updates]:
        """Ask what a share link brought, with its model and data chosen, so that what follows is about them, too."""
        part = self.layout
        if message is None:
            yield {part.arrived: None}
            return
        chosen: Updates = {part.arrived: None}
        if message.model:
            offered = [name for _, name in precision_choices(message.interface)]
            precision = message.precision if message.precision in offered else AUTO
            chosen |= {part.settled.model: message.model, part.settled.precision: precision}
        if message.dataset and self.browse.schema(visitor["session"], message.dataset):
            chosen |= self.browse.refresh(visitor["session"], message.interface, message.dataset)
        yield from self._ask(visitor, message, chosen)

    def card(self, interface: str, model: str, precision: str) -> Markup:
        """What is known of the chosen model."""
        return card(self.agent, model or "", precision, interface)

    def repaint(self, visitor: Visitor, interface: str, painted: str) -> Updates:
        """The list of questions as it is now; the turns, too, where they were `painted` in the language that the page had before."""
        if painted == interface:
            return {self.layout.past: self.chat.past(visitor["session"], interface, marks(visitor))}
        return {self.layout.composer.foot: local(interface, self.settings), **self._told(visitor, interface)}

    def relabel(self, visitor: Visitor, interface: str, dataset: str) -> Updates:
        """The whole page in another language; the answers stay as they were said."""
        changed = {**visitor, "interface": interface}
        return {self.layout.visitor: changed, **self._words(changed, interface, dataset)}

    def _words(self, visitor: Visitor, language: str, dataset: str) -> Updates:
        part = self.layout
        labels: Updates = dict(zip(part.labels.components, part.labels.updates(language), strict=True))
        samples = more(self.agent.examples(language), language)
        own = {part.welcome: self._welcome(language), part.samples: samples}
        return labels | own | self._told(visitor, language) | self.browse.refresh(visitor["session"], language, dataset)

    def _told(self, visitor: Visitor, language: str) -> Updates:
        """The turns and the list of their questions."""
        part, session, kept = self.layout, visitor["session"], marks(visitor)
        return {
            part.transcript: self.chat.history(session, language, marks=kept),
            part.past: self.chat.past(session, language, kept),
            part.painted: language,
        }

    def _welcome(self, language: str) -> Markup:
        return welcome(self.agent.examples(language), language)


def _clicked(message: Message, event: gr.EventData) -> Message:
    """The message with what a button asks, on the data of the turn that it belongs to."""
    data = event._data or {}
    text, query, dataset = (str(data.get(name) or "") for name in ("text", "query", "of"))
    return replace(message, text=text, query=query, dataset=dataset or message.dataset)
