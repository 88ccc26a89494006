"""Telling edits: the answer before and after in a sentence, the text with what changed, and the figures of each in a fold."""

from __future__ import annotations

from agent.telling.base import Teller, tells, word
from agent.words import number, percent, say
from core.blocks import Block, Diff, DiffPart, Fold, Rows
from core.explanations import Edit, Edits
from explainers.edits.text import parts
from explainers.metrics.edits import claimed

COLUMNS = ("number", "prediction", "confidence", "changed", "similarity", "fluency", "judge")


@tells(Edits)
def edits(teller: Teller, made: Edits) -> list[Block]:
    """Each changed text after its sentence; where there is none, that there is none, and the closest attempt."""
    if made.edits:
        told: list[Block] = []
        for place, edit in enumerate(made.edits):
            told += [teller.say("also" if place else "first", **_facts(teller, made, edit)), *diffs(teller, made, edit)]
        return [*told, figures(teller, made.edits)]
    none = teller.say(_none(made), **_facts(teller, made, None))
    if made.attempt is None:
        return [none]
    key = "attempt" if made.attempt.prediction.label == made.original.label else "attempt_other"
    closest = teller.say(key, **_facts(teller, made, made.attempt))
    return [none, closest, *diffs(teller, made, made.attempt), figures(teller, (made.attempt,))]


def _none(made: Edits) -> str:
    """The sentence for no edit: an attempt that does get the answer gets it by a hair, or means something else."""
    if made.attempt and claimed(made, made.attempt.prediction.label, ""):
        return "none_clear"
    return "none_target" if made.target else "none"


def _facts(teller: Teller, made: Edits, edit: Edit | None) -> dict[str, object]:
    after = edit.prediction if edit else made.original
    return {
        "label": teller.label(made.original.label),
        "confidence": percent(made.original.confidence, teller.language),
        "target": teller.label(made.target),
        "tried": made.tried,
        "after": teller.label(after.label),
        "after_confidence": percent(after.confidence, teller.language),
    }


def diffs(teller: Teller, made: Edits, edit: Edit) -> list[Block]:
    """One block a field that changed."""
    before, after = made.original.instance.fields, edit.prediction.instance.fields
    many = len(before) > 1
    return [
        Diff(
            tuple(DiffPart(kind, text) for kind, text in parts(old, new)),
            word("column", field, teller.language) if many else "",
        )
        for (field, old), (_, new) in zip(before, after, strict=True)
        if old != new
    ]


def figures(teller: Teller, found: tuple[Edit, ...]) -> Fold:
    """One row an edit; what was not measured is a dash."""
    titles = tuple(word("column", name, teller.language) for name in COLUMNS)
    cells = tuple(_cells(teller, place, edit) for place, edit in enumerate(found, 1))
    return Fold(say("reply.edits", teller.language), (Rows(titles, cells),))


def _cells(teller: Teller, place: int, edit: Edit) -> tuple[str, ...]:
    return (
        str(place),
        teller.label(edit.prediction.label),
        percent(edit.prediction.confidence, teller.language),
        str(edit.changed),
        number(edit.similarity, teller.language, 3),
        "–" if edit.fluency is None else number(edit.fluency, teller.language),
        teller.label(edit.judge) or "–",
    )
