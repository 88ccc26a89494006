"""Tricking the model: adversarial examples."""

from core.dialogue import Request
from core.domains import Integer
from core.explanations import Edits
from core.operation import ONE_INSTANCE, Context, Slot, operation
from explainers.adversarial import adversarial as search
from explainers.edits.fluency import with_fluency
from models.base import PREDICT

COUNT = 1


@operation(
    group="perturbation",
    scope=ONE_INSTANCE,
    gives=Edits,
    needs=frozenset({PREDICT}),
    slots=(Slot("count", Integer(1, 5), default=COUNT),),
    judged_by=("flip", "judge_agrees", "edit_share", "similarity", "fluency"),
    text=True,
)
def adversarial(request: Request, context: Context) -> Edits:
    """A change that a reader passes over and that makes the model answer otherwise, asked again."""
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
