"""Edits that a language model writes itself: the beginning of the text, gone on with as texts of the wanted label go on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from core.data import Dataset, Instance
from core.delimit import named
from core.script import ends
from explainers.edits.lexicon import training_rows
from explainers.edits.text import Draft, Move, changes_to
from models.pieces import Unit

CONTINUED, COST = "continued", 0.6
SHOWN = 4  # training rows of the wanted label in the prompt: a longer one costs more than the answers
PLACES = 8  # beginnings that are gone on with, together
TOKENS = 28  # of one sentence; what is not finished by then is no edit


class Continues(Protocol):
    """What goes on with many texts at once: models.generation.batch_writer.BatchWriter."""

    def write(self, prompts: Sequence[str], tokens: int, seeds: Sequence[int], openings: Sequence[str]) -> list[str]:
        """What follows each opening."""
        ...


def demonstrations_of(dataset: Dataset, instance: Instance, label: str) -> str:
    """A prompt of short training rows with this label, in the text's language, always the same; "" where there are none."""
    rows = [row for row in training_rows(dataset, instance.language) if row.label == label]
    shown = sorted(rows, key=lambda row: (len(row.text), row.id or 0))[: len(rows) // 2]
    if not shown:
        return ""
    picked = shown[:: max(1, len(shown) // SHOWN)][:SHOWN]
    field = instance.fields[-1][0]
    head = f"Label: {named(label)}\n{named(field).capitalize()}:\n"
    return "\n\n".join([*(head + dict(row.fields)[field] for row in picked), head])


def continuations(writer: Continues, prompt: str, instance: Instance, places: Sequence[Unit]) -> list[Draft]:
    """For each place in the last field what the model writes there, in the place of the rest of the sentence and of all the rest."""
    field, text = instance.fields[-1]
    starts = [unit.start for unit in places if unit.field == field and text[: unit.start].strip()]
    begun = [text[:start].rstrip() for start in dict.fromkeys(starts)][:PLACES]
    if not prompt or not begun:
        return []
    said = writer.write([prompt] * len(begun), TOKENS, [0] * len(begun), begun)
    found: dict[Draft, None] = {}
    for opening, more in zip(begun, said, strict=True):
        for new in _joined(text, opening, more):
            changes = changes_to(field, text, new)
            found[tuple(Move((change,), CONTINUED, COST) for change in changes)] = None
    return sorted((draft for draft in found if draft), key=lambda draft: -draft[0].changes[0].start)


def _joined(text: str, opening: str, more: str) -> list[str]:
    """The text with the rest of the sentence written anew, and the same without what came after; none of unfinished sentences."""
    line = more.split("\n")[0]
    if not (found := ends(line)):
        return []
    written = opening + line[: found[0]]
    rest = next((text[end:] for end in ends(text) if end > len(opening)), "")
    return [written + rest, written] if rest.strip() else [written]
