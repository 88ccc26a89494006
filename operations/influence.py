"""Influential training data."""

from core.dialogue import Request
from core.domains import Integer
from core.explanations import Neighbours
from core.operation import ONE_INSTANCE, Context, Slot, operation
from explainers.influence import influence as explain
from models.base import PREDICT


@operation(
    group="training",
    scope=ONE_INSTANCE,
    gives=Neighbours,
    needs=frozenset({PREDICT}),
    slots=(Slot("k", Integer(1, 50), default=1),),
    judged_by=("leave_one_out", "last_layer_out"),
    text=True,
)
def influence(request: Request, context: Context) -> Neighbours:
    """The training rows, or demonstrations of the prompt, that moved the answer for one instance or text most."""
    k, seen = int(request.slot("k") or 1), context.progress
    return explain(context.model, context.instances[0], k, seen, context.dataset, request.seed)
