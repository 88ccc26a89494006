"""The labels of a task and how often each occurs."""

from core.data import label_counts
from core.dialogue import Request
from core.errors import UserError
from core.explanations import Table
from core.operation import DATASET, Context, operation


@operation(group="data", scope=DATASET, gives=Table)
def labels(request: Request, context: Context) -> Table:
    """Each label with its number of instances and its share.

    Raises UserError("no_labels") where nothing is labelled.
    """
    known = context.dataset.schema.labels
    if not known:
        raise UserError("no_labels", operation="labels")
    counts = label_counts(context.instances)
    total = sum(counts[label] for label in known)
    rows = tuple((label, counts[label], counts[label] / total if total else 0.0) for label in known)
    return Table(("label", "count", "share"), rows, "labels", (("total", str(total)),), plot="share")
