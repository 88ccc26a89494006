"""The judge: every metric of a map beside the same metric of random maps, and one verdict, from shared masked passes."""

from __future__ import annotations

from collections.abc import Sequence

from core.errors import UserError
from core.explanations import UNCLEAR, Attribution, Faithfulness, Score
from core.progress import Progress
from explainers.base import explained_units, target_of
from explainers.metrics.base import METRICS, Kept, Metric, Order, nothing, order_of
from explainers.metrics.comprehensiveness import comprehensiveness
from explainers.metrics.orders import arrangements, orders
from explainers.metrics.sufficiency import sufficiency
from explainers.metrics.variants import STEP, probabilities
from explainers.metrics.verdict import verdict
from models.base import ExplainedModel

Values = dict[Kept, float]


def judge(
    model: ExplainedModel, attribution: Attribution, draws: int = 20, seed: int = 0, progress: Progress | None = None
) -> Faithfulness:
    """How much better than chance the attribution tells what moves the model, in probabilities of its target.

    At least 10 draws are needed for a verdict (p ≤ 0.1). Raises UserError("other_model") when the model reads the text in other
    pieces than those of the attribution.
    """
    progress = progress or Progress()
    count = len(attribution.tokens)
    own = order_of(attribution.scores)
    others = orders(count, draws, seed)
    found = _probabilities(model, attribution, (own, *others), progress)
    full = found[frozenset(range(count))]
    metrics = sorted(METRICS, key=lambda one: (one.keeps is nothing, one.name))
    scores = tuple(_score(one, attribution, own, others, full, found) for one in metrics)
    progress(STEP, 1.0)
    if len(set(attribution.scores)) == 1 and count > 1:
        return Faithfulness(UNCLEAR, "flat", scores)
    span = max(found.values()) - min(found.values())
    mine, *chance = (_contrast(attribution, order, full, found) for order in (own, *others))
    judged, reason = verdict(mine, chance, arrangements(count) <= draws, span)
    return Faithfulness(judged, reason, scores)


def _probabilities(
    model: ExplainedModel, attribution: Attribution, every: Sequence[Order], progress: Progress
) -> Values:
    """The target's probability on the whole text and on every variant that any metric needs for any of the orders."""
    encoded = model.encode(attribution.prediction.instance)
    units = explained_units(encoded, attribution.granularity)
    if [(unit.start, unit.end) for unit in units] != [(token.start, token.end) for token in attribution.tokens]:
        raise UserError("other_model", model=model.name)
    target = target_of(model, attribution.target, attribution.contrast)
    wanted = {kept for one in METRICS for order in every for kept in one.keeps(order)}
    wanted.add(frozenset(range(len(units))))
    return probabilities(model, encoded, units, target, wanted, progress)


def _score(
    one: Metric, attribution: Attribution, own: Order, others: Sequence[Order], full: float, found: Values
) -> Score:
    """One metric of the map and of the random maps; a metric of the scores alone has no random values."""
    value = _value(one, attribution, own, full, found)
    chance = [_value(one, attribution, order, full, found) for order in others] if one.keeps(own) else []
    scale = 2.0 if attribution.contrast and one.unit == "probability" else 1.0
    return Score(
        metric=one.name,
        value=value,
        random=tuple(draw for draw in chance if draw is not None),
        low=None if one.low is None else one.low * scale,
        high=None if one.high is None else one.high * scale,
        best=one.best,
        unit=one.unit or attribution.unit,
        reason=one.reason if value is None else "",
    )


def _value(one: Metric, attribution: Attribution, order: Order, full: float, found: Values) -> float | None:
    return one.measure(attribution, full, [found[kept] for kept in one.keeps(order)])


def _contrast(attribution: Attribution, order: Order, full: float, found: Values) -> float:
    """Comprehensiveness − sufficiency: one number for how well an order separates words that matter from the rest."""
    gained, lacking = (_value(one, attribution, order, full, found) for one in (comprehensiveness, sufficiency))
    return (gained or 0.0) - (lacking or 0.0)
