"""Which words matter: feature attribution."""

from dataclasses import replace

from core.dialogue import Request
from core.domains import Choice, Integer, Label, OneOf, OwnWords
from core.explanations import Attribution
from core.operation import ONE_INSTANCE, Context, Slot, operation
from explainers.base import EXPLAINERS
from explainers.base import attribute as explain
from models.base import PREDICT
from models.labels.written import writing_of

DEFAULT_METHOD = "integrated_gradients"
LONGEST_SPAN = 200  # characters of what a model writes that can be asked about


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
        Slot("written", OwnWords(LONGEST_SPAN)),
    ),
    judged_by=("comprehensiveness", "sufficiency", "completeness_gap"),
    text=True,
)
def attribute(request: Request, context: Context) -> Attribution:
    """A score a word: how much it moves the model towards its label, one label rather than another, or what it writes next.

    `written` is a stretch of what the model writes after the text, "*" for its first clause; labels then play no part, and a note says so.
    """
    span = _text(request, "written")
    written = writing_of(context.model, context.instances[0], span) if span else None
    made = explain(
        written or context.model,
        context.instances[0],
        str(request.slot("method") or DEFAULT_METHOD),
        target_label=written.labels[0] if written else _text(request, "label"),
        contrast=None if written else _text(request, "contrast"),
        granularity=str(request.slot("granularity") or "word"),
        seed=request.seed,
        progress=context.progress,
        fallback="method" not in dict(request.slots),
    )
    made = _of_writing(made, written.writing.text, request) if written else made
    top = request.slot("k")
    return replace(made, top=int(top)) if top else made


def _of_writing(made: Attribution, text: str, request: Request) -> Attribution:
    """The map with what the model writes, and a note where labels were named beside it."""
    named = _text(request, "label") or _text(request, "contrast")
    notes = (*made.provenance.notes, *((("written_alone", ()),) if named else ()))
    return replace(made, written=text, provenance=replace(made.provenance, notes=notes))


def _text(request: Request, name: str) -> str | None:
    said = request.slot(name)
    return str(said) if said else None
