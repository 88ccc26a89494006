"""Two sides: does what changes the answer of one model change that of the other, and do both sides give the same reasons in words?"""

from __future__ import annotations

from collections.abc import Sequence

from core.data import Dataset, Instance
from core.explanations import Crossed, Rationale
from core.progress import Progress
from explainers.counterfactual import counterfactual
from explainers.edits.figures import Sentences, similarities
from explainers.rationale import Writer, rationalize
from models.base import ExplainedModel

Pair = tuple[ExplainedModel, ExplainedModel]
Asked = tuple[ExplainedModel, Instance]  # a model and the text that it answers about


def crossed(
    models: Pair, instance: Instance, dataset: Dataset, encoder: Sentences, seed: int, progress: Progress
) -> tuple[Crossed, ...]:
    """The smallest counterfactual that each model's search finds, where it finds one, and what both models answer to it."""
    found: list[Crossed] = []
    for finder, model in enumerate(models):
        made = counterfactual(model, instance, dataset, encoder, seed=seed, progress=progress)
        for edit in made.edits[:1]:
            one, two = (each.predict([edit.prediction.instance])[0].label for each in models)
            found.append(Crossed(finder, edit, (one, two)))
    return tuple(found)


def both_reasons(
    sides: tuple[Asked, Asked], writer: Writer, language: str, seed: int, progress: Progress
) -> tuple[Rationale, Rationale]:
    """The writer's sentence about each side's answer: it is told the answer and the strongest words of that model on that text."""
    one, two = (rationalize(model, text, writer, language, seed=seed, progress=progress) for model, text in sides)
    return one, two


def likeness(reasons: Sequence[Rationale], encoder: Sentences) -> float | None:
    """The cosine of the sentence vectors of two reasons, −1 to 1; None for less than two."""
    if len(reasons) < 2:
        return None
    return round(float(similarities(encoder, reasons[0].text, [reasons[1].text])[0]), 6)
