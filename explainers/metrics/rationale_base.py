"""Metrics of a rationale: how one is declared, and what it may ask of the explained model, the writer and a reader."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from core.data import Instance
from core.explanations import Rationale, Token
from core.faithfulness import Score
from core.progress import Progress
from core.registry import Registry
from core.script import is_word
from explainers.base import explained_units
from explainers.edits.figures import Sentences
from explainers.rationales.reader import Reader
from models.base import ExplainedModel

BUDGET = 64  # variants of the text that the model and the writer may be asked about for one metric

Told = Callable[[Sequence[Instance]], list[tuple[float, ...]]]
"""The writer's log-probability of each token of the rationale, had the text been each of these: [variant][token]."""
Again = Callable[[Sequence[Instance]], list[Rationale | None]]
"""New rationales of these texts by the same writer, None where it writes nothing usable."""


@dataclass(frozen=True)
class Case:
    """A rationale under test. What is None or empty was not given: metrics that need it then have no value.

    `drawn` are rationales of the same text with other seeds, `others` rationales of other texts, which serve as controls, and
    `words` are put into the text by the edit test, `tried` at most, of which `asked` get a new rationale.
    """

    model: ExplainedModel
    made: Rationale
    told: Told | None = None
    again: Again | None = None
    drawn: tuple[Rationale, ...] = ()
    others: tuple[str, ...] = ()
    reader: Reader | None = None
    encoder: Sentences | None = None
    words: tuple[str, ...] = ()
    budget: int = BUDGET
    tried: int = 64
    asked: int = 4
    seed: int = 0
    progress: Progress = field(default_factory=Progress)


Measure = Callable[[Case], Score]


@dataclass(frozen=True)
class RationaleMetric:
    """One figure of a rationale; all of them are too dear for the chat."""

    name: str
    measure: Measure


RATIONALE_METRICS: Registry[RationaleMetric] = Registry("unknown_metric")


def rationale_metric(measure: Measure) -> RationaleMetric:
    """Declare the function below as the metric of its name."""
    return RATIONALE_METRICS.add(RationaleMetric(measure.__name__, measure))


def words_in(model: ExplainedModel, instance: Instance) -> tuple[Token, ...]:
    """The words of a text that a rationale can name, in reading order, as far as the model reads it."""
    units = explained_units(model.encode(instance), "word")
    return tuple(Token(unit.text, unit.start, unit.end, unit.field) for unit in units if is_word(unit.text))
