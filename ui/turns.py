"""One turn of the conversation as HTML: the question, how it was understood, and the answer or the progress towards it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from agent.state import Message, Turn
from core.data import Schema
from core.errors import UserError
from core.explanations import MODEL
from core.languages import complete, direction
from core.values import fingerprint
from models.catalog import find
from ui.actions import LINK, Marks, actions
from ui.blocks import CHEVRON, render
from ui.markup import Child, Markup, hidden, join, tag
from ui.understood import understood
from ui.words import say, say_or

COMPARE = "compare"
SchemaOf = Callable[[str], Schema | None]  # the schema of a data set by its name


def keyed(turns: Iterable[Turn]) -> list[tuple[str, Turn]]:
    """Each turn with a name that it keeps over reloads; a repeated one gets a number."""
    seen: Counter[str] = Counter()
    made = []
    for turn in turns:
        name = fingerprint((turn.message, turn.outcome, turn.seconds))
        seen[name] += 1
        made.append((name if seen[name] == 1 else f"{name}-{seen[name]}", turn))
    return made


def conversation(turns: Iterable[tuple[str, Turn]], language: str, schema_of: SchemaOf, marks: Marks) -> Markup:
    """All turns, oldest first; the page's own words in `language`, each answer in its own."""
    return join(*(finished(turn, key, language, schema_of(turn.message.dataset), marks) for key, turn in turns))


def finished(turn: Turn, key: str, language: str, schema: Schema | None, marks: Marks) -> Markup:
    """A turn that has its answer."""
    code = turn.reply.language
    return tag(
        "article",
        question(turn.message, turn.reply.parse, language, turn.utterance.language if turn.utterance else ""),
        _understood(turn, key, language, schema),
        tag("div", render(turn.reply.blocks), class_="answer", lang=code, dir=direction(code)),
        actions(turn, key, language, marks),
        class_=f"turn {turn.outcome}",
        id=f"turn-{key}",
        data_of=turn.message.dataset or None,
        data_model=own_model(turn) or None,
        data_language=_wanted(turn) or None,
    )


def own_model(turn: Turn) -> str:
    """The first model of a comparison of two, whose query names only the second; "" where the selected model was asked."""
    two = (one.request for one in turn.answers if one.request.operation == COMPARE and one.request.slot(MODEL))
    return next((request.model for request in two), "")


def _wanted(turn: Turn) -> str:
    """The language that the answer was wanted in, in words or by a selector; "" where that of the question was as good."""
    wanted = (turn.message.language, turn.parse.language if turn.parse else "")
    return next((language for language in wanted if language in complete()), "")


def running(
    message: Message, said: str, share: float, language: str, since: float = 0.0, foretold: Child = None
) -> Markup:
    """The turn that is being worked on: the question and a slim line that grows, with the step in words and the seconds so far.

    `foretold` is what was said of its cost before it began.
    """
    line = tag(
        "span",
        tag("span", class_="line-fill", style=f"width:{max(share, 0.02):.0%}"),
        class_="line",
        aria_hidden="true",
    )
    clock = say("progress.seconds", language, seconds=f"{since:.0f}") if since >= 1 else ""
    # read aloud every second, the clock would drown everything else
    passed = tag("span", clock, class_="clock", aria_hidden="true")
    words = tag("span", tag("span", said, role="status", dir="auto"), passed, class_="step")
    return tag(
        "article",
        question(message, message.query, language),
        tag("div", line, words, foretold, class_="progress"),
        class_="turn running",
        data_of=message.dataset or None,
        data_model=message.model or None,
    )


def question(message: Message, query: str, language: str, spoken: str = "") -> Markup:
    """What the user said, in the language `spoken`; a clicked or edited query stands for itself."""
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
    kind = "said" if message.text else "said query"
    body = tag("div", said, class_=kind, dir="auto", lang=spoken if message.text and spoken else None) if said else None
    source = tag("span", LINK, say("from_link", language), class_="from") if message.link else None
    plans = (
        tag("span", say("plan.by", language, model=_title(message.planner)), class_="by") if message.planner else None
    )
    return tag("div", hidden(say("you", language)), body, *fields, source, plans, class_="you")


def _title(name: str) -> str:
    """A model's title; a name that is known no more stands for itself."""
    try:
        return find(name).title
    except UserError:
        return name


def _understood(turn: Turn, key: str, language: str, schema: Schema | None) -> Markup | None:
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
    name = f"query-{key}"
    form = tag(
        "form",
        tag("label", say("understood.query", language), for_=name, class_="sr-only"),
        tag("input", id=name, name="query", value=turn.reply.parse, dir="auto", spellcheck="false", autocomplete="off"),
        tag("button", say("understood.again", language), type="submit"),
        class_="edit",
    )
    return tag("details", summary, form, class_="understood", data_key=f"understood {key}")
