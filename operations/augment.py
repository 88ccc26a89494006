"""New variants: other wordings of a text."""

from core.dialogue import Request
from core.domains import Integer
from core.explanations import Edits
from core.operation import ONE_INSTANCE, Context, Slot, operation
from explainers.augment import augment as search
from models.base import PREDICT
from operations.shared.edits import JUDGED_BY, searched

COUNT = 3


@operation(
    group="perturbation",
    scope=ONE_INSTANCE,
    gives=Edits,
    needs=frozenset({PREDICT}),
    slots=(Slot("count", Integer(1, 5), default=COUNT),),
    judged_by=JUDGED_BY,
    text=True,
)
def augment(request: Request, context: Context) -> Edits:
    """Other wordings of one text that the model labels as before, each asked again."""
    return searched(search, request, context, COUNT)
