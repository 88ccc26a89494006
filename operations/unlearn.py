"""Forget an instance, in the session's own copy of the model."""

from core.dialogue import Request
from core.explanations import UNLEARN, Change
from core.operation import ONE_INSTANCE, Context, operation
from models.base import PREDICT, TRAIN
from operations.learn import changed


@operation(group="training", scope=ONE_INSTANCE, gives=Change, needs=frozenset({PREDICT, TRAIN}))
def unlearn(request: Request, context: Context) -> Change:
    """Takes an instance out of the training data of the session's copy and trains again, as if it had never been there."""
    return changed(UNLEARN, "", request, context)
