"""Attribution methods on a labelled data set: how far each beats random maps, and what it costs."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean

from scipy.stats import wilcoxon

from core.data import Instance
from core.faithfulness import BETTER, Score
from core.progress import Progress
from core.statistics import Mean, holm
from core.values import value
from explainers.base import attribute
from explainers.metrics.base import HIGHER
from explainers.metrics.judge import Values, judge
from explainers.metrics.variants import STEP
from models.base import ExplainedModel

GRANULARITY = "word"


@value
class Checked:
    """One method on one text: its metrics, whether the badge says "clearly better", CPU seconds and model calls of the map."""

    method: str
    language: str
    scores: tuple[Score, ...]
    better: bool
    seconds: float
    model_calls: int

    def figure(self, metric: str) -> float | None:
        """The metric's value; None where it does not apply."""
        return next(score.value for score in self.scores if score.metric == metric)

    def gain(self, metric: str) -> float | None:
        """How much better than the mean random map, in the metric's unit; None where it does not apply or has no random maps."""
        found = next(score for score in self.scores if score.metric == metric)
        if found.value is None or found.mean is None:
            return None
        return (found.value - found.mean) * (1 if found.best == HIGHER else -1)


@dataclass(frozen=True)
class Paired:
    """What a method's comprehensiveness exceeds the control's by, text by text, and the two-sided p-value of that difference.

    `holm` is the same p-value corrected for the number of methods that were tested.
    """

    over: Mean
    p: float
    holm: float


@dataclass(frozen=True)
class Summary:
    """One method over all texts. `gains` and `values` are by metric, `languages` are gains in comprehensiveness by language.

    `above` is the share of texts whose gain in comprehensiveness − sufficiency is above 0, `better` the share that the badge calls
    clearly better; seconds are CPU time and, like model calls, means a text.
    """

    method: str
    gains: dict[str, Mean]
    values: dict[str, Mean]
    languages: dict[str, Mean]
    above: float
    better: float
    seconds: float
    model_calls: float


def check(
    model: ExplainedModel,
    rows: Sequence[Instance],
    methods: Sequence[str],
    draws: int = 20,
    seed: int = 0,
    deep: bool = False,
    progress: Progress | None = None,
) -> Iterator[Checked]:
    """Every method on every row. The random maps of a text are the same for all methods, and computed once."""
    progress = progress or Progress()
    for number, row in enumerate(rows):
        progress(STEP, number / len(rows))
        known: Values = {}
        for method in methods:
            begun, calls = time.process_time(), model.calls
            made = attribute(model, row, method, granularity=GRANULARITY, seed=seed)
            seconds, taken = time.process_time() - begun, model.calls - calls
            found = judge(model, made, draws, seed, deep=deep, known=known)
            yield Checked(method, row.language, found.scores, found.verdict == BETTER, seconds, taken)


def summaries(checked: Sequence[Checked]) -> list[Summary]:
    """One a method, the highest gain in comprehensiveness first."""
    methods = dict.fromkeys(one.method for one in checked)
    made = [_summary(method, [one for one in checked if one.method == method]) for method in methods]
    return sorted(made, key=lambda one: -one.gains["comprehensiveness"].mean)


def paired(checked: Sequence[Checked], control: str) -> dict[str, Paired]:
    """Every other method against the control on the same texts. Wilcoxon 1945, signed ranks; {} where the control did not run."""
    by_method: dict[str, list[float]] = {}
    for one in checked:
        by_method.setdefault(one.method, []).append(one.figure("comprehensiveness") or 0.0)
    base = by_method.pop(control, None)
    if base is None:
        return {}
    found = {}
    for method, values in by_method.items():
        differences = [mine - chance for mine, chance in zip(values, base, strict=True)]
        over = Mean.of(differences)
        if over is not None and any(differences):
            found[method] = (over, float(wilcoxon(differences).pvalue))
    corrected = holm([p for _, p in found.values()])
    return {method: Paired(*pair, p) for (method, pair), p in zip(found.items(), corrected, strict=True)}


def _summary(method: str, mine: Sequence[Checked]) -> Summary:
    metrics = dict.fromkeys(score.metric for one in mine for score in one.scores)
    gains = {metric: Mean.of([one.gain(metric) for one in mine]) for metric in metrics}
    values = {metric: Mean.of([one.figure(metric) for one in mine]) for metric in metrics}
    languages = {
        code: Mean.of([one.gain("comprehensiveness") for one in mine if one.language == code])
        for code in sorted({one.language for one in mine})
    }
    return Summary(
        method,
        gains=_known(gains),
        values=_known(values),
        languages=_known(languages),
        above=fmean(_both(one) > 0 for one in mine),
        better=fmean(one.better for one in mine),
        seconds=fmean(one.seconds for one in mine),
        model_calls=fmean(one.model_calls for one in mine),
    )


def _both(one: Checked) -> float:
    return (one.gain("comprehensiveness") or 0.0) + (one.gain("sufficiency") or 0.0)


def _known(found: dict[str, Mean | None]) -> dict[str, Mean]:
    return {name: one for name, one in found.items() if one is not None}
