"""How good the model is."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from core.data import Instance, train_and_test
from core.dialogue import Request
from core.domains import Choice
from core.errors import UserError
from core.explanations import Prediction, Table
from core.languages import shorten
from core.operation import DATASET, Context, Slot, operation
from core.provenance import Provenance
from core.statistics import reliability
from explainers.base import Note
from models.base import PREDICT
from models.predictions.quality import METRICS, Answers, Figure, measure
from operations.predict import predictions

DEFAULT = "accuracy"
SHOWN = 120  # letters of a list of labels
NO_END, NO_INTERVAL = "–", "no_interval"  # the cell and the note for a figure that has none


def held_out(context: Context) -> tuple[Instance, ...]:
    """The labelled rows that the model did not learn from: of the test split, or of those that its training left aside."""
    training = getattr(context.model, "training", None)
    if training is not None:
        return tuple(training.test)
    shown = {row.id for row in getattr(getattr(context.model, "prompt", None), "shown", ())}
    return tuple(row for row in train_and_test(context.dataset)[1] if row.id not in shown)


def answered(context: Context, operation: str) -> tuple[list[Prediction], Provenance]:
    """Predictions for the rows asked about that can be right or wrong; with a note on those whose label the model never answers.

    Raises UserError: no_labels, no_instance, other_labels.
    """
    known = {row.id for row in held_out(context)}
    rows = tuple(row for row in context.instances if row.id in known)
    if not known:
        raise UserError("no_labels", operation=operation)
    if not rows:
        raise UserError("no_instance")
    model = context.model
    fitting = tuple(row for row in rows if row.label in model.labels)
    if not fitting:
        own, data = _few(model.labels), _few(context.dataset.schema.labels)
        raise UserError("other_labels", operation=operation, model=model.name, own=own, data=data)
    return predictions(context, fitting), Provenance(notes=left_out(model.name, rows, fitting))


def left_out(model: str, rows: tuple[Instance, ...], fitting: tuple[Instance, ...]) -> tuple[Note, ...]:
    """Which labels the model never answers, and how many rows carry them."""
    if len(fitting) == len(rows):
        return ()
    never = sorted({row.label for row in rows} - {row.label for row in fitting})
    count, total = str(len(rows) - len(fitting)), str(len(rows))
    return (("other_labels", (("model", model), ("labels", _few(never)), ("count", count), ("total", total))),)


def _few(labels: Sequence[str]) -> str:
    """Labels for a sentence; a model may have a thousand."""
    return shorten(", ".join(labels), SHOWN)


@operation(
    group="data",
    scope=DATASET,
    gives=Table,
    needs=frozenset({PREDICT}),
    slots=(Slot("metric", Choice(METRICS), default=DEFAULT, variant=True),),
)
def score(request: Request, context: Context) -> Table:
    """A metric over test rows with its 95 % interval, in all, by language and by label."""
    metric = str(request.slot("metric") or DEFAULT)
    made, stamp = answered(context, "score")
    answers = places(made)
    whole = measure(metric, answers, request.seed)
    if whole.value is None:
        raise UserError("one_label_only")
    languages = [one.instance.language for one in made]
    rows = [
        _row(code, measure(metric, answers.among(_where(languages, code)), request.seed))
        for code in sorted(set(languages))
        if len(set(languages)) > 1
    ]
    rows += [_row(made[0].labels[label], measure(metric, answers, request.seed, label)) for label in answers.known]
    wide = whole.low is not None
    facts = (
        ("value", f"{whole.value}"),
        *((("low", f"{whole.low}"), ("high", f"{whole.high}")) if wide else ()),
        ("total", f"{whole.rows}"),
        ("confusion", _confusion(made)),
        ("calibration", _calibration(made)),
    )
    kept = tuple(row for row in rows if row)
    bare = not wide or any(row[2] == NO_END for row in kept)
    stamp = replace(stamp, notes=(*stamp.notes, (NO_INTERVAL, ()))) if bare else stamp
    caption = metric if wide else f"{metric}_bare"
    return Table(("part", "figure", "low", "high", "count"), kept, caption, facts, provenance=stamp)


def _confusion(made: list[Prediction]) -> str:
    """Rows by gold label, columns by answer, both in the order of the labels, as JSON: {"labels": […], "counts": [[…], …]}."""
    labels = made[0].labels
    counted = Counter((one.instance.label, one.label) for one in made)
    return json.dumps({"labels": labels, "counts": [[counted[gold, said] for said in labels] for gold in labels]})


def _calibration(made: list[Prediction]) -> str:
    """The bins of a reliability diagram as JSON: [[low, high, count, mean confidence, share right], …]."""
    bins = reliability([one.confidence for one in made], [one.label == one.instance.label for one in made])
    return json.dumps([[one.low, one.high, one.count, round(one.confidence, 4), round(one.right, 4)] for one in bins])


def places(made: list[Prediction]) -> Answers:
    """Predictions as places of labels."""
    labels = made[0].labels
    return Answers(
        np.array([labels.index(one.instance.label) for one in made]),
        np.array([labels.index(one.label) for one in made]),
        np.array([one.probabilities for one in made]),
    )


def _where(languages: list[str], code: str) -> list[int]:
    return [place for place, one in enumerate(languages) if one == code]


def _row(name: str, found: Figure) -> tuple[str | int | float, ...]:
    if found.value is None:
        return ()
    ends = (NO_END, NO_END) if found.low is None or found.high is None else (found.low, found.high)
    return (name, found.value, *ends, found.rows)
