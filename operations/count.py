"""Count instances."""

from collections import Counter

from core.dialogue import Request
from core.explanations import Table
from core.operation import DATASET, Context, operation


@operation(group="data", scope=DATASET, gives=Table)
def count(request: Request, context: Context) -> Table:
    """How many instances there are, all or those that a filter keeps, by language and split."""
    counts = Counter((row.language, row.split) for row in context.instances)
    rows = tuple((language, split, number) for (language, split), number in sorted(counts.items()))
    caption = "filtered" if request.where else "count"
    facts = (("total", str(len(context.instances))),)
    return Table(("language", "split", "count"), rows if len(rows) > 1 else (), caption, facts)
