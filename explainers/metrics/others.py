"""Other maps of the same text that metrics compare a map with: another method's, and other seeds'."""

from __future__ import annotations

from collections.abc import Sequence

from core.explanations import Attribution
from core.progress import Progress
from explainers.base import EXPLAINERS, attribute
from models.base import GRADIENTS, ExplainedModel

# They err in different places: one reads gradients, one asks the model.
BY_GRADIENTS, BY_REMOVAL = "integrated_gradients", "occlusion"
SEEDS = 3  # other maps by the same method


def again(model: ExplainedModel, made: Attribution, method: str, seed: int, progress: Progress) -> tuple[float, ...]:
    """The scores of another map of the same text, target and units."""
    found = attribute(
        model,
        made.prediction.instance,
        method,
        made.target,
        made.contrast or None,
        made.granularity,
        seed,
        progress,
    )
    return found.scores


def second(model: ExplainedModel, made: Attribution, seed: int, progress: Progress) -> Sequence[float]:
    """A second method's scores: occlusion; for occlusion itself integrated gradients, none where the model has no gradients."""
    if made.method != BY_REMOVAL:
        return again(model, made, BY_REMOVAL, seed, progress)
    return again(model, made, BY_GRADIENTS, seed, progress) if GRADIENTS in model.capabilities else ()


def other_seeds(model: ExplainedModel, made: Attribution, seed: int, progress: Progress) -> Sequence[float]:
    """The scores of SEEDS other maps in a row, none where the method draws nothing at random."""
    if made.method not in EXPLAINERS or not EXPLAINERS[made.method].seeded:
        return ()
    first = made.provenance.seed + 1
    return [score for one in range(first, first + SEEDS) for score in again(model, made, made.method, one, progress)]
