"""What the system can do."""

from core.dialogue import Request
from core.explanations import Card
from core.operation import NOTHING, OPERATIONS, Context, operation


@operation(group="help", scope=NOTHING, gives=Card)
def functions(request: Request, context: Context) -> Card:
    """Every operation with what it tells and a sample question, from the registry."""
    entries = []
    for one in sorted(OPERATIONS, key=lambda found: (found.group, found.name)):
        sample = one.words.get("ask", request.language)[0]["text"]
        about = one.words.say("about.user", request.language)
        entries.append((one.words.say("title", request.language), f"{about} — {sample}"))
    return Card(tuple(entries), "functions", (("total", str(len(entries))),))
