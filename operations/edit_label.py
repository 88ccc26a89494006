"""Change a gold label, in the session's own copy of the data."""

from core.dialogue import Request
from core.domains import Label
from core.errors import UserError
from core.explanations import EDIT_LABEL, Change
from core.operation import ONE_INSTANCE, Context, Slot, operation
from models.base import PREDICT
from operations.learn import changed


@operation(
    group="training",
    scope=ONE_INSTANCE,
    gives=Change,
    needs=frozenset({PREDICT}),
    slots=(Slot("label", Label(), required=True),),
    text=True,
)
def edit_label(request: Request, context: Context) -> Change:
    """Gives an instance another gold label and trains again where it is a training row; a custom text is learned with it.

    Raises UserError("same_label").
    """
    label = str(request.slot("label"))
    if context.instances[0].label == label:
        raise UserError("same_label", label=label, id=context.instances[0].id)
    return changed(EDIT_LABEL, label, request, context)
