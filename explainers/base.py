"""Attribution methods: how one is declared, which fit a model, and `attribute`, which runs one and merges its scores to words."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import version

from torch import Tensor

from core.data import Instance
from core.errors import UserError, unknown
from core.explanations import Attribution, Prediction, Token
from core.progress import Progress
from core.provenance import Provenance
from core.registry import Registry
from models.base import Encoded, ExplainedModel
from models.pieces import GRANULARITIES, Unit, merge, units

STEP = "attribute"  # the key under `step` that attribution reports its progress with
Note = tuple[str, tuple[tuple[str, str], ...]]


@dataclass(frozen=True)
class Target:
    """What is explained: the score of one label, or how much it exceeds that of another. Both are indices into `labels`."""

    label: int
    contrast: int | None = None

    def of(self, scores: Tensor) -> Tensor:
        """[…, label] → […]: the explained number."""
        chosen = scores[..., self.label]
        return chosen if self.contrast is None else chosen - scores[..., self.contrast]


@dataclass(frozen=True)
class TokenScores:
    """One score a token of the user's text, or a group for methods that move groups.

    `gap` and `baseline` for methods that have them, `steps` where a path was followed.
    """

    scores: Sequence[float]
    gap: float | None = None
    baseline: str = ""
    steps: int = 0
    notes: tuple[Note, ...] = ()


Run = Callable[[ExplainedModel, Encoded, Target, int, Progress], TokenScores]


@dataclass(frozen=True)
class Explainer:
    """One attribution method. `signed`: negative scores speak against the target. `complete`: scores sum to f(input) − f(baseline).

    `grouped`: moves the asked units themselves (words, sentences) instead of adding up its tokens' scores. `seeded`: draws at random.
    `unit` of its scores, "" for the explained output's own. `control`: made to be compared with, never offered instead of another.
    """

    name: str
    needs: frozenset[str]
    signed: bool
    complete: bool
    grouped: bool
    seeded: bool
    unit: str
    control: bool
    run: Run


EXPLAINERS: Registry[Explainer] = Registry("unknown_method")


def explainer(
    *,
    needs: Sequence[str],
    signed: bool,
    complete: bool = False,
    grouped: bool = False,
    seeded: bool = False,
    unit: str = "",
    control: bool = False,
) -> Callable[[Run], Explainer]:
    """Declare the function below as the attribution method of its name."""

    def declare(run: Run) -> Explainer:
        facts = (frozenset(needs), signed, complete, grouped, seeded, unit, control)
        return EXPLAINERS.add(Explainer(run.__name__, *facts, run))

    return declare


def fitting(model: ExplainedModel, like: Explainer | None = None) -> tuple[Explainer, ...]:
    """The methods that `model` can run, nearest to `like` first.

    Same sign convention, then those that draw nothing at random, then complete ones, then by name.
    """
    signed = like.signed if like else True
    able = [one for one in EXPLAINERS if one.needs <= model.capabilities and not one.control]
    return tuple(sorted(able, key=lambda one: (one.signed != signed, one.seeded, not one.complete, one.name)))


def attribute(
    model: ExplainedModel,
    instance: Instance,
    method: str,
    target_label: str | None = None,
    contrast: str | None = None,
    granularity: str = "word",
    seed: int = 0,
    progress: Progress | None = None,
    fallback: bool = False,
) -> Attribution:
    """How much each unit (word, unless said otherwise) of the text moves a label's score; the predicted label's by default.

    A contrast with the predicted label itself ("why is it not positive?", and it is) is dropped, and a note says so.

    Raises UserError: unknown_method, unknown_label, same_labels, unknown_choice, missing_for_method (or, with `fallback`, the nearest
    method that fits runs and a note says so), empty_text, bad_scores.
    """
    begun, calls = time.perf_counter(), model.calls
    if granularity not in GRANULARITIES:
        raise unknown("unknown_choice", granularity, GRANULARITIES)
    chosen, notes = choose(model, EXPLAINERS[method], fallback)
    prediction = model.predict([instance])[0]
    if contrast == prediction.label and not target_label:
        contrast, notes = None, (*notes, ("said_already", (("label", prediction.label),)))
    target = target_of(model, target_label or prediction.label, contrast)
    encoded = model.encode(instance)
    pieces = explained_units(encoded, granularity)
    asked = replace(encoded, groups=tuple(unit.members for unit in pieces)) if chosen.grouped else encoded
    found = chosen.run(model, asked, target, seed, progress or Progress())
    if not all(math.isfinite(score) for score in found.scores):
        raise UserError("bad_scores", method=chosen.name, model=model.name, precision=model.precision)
    attribution = _attribution(model, prediction, target, chosen, found, pieces)
    cost = (time.perf_counter() - begun, model.calls - calls)
    provenance = _provenance(model, chosen, seed, cost, notes + _limits(encoded) + found.notes)
    return replace(attribution, granularity=granularity, provenance=provenance)


def choose(model: ExplainedModel, asked: Explainer, fallback: bool) -> tuple[Explainer, tuple[Note, ...]]:
    """The method to run and what must be said about it. Raises UserError("missing_for_method")."""
    missing = sorted(asked.needs - model.capabilities)
    if not missing:
        return asked, ()
    able = fitting(model, asked)
    facts = {"method": asked.name, "model": model.name, "capability": ", ".join(missing)}
    if not fallback or not able:
        raise UserError("missing_for_method", **facts, nearest=able[0].name if able else "–")
    return able[0], (("fallback", (*facts.items(), ("used", able[0].name))),)


def target_of(model: ExplainedModel, label: str, contrast: str | None) -> Target:
    """The target for two label names. Raises UserError: unknown_label, same_labels."""
    if label not in model.labels:
        raise unknown("unknown_label", label, model.labels)
    if not contrast:
        return Target(model.labels.index(label))
    if contrast == label:
        raise UserError("same_labels", label=label)
    if contrast not in model.labels:
        raise unknown("unknown_label", contrast, model.labels)
    return Target(model.labels.index(label), model.labels.index(contrast))


def explained_units(encoded: Encoded, granularity: str) -> tuple[Unit, ...]:
    """The units that hold at least one token the model read, in reading order (a cut-off end of the text is in none)."""
    return tuple(unit for unit in units(encoded.instance.fields, encoded.tokens, granularity) if unit.members)


def _attribution(
    model: ExplainedModel,
    prediction: Prediction,
    target: Target,
    chosen: Explainer,
    found: TokenScores,
    pieces: Sequence[Unit],
) -> Attribution:
    return Attribution(
        prediction=prediction,
        target=model.labels[target.label],
        contrast="" if target.contrast is None else model.labels[target.contrast],
        method=chosen.name,
        tokens=tuple(Token(unit.text, unit.start, unit.end, unit.field) for unit in pieces),
        scores=tuple(found.scores) if chosen.grouped else tuple(merge(list(found.scores), pieces)),
        unit=chosen.unit or model.unit,
        baseline=found.baseline,
        gap=found.gap,
        signed=chosen.signed,
    )


def _provenance(
    model: ExplainedModel, chosen: Explainer, seed: int, cost: tuple[float, int], notes: tuple[Note, ...]
) -> Provenance:
    """Where scores come from; their cost in seconds and model calls."""
    return Provenance(
        model=model.name,
        revision=model.revision,
        precision=model.precision,
        method=chosen.name,
        seed=seed,
        versions=_versions(),
        seconds=cost[0],
        model_calls=cost[1],
        notes=notes,
    )


def _limits(encoded: Encoded) -> tuple[Note, ...]:
    if not encoded.truncated:
        return ()
    return (("truncated", (("kept", str(len(encoded.tokens))), ("total", str(encoded.total)))),)


@cache
def _versions() -> tuple[tuple[str, str], ...]:
    """Read once: looking a package up takes longer than a forward pass of a short text."""
    return tuple((name, version(name)) for name in ("torch", "transformers"))
