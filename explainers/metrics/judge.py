"""The judge: every metric of a map beside the same metric of random maps, and one verdict, from shared masked passes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from core.explanations import Attribution
from core.faithfulness import BETTER, UNCLEAR, Faithfulness, Score
from core.progress import Progress
from explainers.base import target_of
from explainers.metrics.base import METRICS, Kept, Metric, Order, dealt, nothing, order_of
from explainers.metrics.comprehensiveness import comprehensiveness
from explainers.metrics.curves import curves
from explainers.metrics.orders import arrangements, orders, words_first
from explainers.metrics.sufficiency import sufficiency
from explainers.metrics.variants import STEP, probabilities, units_of
from explainers.metrics.verdict import p_value, verdict
from models.base import ExplainedModel

Values = dict[Kept, float]
# A map that beats all of so many draws is clearly better (p = 1/11), and one that half of them beat is not: the other draws would
# cost as much again. In 200,000 simulated texts with antithetic normal draws a random map is called better in 9.0 % (7.2 % with
# 20 draws at once), a map two deviations above chance in 70 % (66 %); half to two thirds are settled here.
FIRST_LOOK = 10
SETTLED = 0.5
ABOUT = {"sentence": "sentences"}  # by granularity: names the sentences that tell the verdict, "" for those about words


def judge(
    model: ExplainedModel,
    attribution: Attribution,
    draws: int = 20,
    seed: int = 0,
    progress: Progress | None = None,
    deep: bool = False,
    known: Values | None = None,
    early: bool = False,
) -> Faithfulness:
    """How much better than chance the attribution tells what moves the model, in probabilities of its target.

    `deep` adds the metrics that are too dear for a chat. `known` holds the probabilities of variants that were computed for
    another map of the same text, target and units, and is filled with those computed here. With `early`, FIRST_LOOK draws are
    enough where they settle the verdict. At least 10 draws are needed for a verdict (p ≤ 0.1). Raises UserError("other_model")
    when the model reads the text in other pieces than the attribution's.
    """
    progress = progress or Progress()
    found = {} if known is None else known
    chosen = [one for one in METRICS if deep or not one.deep]
    if early and draws > FIRST_LOOK and arrangements(*words_first(attribution.tokens)) > draws:
        made, p = _look(model, attribution, chosen, FIRST_LOOK, seed, found, progress)
        if made.verdict == BETTER or p > SETTLED:
            return made
    return _look(model, attribution, chosen, draws, seed, found, progress)[0]


def _look(
    model: ExplainedModel,
    attribution: Attribution,
    chosen: Sequence[Metric],
    draws: int,
    seed: int,
    found: Values,
    progress: Progress,
) -> tuple[Faithfulness, float]:
    """The map beside so many random ones, and the p-value of its rank among them."""
    count = len(attribution.tokens)
    own = order_of(attribution.scores)
    placed = words_first(attribution.tokens)
    others = orders(*placed, draws, seed)
    metrics = sorted(chosen, key=lambda one: (one.deep, one.keeps is nothing, one.name))
    found |= _probabilities(model, attribution, _wanted(metrics, (own, *others)) - found.keys(), progress)
    full = found[frozenset(range(count))]
    asked = {one.name: one.asks(model, attribution, seed, progress) for one in metrics if one.asks}
    scores = tuple(_score(one, attribution, others, full, found, asked.get(one.name)) for one in metrics)
    progress(STEP, 1.0)
    about = ABOUT.get(attribution.granularity, "")
    if len(set(attribution.scores)) == 1 and count > 1:
        return Faithfulness(UNCLEAR, "flat", scores, about), 1.0
    told = [found[kept] for kept in _wanted((comprehensiveness, sufficiency), (own, *others))]
    span = max(told) - min(told)
    mine, *chance = (_contrast(attribution, order, full, found) for order in (own, *others))
    everything = arrangements(*placed) <= draws
    judged, reason = verdict(mine, chance, everything, span)
    drawn = curves(own, others, found, bool(attribution.contrast))
    return Faithfulness(judged, reason, scores, about, drawn), p_value(mine, chance, everything)


def _wanted(metrics: Sequence[Metric], every: Sequence[Order]) -> set[Kept]:
    """The whole text and every variant that any of the metrics needs for any of the orders."""
    whole = frozenset(range(len(every[0])))
    return {whole, *(kept for one in metrics for order in every for kept in one.keeps(order))}


def _probabilities(
    model: ExplainedModel, attribution: Attribution, wanted: Collection[Kept], progress: Progress
) -> Values:
    """The target's probability on every variant wanted."""
    encoded, units = units_of(model, attribution)
    target = target_of(model, attribution.target, attribution.contrast)
    return probabilities(model, encoded, units, target, wanted, progress) if wanted else {}


def _score(
    one: Metric,
    attribution: Attribution,
    others: Sequence[Order],
    full: float,
    found: Values,
    asked: Sequence[float] | None,
) -> Score:
    """One metric of the map and, where it has any, of random maps: the same scores dealt out to other units."""
    value = _value(one, attribution, order_of(attribution.scores), full, found, asked)
    chance: list[float | None] = []
    if one.chance and value is not None:
        dealt_out = ((order, replace(attribution, scores=dealt(attribution.scores, order))) for order in others)
        chance = [_value(one, random_map, order, full, found, asked) for order, random_map in dealt_out]
    low, high = _range(one, bool(attribution.contrast))
    return Score(
        metric=one.name,
        value=value,
        random=tuple(draw for draw in chance if draw is not None),
        low=low,
        high=high,
        best=one.best,
        unit=one.unit or attribution.unit,
        reason=one.reason if value is None else "",
    )


def _range(one: Metric, contrast: bool) -> tuple[float | None, float | None]:
    """For a contrast, a difference of two probabilities (−1 to 1) stands for a probability, and so for a difference of two (−2 to 2)."""
    if not contrast or one.unit != "probability" or one.low is None or one.high is None:
        return one.low, one.high
    return one.low - one.high, 2 * one.high if one.low else one.high


def _value(
    one: Metric,
    attribution: Attribution,
    order: Order,
    full: float,
    found: Values,
    asked: Sequence[float] | None = None,
) -> float | None:
    parts = [found[kept] for kept in one.keeps(order)] if asked is None else asked
    return one.measure(attribution, full, parts)


def _contrast(attribution: Attribution, order: Order, full: float, found: Values) -> float:
    """Comprehensiveness − sufficiency: one number for how well an order separates words that matter from the rest."""
    gained, lacking = (_value(one, attribution, order, full, found) for one in (comprehensiveness, sufficiency))
    return (gained or 0.0) - (lacking or 0.0)
