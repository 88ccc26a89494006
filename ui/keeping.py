"""What visitors keep: pins and ratings of turns, the conversation as a file, and links that bring an answer back."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import gradio as gr

from agent.feedback import AXES, Feedback
from agent.links import PARAMETER
from agent.reopen import reopened
from agent.state import Message
from agent.turn import Agent
from core.blocks import Notice
from core.errors import UserError
from ui.actions import Marks
from ui.blocks import notice
from ui.browse import QUIET
from ui.chat import Chat
from ui.exports import export
from ui.history import FORMATS
from ui.layout import Layout
from ui.markup import Markup, tag
from ui.words import say

MOST = 40  # pins and rated turns that a browser keeps, as many as the page shows turns
Updates = dict[Any, Any]
Visitor = dict[str, Any]


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
        part.transcript.pin(self.pin, who, [part.visitor, part.past], **QUIET)
        part.transcript.rate(self.rate, who, [part.visitor, part.told], **QUIET)
        part.past.export(self.export, [*who, part.settled.dataset], part.told, **QUIET)

    def pin(self, visitor: Visitor, language: str, event: gr.EventData) -> Updates:
        """Pin a question, or take its pin away."""
        key, pins = str(_data(event).get("key", ""))[:64], _pins(visitor)
        kept = [one for one in pins if one != key] if key in pins else [*pins, key]
        changed = {**visitor, "pins": kept[-MOST:]}
        return {
            self.layout.visitor: changed,
            self.layout.past: self.chat.past(visitor["session"], language, marks(changed)),
        }

    def rate(self, visitor: Visitor, language: str, event: gr.EventData) -> Updates:
        """A thumb or a remark, written down on this machine."""
        said = _data(event)
        key, link, axis = (str(said.get(name) or "") for name in ("key", "link", "axis"))
        way = 1 if said.get("way") == 1 else -1 if said.get("way") == -1 else 0
        try:
            if "remark" in said:
                self.feedback.remark(visitor["session"], key, link, str(said["remark"]))
                return {}
            self.feedback.rate(visitor["session"], key, link, axis, way)
        except UserError as error:
            return {self.layout.told: self._told(error, language)}
        rated = {name: dict(ways) for name, ways in _rated(visitor).items() if name != key}
        rated[key] = {**_rated(visitor).get(key, {}), axis: way}
        return {self.layout.visitor: {**visitor, "rated": dict(list(rated.items())[-MOST:])}}

    def export(self, visitor: Visitor, language: str, dataset: str, event: gr.EventData) -> Markup:
        """The conversation as a file, handed to the page's script, which saves it."""
        wanted = str(_data(event).get("format", ""))
        if wanted not in FORMATS:
            return Markup("")
        try:
            schema = self.agent.dataset(visitor["session"], dataset).schema
            name, content = export(wanted, self.agent.history(visitor["session"]), language, schema)
        except UserError as error:
            return self._told(error, language)
        return tag("span", say("export.saved", language, name=name), class_="file", role="status",
                   data_file=name, data_content=base64.b64encode(content).decode())  # fmt: skip

    def arriving(self, parameters: Mapping[str, str], language: str) -> Message | None:
        """The message that a link in the page's address asks, on its own data and model; None where there is no link.

        A link that cannot be read is asked all the same: the turn then says why.
        """
        link = str(parameters.get(PARAMETER) or parameters.get("ask") or "")
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


def _pins(visitor: Visitor) -> list[str]:
    kept = visitor.get("pins")
    return [str(key) for key in kept] if isinstance(kept, list) else []


def _rated(visitor: Visitor) -> dict[str, dict[str, int]]:
    """Ratings by turn; what is not of our making is left out, since a browser can send anything."""
    kept = visitor.get("rated")
    if not isinstance(kept, dict):
        return {}
    return {
        str(key): {axis: way for axis, way in ways.items() if axis in AXES and way in (-1, 1)}
        for key, ways in kept.items()
        if isinstance(ways, dict)
    }


def _data(event: gr.EventData) -> dict[str, Any]:
    found = event._data
    return found if isinstance(found, dict) else {}
