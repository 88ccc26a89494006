"""The page: layout and events joined, for one agent."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import gradio as gr
from gradio.events import Dependency

from agent.planning.agent_mode import planners
from agent.sessions.feedback import Feedback
from agent.state import Message
from agent.turn import Agent
from core.languages import complete
from core.settings import Settings
from ui.api import add_endpoints
from ui.arrivals import preferred, wanted
from ui.asking import ASKING, AT_ONCE, Asking
from ui.browse import Browse
from ui.chat import Chat
from ui.comparing import Comparing
from ui.events import QUIET, Updates, Visitor
from ui.keeping import Keeping, marks
from ui.layout import Layout, build
from ui.markup import Markup
from ui.models import card
from ui.panels import AUTO, precision_choices
from ui.planning import Planning
from ui.privacy import local
from ui.turns import own_model

THREADS = 2 * AT_ONCE  # of events, half of them for what is short; the server's own routes have threads of their own
WAITING = 64  # visitors in the queue before new ones are asked to come back
# seconds between two looks, and of age, at which Gradio deletes its own copies of files that browsers sent
SENT = (3600, 3600)
_SESSION = re.compile(r"[0-9a-f]{32}")


def make_page(agent: Agent, settings: Settings) -> gr.Blocks:
    """The page with its endpoints, ready to launch."""
    with gr.Blocks(title="Polylens", analytics_enabled=False, fill_width=True, delete_cache=SENT) as page:
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
    asking: Asking = field(init=False)

    def __post_init__(self) -> None:
        self.chat = Chat(self.agent)
        self.keeping = Keeping(self.agent, self.chat, Feedback(self.settings.cache), self.layout)
        self.browse = Browse(self.agent, self.settings, self.layout)
        self.planning = Planning(self.layout)
        self.asking = Asking(self.settings, self.layout, self.chat, self.browse, self.planning)

    def wire(self, page: gr.Blocks) -> None:
        """Join events and components."""
        loaded = page.load(self.open, self.layout.visitor, self._opened, **QUIET)
        asked = [*self.asking.wire(), self._wire_arrival(loaded)]
        self._wire_cards(loaded)  # before the rows, which take longer
        filtered = self.browse.wire()
        asked.append(Comparing(self.agent, self.asking).wire())
        cleared = self._wire_clear([*asked, *filtered])
        self._wire_language([*asked, cleared], filtered)
        self.planning.wire()
        self.keeping.wire()

    def _wire_arrival(self, loaded: Dependency) -> Dependency:
        part = self.layout
        chosen = [part.arrived, part.settled.model, part.settled.precision]
        asked = _each(*chosen, *self.asking.shown, *self.browse.outputs)
        return loaded.then(self.arrive, [part.visitor, part.arrived], asked, **ASKING | {"trigger_mode": "once"})

    def _wire_clear(self, underway: list[Dependency]) -> Dependency:
        """A new conversation; first nothing on its way is painted any more."""
        part = self.layout
        part.clear.click(None, cancels=underway, **QUIET)
        emptied = _each(part.visitor, *self.asking.shown, *self.browse.outputs)
        return part.clear.click(self.clear, self._switch, emptied, **QUIET)

    def _wire_cards(self, loaded: Dependency) -> None:
        part = self.layout
        chosen = [part.interface, part.settled.model, part.settled.precision]
        for box in (part.settled.model, part.settled.precision, part.interface):
            box.change(self.card, chosen, part.settled.card, trigger_mode="always_last", **QUIET)
        loaded.then(self.card, chosen, part.settled.card, **QUIET)

    def _wire_language(self, finished: list[Dependency], filtered: list[Dependency]) -> None:
        """Another language; pins and the language may also have changed while an answer was worked out."""
        part = self.layout
        repainted = [part.past, part.transcript, part.composer.foot, part.painted]
        for event in finished:
            event.then(self.repaint, [part.visitor, part.interface, part.painted], repainted, **QUIET)
        part.interface.input(None, cancels=filtered, **QUIET)
        part.interface.input(self.relabel, self._switch, [part.visitor, *self.worded], **QUIET)

    @property
    def _opened(self) -> list[Any]:
        part = self.layout
        return [part.visitor, part.arrived, part.live, *self.worded]

    @property
    def _switch(self) -> list[Any]:
        part = self.layout
        return [part.visitor, part.interface, part.settled.dataset]

    @property
    def worded(self) -> list[Any]:
        """Everything that shows words of the interface."""
        part = self.layout
        told = [part.transcript, part.painted, part.past]
        return [*part.labels.components, *told, *self.browse.outputs]

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
        part, last = self.layout, self._last(session)
        words = self._words(visitor, language, last.dataset or self.settings.dataset)
        for box, value in _selected(part, replace(last, interface=language)).items():
            words[box] |= {"value": value}
        words[part.interface] |= {"value": language}
        return {
            part.visitor: visitor,
            part.arrived: self.keeping.arriving(dict(request.query_params), language),
            part.live: "",
            **words,
            part.welcome: words[part.welcome] | {"visible": not words[part.transcript]},
        }

    def _last(self, session: str) -> Message:
        """The newest message that was asked of the selected model; a comparison of two models has its own."""
        turns = reversed(self.agent.history(session))
        return next((turn.message for turn in turns if not own_model(turn)), Message())

    def arrive(self, visitor: Visitor, message: Message | None) -> Iterator[Updates]:
        """Ask what a share link brought, with its model and data chosen, so that what follows is about them, too."""
        if message is None:
            yield {self.layout.arrived: None}
            return
        chosen = {self.layout.arrived: None, **_selected(self.layout, message)}
        if message.dataset and self.browse.schema(visitor["session"], message.dataset):
            chosen |= self.browse.refresh(visitor["session"], message.interface, message.dataset)
        yield from self.asking.ask(visitor, message, chosen)

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
        return labels | self._told(visitor, language) | self.browse.refresh(visitor["session"], language, dataset)

    def _told(self, visitor: Visitor, language: str) -> Updates:
        """The turns and the list of their questions."""
        part, session, kept = self.layout, visitor["session"], marks(visitor)
        return {
            part.transcript: self.chat.history(session, language, marks=kept),
            part.past: self.chat.past(session, language, kept),
            part.painted: language,
        }


def _each(*parts: Any) -> list[Any]:
    """Components in their order, each once."""
    return list(dict.fromkeys(parts))


def _selected(part: Layout, message: Message) -> Updates:
    """The selectors of model and precision as the message had them, as far as this machine offers it."""
    if not message.model:
        return {}
    offered = [name for _, name in precision_choices(message.interface)]
    precision = message.precision if message.precision in offered else AUTO
    return {part.settled.model: message.model, part.settled.precision: precision}
