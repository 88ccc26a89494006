"""The same question twice: does the explanation stay the same on another precision, with another method, on another model?"""

from __future__ import annotations

from dataclasses import replace

from scipy.stats import kendalltau, spearmanr

from core.dialogue import Request
from core.explanations import (
    ALIKE,
    EDITS,
    METHOD,
    MODEL,
    OTHER_ANSWER,
    OTHERWISE,
    PRECISION,
    RATIONALE,
    ROUGHLY,
    TOO_SHORT,
    Attribution,
    Comparison,
    Provenance,
    Token,
)
from core.operation import ONE_INSTANCE, Choice, Context, Integer, Label, OneOf, Slot, operation
from explainers.base import EXPLAINERS, attribute
from explainers.crossing import both_reasons, crossed, likeness
from models.base import PREDICT, ExplainedModel
from models.catalog import catalog
from models.memory import NAMES
from models.precisions import FULL
from operations.attribute import DEFAULT_METHOD
from operations.rationalize import language_of, writer_of

SECOND_METHOD = "occlusion"  # asks the model itself instead of its gradients, so it errs in other places
USUAL = "bnb-nf4"  # what most people mean by the compressed model
TOP = 5  # strongest words that are compared
FEWEST = 4  # words; fewer have too few orders to tell agreement from chance
CLOSE, FAR = 0.8, 0.5  # Kendall's tau: 90 % and 75 % of the pairs of words stand in the same order

Side = tuple[str, ExplainedModel, str]  # its name, its model and its method


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
        Slot("k", Integer(1, 1000), default=TOP),
        Slot("label", Label()),
        Slot("granularity", Choice(("token", "word", "sentence")), default="word"),
        Slot("also", Choice((EDITS, RATIONALE))),
    ),
    text=True,
)
def compare(request: Request, context: Context) -> Comparison:
    """Explains one text twice, on two precisions, with two methods or on two models, and measures how far the two agree."""
    about, first, second = _sides(request, context)
    method = _text(request, "method")
    one = _explained(first, request, context, _text(request, "label"), fallback=not method)
    two = _explained(second, request, context, one.target, fallback=not method)
    made = compared(about, (first[0], second[0]), one, two, int(request.slot("k") or TOP))
    return made if about == METHOD else _more(made, (first[1], second[1]), request, context)


def _more(
    made: Comparison, models: tuple[ExplainedModel, ExplainedModel], request: Request, context: Context
) -> Comparison:
    """The comparison with what was also asked for: counterfactuals of both models, or reasons in words."""
    also, instance, seed, progress = _text(request, "also"), context.instances[0], request.seed, context.progress
    if also == EDITS:
        found = crossed(models, instance, context.dataset, context.library.encoder(progress), seed, progress)
        return replace(made, also=also, crossed=found)
    if also != RATIONALE:
        return made
    writer, notes = writer_of(context)
    language, more = language_of(writer, request.language)
    reasons = both_reasons(models, instance, writer, language, seed, progress)
    told = [note for each in (made, *reasons) for note in each.provenance.notes]
    stamp = replace(made.provenance, notes=tuple(dict.fromkeys((*told, *notes, *more))))
    alike = likeness(reasons, context.library.encoder(progress))
    return replace(made, also=also, reasons=reasons, likeness=alike, provenance=stamp)


def compared(about: str, names: tuple[str, str], first: Attribution, second: Attribution, k: int = TOP) -> Comparison:
    """The two attributions with their figures; words are matched by their places in the text."""
    ours, theirs = (
        dict(zip(first.tokens, first.scores, strict=True)),
        dict(zip(second.tokens, second.scores, strict=True)),
    )
    words = [token for token in ours if token in theirs and any(map(str.isalnum, token.text))]
    before, after = [ours[word] for word in words], [theirs[word] for word in words]
    tau, rho = (
        _defined(measure(before, after).statistic) if _vary(before, after) else None
        for measure in (kendalltau, spearmanr)
    )
    top = min(k, len(words))
    made = Comparison(
        about=about,
        names=names,
        first=first,
        second=second,
        tau=tau,
        rho=rho,
        shared=len(_strongest(ours, words, top) & _strongest(theirs, words, top)),
        k=top,
        chance=top * top / len(words) if words else 0.0,
        count=len(words),
        verdict="",
        provenance=Provenance(notes=tuple(dict.fromkeys((*first.provenance.notes, *second.provenance.notes)))),
    )
    return replace(made, verdict=_verdict(made))


def _sides(request: Request, context: Context) -> tuple[str, Side, Side]:
    """What differs, and the two sides. Without a word on it the usual compressed model is meant."""
    method = _text(request, "method") or DEFAULT_METHOD
    own: ExplainedModel = context.model
    if model := _text(request, "model"):
        return MODEL, (own.name, own, method), (model, context.other(model, request.precision), method)
    if other := _text(request, "other") or (SECOND_METHOD if _only_method(request) else ""):
        return METHOD, (method, own, method), (other, own, other)
    changed = context.other(request.model, _text(request, "precision") or USUAL)
    wanted = _text(request, "reference") or (own.precision if own.precision != changed.precision else FULL)
    full = own if wanted == own.precision else context.other(request.model, wanted)
    return PRECISION, (full.precision, full, method), (changed.precision, changed, method)


def _only_method(request: Request) -> bool:
    return bool(request.slot("method")) and not request.slot("precision") and not request.slot("reference")


def _explained(side: Side, request: Request, context: Context, label: str, fallback: bool) -> Attribution:
    _, model, method = side
    granularity = str(request.slot("granularity") or "word")
    return attribute(
        model,
        context.instances[0],
        method,
        target_label=label or None,
        granularity=granularity,
        seed=request.seed,
        progress=context.progress,
        fallback=fallback,
    )


def _strongest(scores: dict[Token, float], words: list[Token], top: int) -> set[Token]:
    """By the size of their scores: words that speak against the target count as much."""
    return set(sorted(words, key=lambda word: -abs(scores[word]))[:top])


def _vary(before: list[float], after: list[float]) -> bool:
    return len(set(before)) > 1 and len(set(after)) > 1


def _defined(value: float) -> float:
    return round(float(value), 6)


def _verdict(made: Comparison) -> str:
    if made.first.prediction.label != made.second.prediction.label:
        return OTHER_ANSWER
    if made.count < FEWEST or made.tau is None:
        return TOO_SHORT
    return ALIKE if made.tau >= CLOSE else ROUGHLY if made.tau >= FAR else OTHERWISE


def _text(request: Request, name: str) -> str:
    return str(request.slot(name) or "")
