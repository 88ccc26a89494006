"""Telling neighbours: the rows that go with a text, each with its similarity or its influence."""

from __future__ import annotations

from agent.telling.base import Teller, tells, word
from agent.words import number, percent, say
from core.blocks import Block, Rows
from core.data import Instance
from core.explanations import Neighbours

SIMILARITY, GRADIENTS = "cosine", "gradients"


@tells(Neighbours)
def neighbours(teller: Teller, made: Neighbours) -> list[Block]:
    """A sentence, the rows with their scores, and for influence what the signs mean."""
    facts: dict[str, object] = {"count": len(made.rows), "searched": made.searched}
    if made.prediction:
        facts["label"] = teller.label(made.prediction.label)
        facts["confidence"] = percent(made.prediction.confidence, teller.language)
    if made.unit == SIMILARITY and not made.rows:
        return [teller.say("none")]
    steps = "_step" if made.unit == GRADIENTS else ""
    sentence = teller.say(f"one{steps}" if len(made.rows) == 1 else f"several{steps}", **facts)
    quote = [] if made.instance.id is None else teller.quoted(made.instance)
    blocks: list[Block] = [*quote, sentence, _rows(teller, made)]
    if made.unit == SIMILARITY:
        return blocks
    unit = say(f"unit.{made.unit}", teller.language)
    exact = [teller.say("exact")] if made.provenance.method == "leave_one_out" else []
    return [*blocks, teller.say(f"sign{steps}", unit=unit), *exact]


def _rows(teller: Teller, made: Neighbours) -> Rows:
    column = "similarity" if made.unit == SIMILARITY else "influence"
    names = ("id", "text", "label", "language", column)
    pairs = zip(made.rows, made.scores, strict=True)
    cells = tuple(_cells(teller, row, _score(made.unit, score, teller.language)) for row, score in pairs)
    return Rows(tuple(word("column", name, teller.language) for name in names), cells)


def _cells(teller: Teller, row: Instance, score: str) -> tuple[str, ...]:
    number_of = "–" if row.id is None else str(row.id)
    return (number_of, row.text, teller.cell("label", row.label), teller.cell("language", row.language), score)


def _score(unit: str, score: float, language: str) -> str:
    """Influences of one row among many are small, so they get more digits."""
    return number(score, language) if unit == SIMILARITY else number(score, language, 4, sign=True)
