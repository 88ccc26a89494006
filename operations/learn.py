"""Train on an instance, in the session's own copy of the model."""

from __future__ import annotations

import random
from dataclasses import replace

from core.data import Instance
from core.dialogue import Alteration, Request
from core.explanations import LEARN, Change
from core.operation import ONE_INSTANCE, Context, operation
from core.provenance import Provenance
from core.statistics import mcnemar
from explainers.base import Note
from models.base import PREDICT, TRAIN
from models.heads.training import LEARNED
from operations.predict import predictions
from operations.score import held_out, left_out

SAMPLE = 48  # test rows that a causal model is asked about before and after: all of them would take minutes


def changed(kind: str, label: str, request: Request, context: Context) -> Change:
    """What one more change of the first instance makes of its prediction and of the test rows."""
    before = context.instances[0]
    own = before.fields if before.id is None else ()
    step = Alteration(kind, before.id, label, own)
    made = compared(kind, before, context, context.copy((*request.changes, step)), request.seed, label)
    weighs = getattr(context.model, "training", None) is not None and (kind == LEARN or before.id is None)
    note = (("weight", (("times", f"{LEARNED:g}"),)),) if weighs else ()
    return replace(made, provenance=replace(made.provenance, notes=(*note, *made.provenance.notes)))


def compared(kind: str, row: Instance, before: Context, after: Context, seed: int, label: str | None = None) -> Change:
    """Prediction, gold label and test rows under both copies; only rows that are test rows for both are counted."""
    new = row.label if label is None else label
    rows = (row, replace(row, label=new)) if row.id is None else _both(row.id, before, after)
    one, other = (context.model.predict([row])[0] for context, row in zip((before, after), rows, strict=True))
    tests, every, notes = _tests(before, after, seed)
    asked = len(tests[0])
    if asked < every:
        notes = (*notes, ("sampled", (("count", f"{asked}"), ("total", f"{every}"))))
    first, second = (predictions(context, side) for context, side in zip((before, after), tests, strict=True))
    moved = tuple(
        (old.instance.id or 0, old.label, new.label)
        for old, new in zip(first, second, strict=True)
        if old.label != new.label
    )
    was, now = ([made.label == made.instance.label for made in side] for side in (first, second))
    broken, repaired, _ = mcnemar(was, now)
    gold, right = (rows[0].label, rows[1].label), (sum(was), sum(now))
    return Change(kind, rows[1], gold, one, other, right, asked, moved, Provenance(notes=notes), (repaired, broken))


def _both(number: int, before: Context, after: Context) -> tuple[Instance, Instance]:
    return before.dataset.instance(number), after.dataset.instance(number)


def _tests(
    before: Context, after: Context, seed: int
) -> tuple[tuple[tuple[Instance, ...], tuple[Instance, ...]], int, tuple[Note, ...]]:
    """The rows that are test rows before and after, as each copy has them, how many there are, and what is said of those left out.

    Rows whose label the model never answers are left out; of a causal model only a sample is asked.
    """
    old, left = _answered(before)
    new, _ = _answered(after)
    common = [number for number in old if number in new]
    every = len(common)
    if before.model.unit == "log_probability" and len(common) > SAMPLE:
        common = random.Random(seed).sample(common, SAMPLE)
    return (tuple(old[number] for number in common), tuple(new[number] for number in common)), every, left


def _answered(context: Context) -> tuple[dict[int | None, Instance], tuple[Note, ...]]:
    """The test rows by id whose label the model can answer, with a note where there are others."""
    rows = held_out(context)
    fitting = tuple(row for row in rows if row.label in context.model.labels)
    return {row.id: row for row in fitting}, left_out(context.model.name, rows, fitting)


@operation(group="training", scope=ONE_INSTANCE, gives=Change, needs=frozenset({PREDICT, TRAIN}))
def learn(request: Request, context: Context) -> Change:
    """Puts an instance into the training data of the session's copy, with more weight than a usual row, and trains again."""
    return changed(LEARN, "", request, context)
