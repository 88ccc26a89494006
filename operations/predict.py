"""The model's output."""

from core.data import Instance
from core.dialogue import Request
from core.explanations import Prediction, Table
from core.operation import INSTANCES, Context, operation
from models.base import PREDICT

CHUNK = 16  # instances between two looks at the stop button
SHOWN = 20


def predictions(context: Context, instances: tuple[Instance, ...]) -> list[Prediction]:
    """One prediction an instance, in chunks that report progress and can be stopped."""
    made: list[Prediction] = []
    for start in range(0, len(instances), CHUNK):
        context.progress("predict", start / len(instances))
        made += context.model.predict(list(instances[start : start + CHUNK]))
    return made


@operation(group="prediction", scope=INSTANCES, gives=Prediction, needs=frozenset({PREDICT}), text=True)
def predict(request: Request, context: Context) -> Prediction | Table:
    """The model's label for one instance or text, with all probabilities; a table for several instances."""
    made = predictions(context, context.instances)
    if len(made) == 1:
        return made[0]
    rows = tuple((one.instance.id or 0, one.label, one.confidence, one.instance.label) for one in made[:SHOWN])
    counts = ", ".join(f"{label} {sum(one.label == label for one in made)}" for label in context.model.labels)
    return Table(
        ("id", "prediction", "confidence", "label"),
        rows,
        "several" if len(rows) == len(made) else "first",
        (("total", str(len(made))), ("shown", str(len(rows))), ("counts", counts)),
    )
