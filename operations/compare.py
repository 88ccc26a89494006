"""The same question twice: on another precision, with another method, on another model, about another text, in another language."""

from __future__ import annotations

from dataclasses import dataclass, replace

from core.data import Instance
from core.dialogue import Request
from core.domains import Choice, Integer, Label, OneOf, Tongue
from core.errors import UserError
from core.explanations import (
    EDITS,
    INSTANCES,
    LANGUAGE,
    METHOD,
    MODEL,
    PRECISION,
    RATIONALE,
    TWO_TEXTS,
    Attribution,
    Comparison,
)
from core.operation import ONE_INSTANCE, Context, Slot, operation
from explainers.alignment import aligned
from explainers.base import EXPLAINERS, attribute
from explainers.counterpart import counterpart
from explainers.crossing import both_reasons, crossed, likeness
from explainers.side_by_side import TOP, compared
from models.base import PREDICT, ExplainedModel
from models.catalog import catalog
from models.quantization.precisions import FULL
from models.weights.memory import NAMES
from operations.attribute import DEFAULT_METHOD
from operations.rationalize import language_of, writer_of

SECOND_METHOD = "occlusion"  # asks the model itself instead of its gradients, so it errs in other places
USUAL = "bnb-nf4"  # what most people mean by the compressed model
OWN = "own"  # the name of a side that is a custom text


@dataclass(frozen=True)
class Side:
    """What one side is called, and what is asked of which model about which text."""

    name: str
    model: ExplainedModel
    method: str
    instance: Instance


Sides = tuple[str, Side, Side, float | None]  # what differs, both, and how near a counterpart is that was searched for


@operation(
    group="attribution",
    scope=ONE_INSTANCE,
    gives=Comparison,
    needs=frozenset({PREDICT}),
    slots=(
        Slot("precision", OneOf(lambda: NAMES, "unknown_precision")),
        Slot("reference", OneOf(lambda: NAMES, "unknown_precision")),
        Slot("method", OneOf(EXPLAINERS.names, "unknown_method")),
        Slot("other", OneOf(EXPLAINERS.names, "unknown_method")),
        Slot("model", OneOf(lambda: catalog().names(), "unknown_model")),
        Slot("language", Tongue()),
        Slot("k", Integer(1, 1000), default=TOP),
        Slot("label", Label()),
        Slot("granularity", Choice(("token", "word", "sentence")), default="word"),
        Slot("also", Choice((EDITS, RATIONALE))),
    ),
    text=True,
    sides=("precision", "reference", "other", "model", "language"),
)
def compare(request: Request, context: Context) -> Comparison:
    """Explains the same question twice, on two precisions, models, methods, texts or languages, and measures how far the two agree."""
    about, first, second, near = _sides(request, context)
    if _same(about, first, second):
        raise UserError("same_sides", name=second.name)
    if about in TWO_TEXTS and _text(request, "also") == EDITS:
        raise UserError("unknown_choice", name=EDITS, known=RATIONALE)
    one = _explained(first, request, context, _text(request, "label"))
    two = _explained(second, request, context, one.target)
    matches = aligned(one, two, context.library.encoder(context.progress)) if about in TWO_TEXTS else ()
    k = int(request.slot("k") or TOP)
    made = replace(compared(about, (first.name, second.name), one, two, k, matches), near=near)
    if about == MODEL and request.changes:
        note = ("compared_unchanged", (("own", first.name), ("model", second.name)))
        made = replace(made, provenance=replace(made.provenance, notes=(*made.provenance.notes, note)))
    return made if about == METHOD else _more(made, (first, second), request, context)


def _more(made: Comparison, sides: tuple[Side, Side], request: Request, context: Context) -> Comparison:
    """The comparison with what was also asked for: counterfactuals of both models, or reasons in words."""
    also, seed, progress = _text(request, "also"), request.seed, context.progress
    if also == EDITS:
        models, instance = (sides[0].model, sides[1].model), sides[0].instance
        found = crossed(models, instance, context.dataset, context.library.encoder(progress), seed, progress)
        return replace(made, also=also, crossed=found)
    if also != RATIONALE:
        return made
    writer, notes = writer_of(context)
    language, more = language_of(writer, request.language)
    asked = ((sides[0].model, sides[0].instance), (sides[1].model, sides[1].instance))
    reasons = both_reasons(asked, writer, language, seed, progress)
    told = [note for each in (made, *reasons) for note in each.provenance.notes]
    stamp = replace(made.provenance, notes=tuple(dict.fromkeys((*told, *notes, *more))))
    alike = likeness(reasons, context.library.encoder(progress))
    return replace(made, also=also, reasons=reasons, likeness=alike, provenance=stamp)


def _sides(request: Request, context: Context) -> Sides:
    """What differs, and the two sides. Without a word on it the usual compressed model is meant."""
    own: ExplainedModel = context.model
    given = Side(own.name, own, _text(request, "method") or DEFAULT_METHOD, context.instances[0])
    if len(context.instances) > 1:
        one, two = (replace(given, name=_name(row), instance=row) for row in context.instances[:2])
        return INSTANCES, one, two, None
    if language := _text(request, "language"):
        return _languages(given, language, request, context)
    if model := _text(request, "model"):
        return MODEL, given, replace(given, name=model, model=context.other(model, request.precision)), None
    if other := _text(request, "other") or (SECOND_METHOD if _only_method(request) else ""):
        return METHOD, replace(given, name=given.method), replace(given, name=other, method=other), None
    changed = context.other(request.model, _text(request, "precision") or USUAL)
    wanted = _text(request, "reference") or (own.precision if own.precision != changed.precision else FULL)
    full = own if wanted == own.precision else context.other(request.model, wanted)
    one, two = (replace(given, name=each.precision, model=each) for each in (full, changed))
    return PRECISION, one, two, None


def _languages(given: Side, language: str, request: Request, context: Context) -> Sides:
    """The text, and its counterpart in the other language."""
    library, progress, instance = context.library, context.progress, given.instance
    encoder = library.encoder(progress)
    found = counterpart(instance, language, context.dataset, request.split, encoder, library.vectors, progress)
    one, two = (replace(given, name=_name(row), instance=row) for row in (instance, found.instance))
    return LANGUAGE, one, two, found.cosine


def _same(about: str, first: Side, second: Side) -> bool:
    """Whether there is nothing to compare. Names tell sides apart, but for texts, and for a model beside its own changed copy."""
    apart = about in TWO_TEXTS or (about == MODEL and first.model is not second.model)
    return first.name == second.name and not apart


def _name(row: Instance) -> str:
    return OWN if row.id is None else f"{row.id}"


def _only_method(request: Request) -> bool:
    return bool(request.slot("method")) and not request.slot("precision") and not request.slot("reference")


def _explained(side: Side, request: Request, context: Context, label: str) -> Attribution:
    return attribute(
        side.model,
        side.instance,
        side.method,
        target_label=label or None,
        granularity=_text(request, "granularity") or "word",
        seed=request.seed,
        progress=context.progress,
        fallback=not _text(request, "method"),
    )


def _text(request: Request, name: str) -> str:
    return str(request.slot(name) or "")
