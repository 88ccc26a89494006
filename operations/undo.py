"""Take back the last change of the session's own copy."""

from core.data import Instance
from core.dialogue import Request
from core.errors import UserError
from core.explanations import UNDO, Change
from core.operation import NOTHING, Context, operation
from models.base import PREDICT
from operations.learn import compared


@operation(group="training", scope=NOTHING, gives=Change, needs=frozenset({PREDICT}))
def undo(request: Request, context: Context) -> Change:
    """Takes back the last change of a label or of the training data.

    Raises UserError("nothing_to_undo").
    """
    if not request.changes:
        raise UserError("nothing_to_undo")
    last = request.changes[-1]
    row = Instance(last.custom, label=last.label) if last.id is None else context.dataset.instance(last.id)
    return compared(UNDO, row, context, context.copy(request.changes[:-1]), request.seed, "")
