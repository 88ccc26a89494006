"""What can be done with a finished turn: copy, share, see the code, ask again, edit, pin and rate; icons that have names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from agent.sessions.feedback import AXES
from agent.sharing.code import command, snippet
from agent.sharing.links import PARAMETER
from agent.sharing.reopen import link_of, repeatable
from agent.state import ANSWERED, Turn
from core.dialogue import Request
from ui.markup import Attribute, Markup, icon, join, tag
from ui.words import say

COPY = icon("M6 5.5h7v8H6z M10 5.5v-3H3v8h3")
LINK = icon(
    "M6.8 9.2a2.6 2.6 0 0 0 3.7 0l2.2-2.2a2.6 2.6 0 0 0-3.7-3.7l-1 1"
    "M9.2 6.8a2.6 2.6 0 0 0-3.7 0L3.3 9a2.6 2.6 0 0 0 3.7 3.7l1-1"
)
AGAIN = icon("M13 8a5 5 0 1 1-1.5-3.6 M13.2 2.2v2.7h-2.7")
EDIT = icon("M3 13l.6-2.8 7.2-7.2 2.2 2.2-7.2 7.2z")
PIN = icon("M9.8 2.6l3.6 3.6-2.2.8-2.1 3.2.3 1.8-5.4-5.4 1.8.3 3.2-2.1z M6.4 9.6L3 13")
CODE = icon("M5.5 4.5L2 8l3.5 3.5 M10.5 4.5L14 8l-3.5 3.5")
THUMB = icon(
    "M5 7.2v5.8H3V7.2z M5 7.2l2.2-4.7c1 0 1.7.7 1.5 1.7l-.4 2.1h3.4c.8 0 1.4.7 1.2 1.5l-.8 4c-.2.7-.7 1.2-1.5 1.2H5"
)
OPENS = {CODE: "code", THUMB: "rate"}
UP, DOWN = 1, -1


@dataclass(frozen=True)
class Marks:
    """What a visitor has pinned (keys of turns), and rated (key of a turn → axis → 1 or −1). The browser keeps them."""

    pins: frozenset[str] = frozenset()
    rated: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


def actions(turn: Turn, key: str, language: str, marks: Marks) -> Markup:
    """The row beneath an answer. Link, code and rating only where there is an answer that can be had again."""
    requests = repeatable(turn) if turn.outcome == ANSWERED else ()
    link, said = link_of(requests), turn.message.text or turn.reply.parse or turn.message.query
    panels = {CODE: _code(requests, language)} if requests else {}
    panels |= {THUMB: _rating(key, link, language, marks.rated.get(key, {}))} if link else {}
    buttons = (
        _button(COPY, "copy", language, data_copy=turn.reply.plain, data_done=say("action.copied", language)),
        _link(turn, link, language) if link else None,
        _again(turn, language),
        _button(EDIT, "edit", language, data_edit=said) if said else None,
        _button(PIN, "pin", language, data_pin=key, aria_pressed=_said(key in marks.pins)),
        *(_opener(drawn, OPENS[drawn], key, language) for drawn in panels),
        tag("span", class_="done", role="status"),
    )
    row = tag("div", *buttons, class_="act-row", role="group", aria_label=say("action.all", language))
    parts = (_panel(part, OPENS[drawn], key) for drawn, part in panels.items())
    return tag("div", row, *parts, class_="actions")


def _button(drawn: Markup, name: str, language: str, **facts: Attribute) -> Markup:
    said = say(f"action.{name}", language)
    return tag("button", drawn, type="button", class_="act", aria_label=said, title=said, **facts)


def _link(turn: Turn, link: str, language: str) -> Markup:
    """A link that asks for the same answers; of a plan it brings back what the steps found, not what the model wrote."""
    said = say("plan.link" if turn.message.planner else "action.link", language)
    done = say("action.linked", language)
    return tag(
        "button", LINK, type="button", class_="act", aria_label=said, title=said, data_link=f"?{PARAMETER}={link}",
        data_done=done,
    )  # fmt: skip


def _again(turn: Turn, language: str) -> Markup | None:
    """The same question; by its reading where there is one, since a form's texts stand only there."""
    query = turn.reply.parse or turn.message.query
    text = turn.message.text or query
    possible = text and (query or not turn.message.fields)
    return _button(AGAIN, "again", language, data_say=text, data_query=query or None) if possible else None


def _opener(drawn: Markup, name: str, key: str, language: str) -> Markup:
    """A button that opens its panel beneath the row, and closes it."""
    place = f"{name}-{key}"
    return _button(drawn, name, language, data_opens=place, aria_expanded="false", aria_controls=place)


def _panel(part: Markup, name: str, key: str) -> Markup:
    return tag("div", part, class_="fold-body", id=f"{name}-{key}", hidden=True)


def _code(requests: Sequence[Request], language: str) -> Markup:
    """How to get the same answer in Python, and in the terminal."""
    parts = [_block("code.python", "\n\n".join(snippet(one) for one in requests), language)]
    commands = "\n".join(filter(None, map(command, requests)))
    return join(*parts, _block("code.command", commands, language) if commands else None)


def _block(title: str, text: str, language: str) -> Markup:
    """Code with a button that copies it."""
    copied = say("action.copied", language)
    button = _button(COPY, "copy_code", language, data_copy=text, data_done=copied)
    head = tag("div", tag("span", say(title, language), class_="block-title"), button, class_="code-head")
    return tag("div", head, tag("pre", tag("code", text), tabindex=0, dir="ltr"), class_="code-block")


def _rating(key: str, link: str, language: str, rated: Mapping[str, int]) -> Markup:
    """Two thumbs for each of three axes, and a remark that is only kept when it is sent."""
    axes = tag("div", *(_axis(key, link, axis, rated.get(axis, 0), language) for axis in AXES), class_="axes")
    remark = say("rate.remark", language)
    form = tag(
        "form",
        tag("input", name="remark", autocomplete="off", dir="auto", placeholder=remark, aria_label=remark),
        tag("button", say("rate.save", language), type="submit"),
        class_="edit",
        data_remark=key,
        data_to=link,
    )
    return join(axes, form, tag("p", say("rate.kept", language), class_="meta"))


def _axis(key: str, link: str, axis: str, given: int, language: str) -> Markup:
    name = say(f"rate.{axis}", language)
    return tag(
        "div",
        tag("span", name),
        *(_thumb(key, link, axis, way, given == way, name, language) for way in (UP, DOWN)),
        class_="axis",
        role="group",
        aria_label=name,
    )


def _thumb(key: str, link: str, axis: str, way: int, pressed: bool, name: str, language: str) -> Markup:
    said = say("rate.yes" if way == UP else "rate.no", language, axis=name)
    return tag(
        "button",
        THUMB,
        type="button",
        class_="act" if way == UP else "act down",
        data_rate=axis,
        data_key=key,
        data_to=link,
        data_way=way,
        aria_pressed=_said(pressed),
        aria_label=said,
        title=said,
    )


def _said(holds: bool) -> str:
    return "true" if holds else "false"
