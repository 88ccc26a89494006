"""Tricking the model: adversarial examples."""

from core.dialogue import Request
from core.domains import Integer
from core.explanations import Edits
from core.operation import ONE_INSTANCE, Context, Slot, operation
from explainers.adversarial import adversarial as search
from models.base import PREDICT
from operations.shared.edits import JUDGED_BY, searched

COUNT = 1


@operation(
    group="perturbation",
    scope=ONE_INSTANCE,
    gives=Edits,
    needs=frozenset({PREDICT}),
    slots=(Slot("count", Integer(1, 5), default=COUNT),),
    judged_by=JUDGED_BY,
    text=True,
)
def adversarial(request: Request, context: Context) -> Edits:
    """A change that a reader passes over and that makes the model answer otherwise, asked again."""
    return searched(search, request, context, COUNT)
