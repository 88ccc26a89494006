"""Wrong predictions."""

from __future__ import annotations

from core.dialogue import Request
from core.domains import Choice
from core.explanations import Prediction, Table
from core.operation import DATASET, Context, Slot, operation
from core.statistics import Share
from models.base import PREDICT
from operations.score import answered

SHOWN = 10


@operation(
    group="data",
    scope=DATASET,
    gives=Table,
    needs=frozenset({PREDICT}),
    slots=(Slot("kind", Choice(("count", "sample")), default="sample", variant=True),),
)
def mistakes(request: Request, context: Context) -> Table:
    """How many test rows the model gets wrong, by language, or some of them, those where it was surest first."""
    made, stamp = answered(context, "mistakes")
    wrong = [one for one in made if one.label != one.instance.label]
    share = Share(len(wrong), len(made))
    low, high = share.interval
    ids = " ".join(str(one.instance.id) for one in wrong)
    facts = (("wrong", str(len(wrong))), ("total", str(len(made))), ("ids", ids))
    if request.slot("kind") == "count":
        shares = (("share", f"{share.rate}"), ("low", f"{low}"), ("high", f"{high}"))
        return Table(
            ("language", "wrong", "count", "share", "low", "high"),
            _by_language(made),
            "count",
            facts + shares,
            provenance=stamp,
        )
    if not wrong:
        return Table((), (), "none", facts[1:2], provenance=stamp)
    first = sorted(wrong, key=lambda one: -one.confidence)[:SHOWN]
    rows = tuple(
        (one.instance.id or 0, one.instance.text, one.instance.label, one.label, one.confidence) for one in first
    )
    columns = ("id", "text", "label", "prediction", "confidence")
    return Table(columns, rows, "sample", (*facts, ("shown", str(len(first)))), provenance=stamp)


def _by_language(made: list[Prediction]) -> tuple[tuple[str | int | float, ...], ...]:
    rows: list[tuple[str | int | float, ...]] = []
    for code in sorted({one.instance.language for one in made}):
        here = [one for one in made if one.instance.language == code]
        share = Share(sum(one.label != one.instance.label for one in here), len(here))
        rows.append((code, share.hits, share.total, share.rate, *share.interval))
    return tuple(rows) if len(rows) > 1 else ()
