"""Which words matter: feature attribution."""

from dataclasses import replace

from core.dialogue import Request
from core.explanations import Attribution
from core.operation import ONE_INSTANCE, Choice, Context, Integer, Label, OneOf, Slot, operation
from explainers.base import EXPLAINERS
from explainers.base import attribute as explain
from models.base import PREDICT

DEFAULT_METHOD = "integrated_gradients"


@operation(
    group="attribution",
    scope=ONE_INSTANCE,
    gives=Attribution,
    needs=frozenset({PREDICT}),
    slots=(
        Slot("method", OneOf(EXPLAINERS.names, "unknown_method"), default=DEFAULT_METHOD),
        Slot("k", Integer(1, 1000)),
        Slot("label", Label()),
        Slot("contrast", Label()),
        Slot("granularity", Choice(("token", "word", "sentence")), default="word"),
    ),
    judged_by=("comprehensiveness", "sufficiency", "completeness_gap"),
    text=True,
)
def attribute(request: Request, context: Context) -> Attribution:
    """A score a word: how much it moves the model towards its label, or towards one label rather than another."""
    made = explain(
        context.model,
        context.instances[0],
        str(request.slot("method") or DEFAULT_METHOD),
        target_label=_text(request, "label"),
        contrast=_text(request, "contrast"),
        granularity=str(request.slot("granularity") or "word"),
        seed=request.seed,
        progress=context.progress,
        fallback="method" not in dict(request.slots),
    )
    top = request.slot("k")
    return replace(made, top=int(top)) if top else made


def _text(request: Request, name: str) -> str | None:
    said = request.slot(name)
    return str(said) if said else None
