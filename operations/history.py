"""What was asked in this conversation."""

from core.dialogue import Request
from core.operation import NOTHING, Context, operation
from core.past import KEPT, History


@operation(group="help", scope=NOTHING, gives=History, past=True)
def history(request: Request, context: Context) -> History:
    """The questions of this session, what became of each and what its check said, and how to ask it again."""
    return History(context.past, len(context.past) < KEPT)
