"""The conversation at a glance: its questions with how they went, pinned ones first, and the ways to keep it."""

from __future__ import annotations

from collections.abc import Sequence

from agent.state import ANSWERED, ASKED, FAILED, STOPPED, Message, Turn
from core.languages import shorten
from ui.actions import PIN, Marks
from ui.blocks import CROSS, QUESTION, TICK
from ui.exports import FORMATS
from ui.markup import Markup, hidden, icon, tag
from ui.words import say

LONGEST = 90  # graphemes of a question in the list; the turn shows all of it
PENDING = "pending"
SIGNS = {
    ANSWERED: TICK,
    ASKED: QUESTION,
    FAILED: CROSS,
    STOPPED: icon("M5 5h6v6H5z"),
    PENDING: icon("M4 8h.01M8 8h.01M12 8h.01"),
}
Keyed = Sequence[tuple[str, Turn]]


def history(turns: Keyed, marks: Marks, language: str, asked: Message | None = None) -> Markup:
    """The questions, newest first and pinned before all; `asked` is being answered now. Nothing before the first question."""
    if not turns and asked is None:
        return Markup("")
    newest = list(reversed(turns))
    pinned = [one for one in newest if one[0] in marks.pins]
    rest = [one for one in newest if one[0] not in marks.pins]
    rows = [_row(key, turn, True, language) for key, turn in pinned]
    rows += [_pending(asked, language)] if asked else []
    rows += [_row(key, turn, False, language) for key, turn in rest]
    return tag(
        "section",
        tag("h2", say("history.title", language)),
        tag("ol", *rows, class_="past", tabindex=0, aria_label=say("history.title", language)),
        _keep(language) if turns else None,
        class_="asked",
    )


def _row(key: str, turn: Turn, pinned: bool, language: str) -> Markup:
    """A question; a click goes to its turn."""
    sign = tag("span", SIGNS.get(turn.outcome, QUESTION), class_="sign")
    said = hidden(f"{say(f'history.{turn.outcome}', language)}: ")
    mark = tag("span", PIN, hidden(say("history.pinned", language)), class_="pinned") if pinned else None
    text = tag("span", _text(turn.message, turn.reply.parse), class_="past-text", dir="auto")
    button = tag("button", sign, said, text, mark, type="button", data_goto=f"turn-{key}")
    return tag("li", button, class_=turn.outcome)


def _pending(message: Message, language: str) -> Markup:
    sign = tag("span", SIGNS[PENDING], class_="sign")
    text = tag("span", _text(message, message.query), class_="past-text", dir="auto")
    return tag("li", tag("span", sign, hidden(f"{say('history.pending', language)}: "), text), class_=PENDING)


def _text(message: Message, query: str) -> str:
    return shorten(message.text or message.query or query, LONGEST)


def _keep(language: str) -> Markup:
    """The conversation as a file, in four formats."""
    buttons = (
        tag(
            "button", say(f"export.{name}", language), type="button", data_export=name, title=say("export.as", language)
        )
        for name in FORMATS
    )
    return tag("div", tag("span", say("export.as", language)), *buttons, class_="keep", role="group")
