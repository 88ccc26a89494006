"""One turn of the conversation as HTML: the question, how it was understood, and the answer or the progress towards it."""

from __future__ import annotations

from collections.abc import Iterable

from agent.state import Message, Turn
from core.data import Schema
from core.languages import direction
from ui.blocks import CHEVRON, render
from ui.markup import Markup, hidden, join, tag
from ui.understood import understood
from ui.words import say, say_or


def conversation(turns: Iterable[Turn], language: str, schema: Schema | None) -> Markup:
    """All turns, oldest first; the page's own words in `language`, each answer in its own."""
    return join(*(finished(turn, number, language, schema) for number, turn in enumerate(turns)))


def finished(turn: Turn, number: int, language: str, schema: Schema | None) -> Markup:
    """A turn that has its answer."""
    code = turn.reply.language
    return tag(
        "article",
        question(turn.message, turn.reply.parse, language),
        _understood(turn, number, language, schema),
        tag("div", render(turn.reply.blocks), class_="answer", lang=code, dir=direction(code)),
        class_=f"turn {turn.outcome}",
        id=f"turn-{number}",
    )


def running(message: Message, said: str, share: float, language: str) -> Markup:
    """The turn that is being worked on: the question and a slim line that grows, with the step in words."""
    line = tag(
        "span",
        tag("span", class_="line-fill", style=f"width:{max(share, 0.02):.0%}"),
        class_="line",
        aria_hidden="true",
    )
    words = tag("span", said, class_="step", role="status", dir="auto")
    return tag(
        "article",
        question(message, message.query, language),
        tag("div", line, words, class_="progress"),
        class_="turn running",
    )


def question(message: Message, query: str, language: str) -> Markup:
    """What the user said; a clicked or edited query stands for itself."""
    said = message.text or message.query or query
    fields = (
        tag(
            "div",
            tag("span", say_or(f"field.{name}", language, name), class_="own-name"),
            tag("span", text, dir="auto"),
            class_="own",
        )
        for name, text in message.fields
        if text.strip()
    )
    body = tag("div", said, class_="said" if message.text else "said query", dir="auto")
    return tag("div", hidden(say("you", language)), body, *fields, class_="you")


def _understood(turn: Turn, number: int, language: str, schema: Schema | None) -> Markup | None:
    """The reading in human words, unfolding into the canonical query, which can be changed and asked again."""
    line = understood(turn, language, schema)
    if not turn.reply.parse:
        return None
    summary = tag(
        "summary",
        tag("span", say("understood.label", language), class_="understood-label"),
        tag("span", line or turn.reply.parse, class_="understood-line", dir="auto"),
        tag("span", say("understood.edit", language), CHEVRON, class_="understood-edit"),
    )
    name = f"query-{number}"
    form = tag(
        "form",
        tag("label", say("understood.query", language), for_=name, class_="sr-only"),
        tag("input", id=name, name="query", value=turn.reply.parse, dir="auto", spellcheck="false", autocomplete="off"),
        tag("button", say("understood.again", language), type="submit"),
        class_="edit",
    )
    return tag("details", summary, form, class_="understood", data_key=f"understood {number}")
