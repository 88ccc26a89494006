"""What would have to change: counterfactual edits."""

from functools import partial

from core.dialogue import Request
from core.domains import Integer, Label
from core.explanations import Edits
from core.operation import ONE_INSTANCE, Context, Slot, operation
from explainers.counterfactual import counterfactual as search
from models.base import PREDICT
from operations.shared.edits import JUDGED_BY, searched

COUNT = 1


@operation(
    group="perturbation",
    scope=ONE_INSTANCE,
    gives=Edits,
    needs=frozenset({PREDICT}),
    slots=(Slot("label", Label()), Slot("count", Integer(1, 5), default=COUNT)),
    judged_by=JUDGED_BY,
    text=True,
)
def counterfactual(request: Request, context: Context) -> Edits:
    """The smallest changes of one text after which the model answers otherwise, each asked again."""
    label = str(request.slot("label") or "")
    return searched(partial(search, label=label), request, context, COUNT)
