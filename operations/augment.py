"""New variants: other wordings of a text."""

from core.dialogue import Request
from core.domains import Integer
from core.explanations import Edits
from core.operation import ONE_INSTANCE, Context, Slot, operation
from explainers.augment import augment as search
from explainers.edits.fluency import with_fluency
from models.base import PREDICT

COUNT = 3


@operation(
    group="perturbation",
    scope=ONE_INSTANCE,
    gives=Edits,
    needs=frozenset({PREDICT}),
    slots=(Slot("count", Integer(1, 5), default=COUNT),),
    judged_by=("flip", "judge_agrees", "edit_share", "similarity", "fluency"),
    text=True,
)
def augment(request: Request, context: Context) -> Edits:
    """Other wordings of one text that the model labels as before, each asked again."""
    made = search(
        context.model,
        context.instances[0],
        context.dataset,
        context.library.encoder(context.progress),
        count=int(request.slot("count") or COUNT),
        seed=request.seed,
        progress=context.progress,
    )
    return with_fluency(made, context)
