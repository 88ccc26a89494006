"""Show instances of the data set as they are."""

from __future__ import annotations

from core.dialogue import Request
from core.domains import Choice, Integer
from core.explanations import Instances
from core.filters import length
from core.operation import INSTANCES, Context, Slot, operation

LONGEST, SHORTEST = "longest", "shortest"
SHOWN = 10  # more than a screen of rows is what the data viewer is for


@operation(
    group="data",
    scope=INSTANCES,
    gives=Instances,
    slots=(Slot("most", Integer(1, 100), default=SHOWN), Slot("order", Choice((LONGEST, SHORTEST)))),
)
def show(request: Request, context: Context) -> Instances:
    """The instances asked for, with label and split; those with most or fewest words first where that was asked for."""
    rows = context.instances
    if order := request.slot("order"):
        rows = tuple(sorted(rows, key=lambda row: length(row.text, "words"), reverse=order == LONGEST))
    return Instances(rows[: int(request.slot("most") or SHOWN)], len(rows))
