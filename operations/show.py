"""Show instances of the data set as they are."""

from core.dialogue import Request
from core.explanations import Instances
from core.operation import INSTANCES, Context, operation

SHOWN = 10  # more than a screen of rows is what the data viewer is for


@operation(group="data", scope=INSTANCES, gives=Instances)
def show(request: Request, context: Context) -> Instances:
    """The instances asked for, with label and split."""
    return Instances(context.instances[:SHOWN], len(context.instances))
