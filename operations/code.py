"""How to get the last answer again, outside the conversation."""

from core.dialogue import Request
from core.operation import NOTHING, OPERATIONS, Context, operation
from core.past import Reproduction


@operation(group="help", scope=NOTHING, gives=Reproduction, past=True)
def code(request: Request, context: Context) -> Reproduction:
    """The last answer as a program in Python and as a command. What is only about the conversation cannot be given again."""
    for asked in reversed(context.past):
        found = tuple(one for one in asked.requests if not OPERATIONS[one.operation].past)
        if found:
            return Reproduction(found)
    return Reproduction(())
