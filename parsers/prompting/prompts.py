"""The prompts of the language-model parsers: demonstrations and the question as blocks of named lines; texts are data."""

from __future__ import annotations

from collections.abc import Sequence

from core.dialogue import Utterance
from models.prompts.prompting import Piece
from parsers.notation.shapes import names
from parsers.prompting.demonstrations import Demonstration
from parsers.prompting.sayable import whole

SHOWN = 1_500  # characters of a long message that the model reads: its head and its tail
QUERY = "Each question to an explanation system is translated into one query. Texts and numbers are copied as they stand.\n\n"
OPERATION = "Each question asks an explanation system for an operation. The operations are: {names}.\n\n"


def query_prompt(shown: Sequence[Demonstration], utterance: Utterance) -> tuple[Piece, ...]:
    """Questions and queries; the query of the last question is to be written, after a space."""
    return (Piece(QUERY), *_blocks([(one.text, one.query) for one in shown], "Query"), *_asked(utterance, "Query"))


def operation_prompt(shown: Sequence[Demonstration], utterance: Utterance) -> tuple[Piece, ...]:
    """Questions and operations; those of the last question are to be written, after a space."""
    pairs = [(one.text, "; ".join(one.operations)) for one in shown]
    header = OPERATION.format(names=", ".join(names()))
    return (Piece(header), *_blocks(pairs, "Operation"), *_asked(utterance, "Operation"))


def plain(prompt: Sequence[Piece]) -> str:
    """The prompt as one text, for models that take nothing else."""
    return "".join(piece.text for piece in prompt)


def _asked(utterance: Utterance, answer: str) -> tuple[Piece, ...]:
    text, half = whole(utterance.text), SHOWN // 2
    text = text if len(text) <= SHOWN else f"{text[:half]} … {text[-half:]}"
    return Piece("Question: "), Piece(_line(text), data=True), Piece(f"\n{answer}:")


def _blocks(pairs: Sequence[tuple[str, str]], answer: str) -> list[Piece]:
    return [Piece(f"Question: {_line(text)}\n{answer}: {said}\n\n") for text, said in pairs]


def _line(text: str) -> str:
    """On one line, so that a message cannot write blocks of its own."""
    return " ".join(text.split())
