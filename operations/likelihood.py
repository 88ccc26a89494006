"""How sure the model is."""

from core.dialogue import Request
from core.explanations import Prediction, Table
from core.operation import INSTANCES, Context, operation
from models.base import PREDICT
from operations.predict import SHOWN, predictions


@operation(group="prediction", scope=INSTANCES, gives=Prediction, needs=frozenset({PREDICT}), text=True)
def likelihood(request: Request, context: Context) -> Prediction | Table:
    """The probability of each label for one instance or text; for several, the least sure first."""
    made = predictions(context, context.instances)
    if len(made) == 1:
        return made[0]
    mean = sum(one.confidence for one in made) / len(made)
    first = sorted(made, key=lambda one: one.confidence)[:SHOWN]
    rows = tuple((one.instance.id or 0, one.label, one.confidence) for one in first)
    facts = (("total", str(len(made))), ("shown", str(len(rows))), ("mean", f"{mean:.3f}"))
    return Table(("id", "prediction", "confidence"), rows, "several" if len(rows) == len(made) else "first", facts)
