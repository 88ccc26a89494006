"""What visitors keep: pins and ratings of turns, the conversation as a file, and links that bring an answer back."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import gradio as gr

from agent.sessions.feedback import AXES, Feedback
from agent.sharing.links import PARAMETER
from agent.sharing.reopen import reopened
from agent.state import Message
from agent.turn import Agent
from core.blocks import Notice
from core.errors import UserError
from ui.actions import Marks
from ui.blocks import notice
from ui.chat import Chat
from ui.events import QUIET, Updates, Visitor, sent
from ui.exports import FORMATS, export
from ui.layout import Layout
from ui.markup import Markup, tag
from ui.words import say

MOST = 40  # pins and rated turns that a browser keeps, as many as the page shows turns
KEY = 64  # characters of a turn's name


@dataclass(frozen=True)
class Keeping:
    """The events of pins, ratings and exports, for whichever visitor."""

    agent: Agent
    chat: Chat
    feedback: Feedback
    layout: Layout

    def wire(self) -> None:
        """Join events and components."""
        part = self.layout
        who = [part.visitor, part.interface]
        # every press is sent, also while the one before is on its way, and they are answered in order
        each = {"trigger_mode": "multiple", "concurrency_limit": 1, "concurrency_id": "keep", **QUIET}
        part.transcript.pin(self.pin, who, [part.visitor, part.past, part.told], **each)
        part.transcript.rate(self.rate, who, [part.visitor, part.told], **each)
        part.past.export(self.export, who, part.told, **QUIET)

    def pin(self, visitor: Visitor, language: str, event: gr.EventData) -> Updates:
        """A question was pinned, or its pin taken away."""
        changed = _pressed(visitor, sent(event._data))
        return {
            self.layout.visitor: changed,
            self.layout.past: self.chat.past(visitor["session"], language, marks(changed)),
            self.layout.told: "",
        }

    def rate(self, visitor: Visitor, language: str, event: gr.EventData) -> Updates:
        """A thumb or a remark, written down on this machine; the page's script is told whether it was."""
        said = sent(event._data)
        key, link, axis, remark = (str(said.get(name) or "") for name in ("key", "link", "axis", "remark"))
        way = 1 if said.get("way") == 1 else -1 if said.get("way") == -1 else 0
        about = {"data_turn": key, "data_axis": axis or None, "data_once": uuid.uuid4().hex}
        try:
            if axis:
                self.feedback.rate(visitor["session"], key, link, axis, way)
            else:
                self.feedback.remark(visitor["session"], key, link, remark)
        except UserError as error:
            before = _rated(visitor).get(key, {}).get(axis, 0)
            return {self.layout.told: tag("div", self._told(error, language), data_way=before, **about)}
        thanks = say("rate.thanks", language) if way or remark.strip() else None
        told = tag("span", hidden=True, data_thanks=thanks, **about) if thanks else ""
        return {self.layout.visitor: _pressed(visitor, said), self.layout.told: told}

    def export(self, visitor: Visitor, language: str, event: gr.EventData) -> Markup:
        """The conversation as a file, handed to the page's script, which saves it."""
        wanted = str(sent(event._data).get("format", ""))
        if wanted not in FORMATS:
            return Markup("")
        session = visitor["session"]
        name, content = export(wanted, self.agent.history(session), language, self.chat.schemas(session))
        return tag("span", say("export.saved", language, name=name), class_="file", role="status", data_file=name,
                   data_content=base64.b64encode(content).decode(), data_once=uuid.uuid4().hex)  # fmt: skip

    def arriving(self, parameters: Mapping[str, str], language: str) -> Message | None:
        """The message that a link in the page's address asks, on its own data and model; None where there is no link.

        A link that cannot be read is asked all the same: the turn then says why.
        """
        link = str(parameters.get(PARAMETER) or "")
        if not link:
            return None
        try:
            first = reopened(link)[0]
        except UserError:
            return Message(interface=language, link=link)
        return Message(
            language=first.language, interface=language, link=link,
            model=first.model, precision=first.precision, dataset=first.dataset,
        )  # fmt: skip

    def _told(self, error: UserError, language: str) -> Markup:
        return notice(Notice("error", self.agent.say_error(error, language)))


def marks(visitor: Visitor) -> Marks:
    """What the browser keeps of a visitor's pins and ratings."""
    return Marks(frozenset(_pins(visitor)), _rated(visitor))


def _pressed(visitor: Visitor, said: dict[str, Any]) -> Visitor:
    """The visitor with the pins and ratings that an event brings: all that are pressed on the page, not only the newest."""
    return {**visitor, "pins": _pins(said)[-MOST:], "rated": dict(list(_rated(said).items())[-MOST:])}


def _pins(visitor: Visitor) -> list[str]:
    kept = visitor.get("pins")
    return [str(key)[:KEY] for key in kept] if isinstance(kept, list) else []


def _rated(visitor: Visitor) -> dict[str, dict[str, int]]:
    """Ratings by turn; what is not of our making is left out, since a browser can send anything."""
    kept = visitor.get("rated")
    if not isinstance(kept, dict):
        return {}
    return {
        str(key)[:KEY]: {axis: way for axis, way in ways.items() if axis in AXES and way in (-1, 1)}
        for key, ways in kept.items()
        if isinstance(ways, dict)
    }
