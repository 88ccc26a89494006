"""The model panel: what is known of the chosen model before it is loaded, or why it cannot be had."""

from __future__ import annotations

from agent.running.costs import Weights
from agent.turn import Agent
from core.blocks import Notice
from core.errors import UserError
from core.languages import languages
from ui.blocks import notice
from ui.markup import Markup, tag
from ui.words import say

MILLION = 1_000_000
SHOWN = 4  # languages by name; of more, the number
MULTILINGUAL = "multilingual"


def card(agent: Agent, model: str, precision: str, language: str) -> Markup:
    """Two lines: what the model is, and what loading it takes."""
    try:
        found = agent.weights(model, precision)
        size = 0 if found.here else found.row.download_mb or agent.size(model) // MILLION
    except UserError as error:
        return notice(Notice("error", agent.say_error(error, language)))
    lines = (_what(found, language), _cost(found, size, language))
    return tag("div", *(tag("p", " · ".join(line), dir="auto") for line in lines if line), class_="card")


def _what(found: Weights, language: str) -> list[str]:
    row = found.row
    size = say("card.parameters", language, number=round(row.parameters / MILLION)) if row.parameters else ""
    return [fact for fact in (size, row.licence, _languages(row.languages, language)) if fact]


def _languages(codes: tuple[str, ...], language: str) -> str:
    if MULTILINGUAL in codes:
        return say("card.multilingual", language)
    if len(codes) > SHOWN:
        return say("card.languages", language, number=len(codes))
    return ", ".join(languages()[code].native for code in codes if code in languages())


def _cost(found: Weights, size: int, language: str) -> list[str]:
    memory = say("card.memory", language, memory=found.memory // MILLION) if found.memory else ""
    if found.loaded:
        state = say("card.loaded", language)
    else:
        state = say("card.here", language) if found.here else say("card.download", language, size=size)
    return [fact for fact in (memory, state) if fact]
