"""What would have to change: counterfactual edits."""

from core.dialogue import Request
from core.domains import Integer, Label
from core.explanations import Edits
from core.operation import ONE_INSTANCE, Context, Slot, operation
from explainers.counterfactual import counterfactual as search
from explainers.edits.fluency import with_fluency
from models.base import PREDICT


@operation(
    group="perturbation",
    scope=ONE_INSTANCE,
    gives=Edits,
    needs=frozenset({PREDICT}),
    slots=(Slot("label", Label()), Slot("count", Integer(1, 5), default=1)),
    judged_by=("flip", "judge_agrees", "edit_share", "similarity", "fluency"),
    text=True,
)
def counterfactual(request: Request, context: Context) -> Edits:
    """The smallest changes of one text after which the model answers otherwise, each asked again."""
    made = search(
        context.model,
        context.instances[0],
        context.dataset,
        context.library.encoder(context.progress),
        label=str(request.slot("label") or ""),
        count=int(request.slot("count") or 1),
        seed=request.seed,
        progress=context.progress,
    )
    return with_fluency(made, context)
