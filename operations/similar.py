"""Similar instances."""

from core.dialogue import Request
from core.domains import Integer
from core.explanations import Neighbours
from core.operation import ONE_INSTANCE, Context, Slot, operation
from explainers.neighbours import neighbours


@operation(
    group="data", scope=ONE_INSTANCE, gives=Neighbours, slots=(Slot("k", Integer(1, 100), default=1),), text=True
)
def similar(request: Request, context: Context) -> Neighbours:
    """The rows of the data that mean nearly the same as one instance or text, by sentence vectors."""
    library = context.library
    encoder = library.encoder(context.progress)
    k = int(request.slot("k") or 1)
    return neighbours(context.instances[0], context.dataset, k, encoder, library.vectors, context.progress)
