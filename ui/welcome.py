"""What a newcomer sees: what this is, and three questions that a click asks."""

from __future__ import annotations

from collections.abc import Sequence

from core.languages import direction
from ui.markup import Markup, icon, tag
from ui.understood import title_of
from ui.words import say

FIRST = 3
MOON = icon("M13 9.8A5.5 5.5 0 0 1 6.2 3 5.5 5.5 0 1 0 13 9.8z")
MARK = tag(
    "svg",
    tag("circle", cx="9", cy="12", r="6.2"),
    tag("circle", cx="15", cy="12", r="6.2"),
    class_="mark",
    viewBox="0 0 24 24",
    aria_hidden="true",
)


def brand(language: str) -> Markup:
    """Name, and the switch between light and dark."""
    said = say("theme", language)
    theme = tag("button", MOON, type="button", data_theme="", class_="ghost", aria_label=said, title=said)
    return tag(
        "div",
        tag("h1", MARK, say("title", language), data_interface=language, data_direction=direction(language)),
        theme,
        class_="brand",
    )


def views(language: str) -> Markup:
    """The two views that a narrow page shows one at a time; the first is open at first."""
    buttons = (
        tag("button", say(f"nav.{name}", language), type="button", data_view=name, aria_pressed=pressed)
        for name, pressed in (("chat", "true"), ("panel", "false"))
    )
    return tag("nav", *buttons)


def welcome(examples: Sequence[tuple[str, str]], language: str) -> Markup:
    """Headline, two sentences, three questions. An example is a question and its canonical query."""
    chips = (_chip(question, query, language) for question, query in examples[:FIRST])
    return tag(
        "section",
        tag("h2", say("headline", language)),
        tag("p", say("intro", language), class_="intro"),
        tag("p", say("try", language), class_="try"),
        tag("div", *chips, class_="chips"),
        class_="welcome",
    )


def _chip(question: str, query: str, language: str) -> Markup:
    title = tag("span", title_of(query, language), class_="chip-title")
    return tag(
        "button",
        title,
        tag("span", question, class_="chip-text", dir="auto"),
        type="button",
        class_="chip",
        data_say=question,
    )


def more(examples: Sequence[tuple[str, str]], language: str) -> Markup:
    """All sample questions, folded, for later."""

    def meta(query: str) -> Markup:
        return tag("span", title_of(query, language), class_="meta")

    rows = (
        tag("li", tag("button", tag("span", question, dir="auto"), meta(query), type="button", data_say=question))
        for question, query in examples
    )
    return tag(
        "details",
        tag("summary", say("panel.examples", language)),
        tag("ul", *rows),
        class_="samples",
        data_key="samples",
    )
