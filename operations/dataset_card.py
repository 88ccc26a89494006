"""A description of the data set."""

from collections import Counter

from core.dialogue import Request
from core.explanations import Card
from core.operation import NOTHING, Context, operation


@operation(group="help", scope=NOTHING, gives=Card)
def dataset_card(request: Request, context: Context) -> Card:
    """What the data are: size by split, fields, labels, languages, licence and revision."""
    data = context.dataset
    counts = Counter(row.split for row in data.rows)
    sizes = ", ".join(f"{name or '–'}: {count}" for name, count in counts.items())
    labels = ", ".join(data.schema.label_in(label, request.language) for label in data.schema.labels)
    entries = (
        ("about", data.schema.about_in(request.language)),
        ("size", f"{len(data.rows)} ({sizes})"),
        ("unread", f"{data.unread}" if data.unread else ""),
        ("empty", f"{len(data.empty)}" if data.empty else ""),
        ("fields", ", ".join(data.schema.fields)),
        ("labels", labels),
        ("languages", ", ".join(sorted({row.language for row in data.rows if row.language}))),
        ("licence", data.schema.licence),
        ("revision", data.revision),
    )
    return Card(
        tuple(entry for entry in entries if entry[1]), "card", (("name", data.schema.title_in(request.language)),)
    )
