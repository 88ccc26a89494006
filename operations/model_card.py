"""A description of the explained model."""

from core.dialogue import Request
from core.explanations import Card
from core.operation import NOTHING, Context, operation
from models.base import PREDICT


@operation(group="help", scope=NOTHING, gives=Card, needs=frozenset({PREDICT}))
def model_card(request: Request, context: Context) -> Card:
    """What the model is: source, revision, precision, size, languages, licence, how it was trained and how good it is."""
    return Card(tuple(context.model.facts), "card", (("name", context.model.name),))
