"""CC-SHAP: do the words that move the prediction also move the rationale?"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence

import torch

from core.data import Instance
from core.faithfulness import Score
from core.script import is_word
from explainers.base import explained_units
from explainers.edits.text import Change, Move, written
from explainers.metrics.base import Kept
from explainers.metrics.rationale_base import Case, rationale_metric
from explainers.shapley import ALL, Order, antithetic, contributions, every_order, passed
from models.pieces import Unit

NAME = "cc_shap"
UNITS = 16  # words that are taken out: more would take more variants each
SHUFFLES = 20
STILL = 1e-6  # nats: less is rounding


@rationale_metric
def cc_shap(case: Case) -> Score:
    """Cosine of the words' contributions to the prediction and to the rationale, −1 to 1, higher is better.

    Contributions are differences of log-probabilities when a word is cut out: of the answer, and of each of the rationale's
    tokens as the writer would write it about the text without the word; each is divided by the sum of its absolute values
    before the mean over tokens. Shapley values over all orders of few words, else over antithetic random orders where the budget
    of variants reaches for a pair of them, else leaving out each word once (occlusion), of at most UNITS words drawn by the seed.
    Beside it the same with the rationale's contributions shuffled. Parcalabescu and Frank 2024, arXiv 2311.07466, section 4.
    """
    if case.told is None:
        return Score(NAME, None, low=-1.0, high=1.0, reason="writer_unknown")
    encoded = case.model.encode(case.made.prediction.instance)
    units = explained_units(encoded, "word")
    source = random.Random(case.seed)
    every = [place for place, unit in enumerate(units) if is_word(unit.text)]
    chosen = sorted(source.sample(every, min(len(every), UNITS, case.budget - 1)))
    if len(chosen) < 2:
        return Score(NAME, None, low=-1.0, high=1.0, reason="too_short")
    orders = chosen_orders(len(chosen), case.budget, source)
    wanted = variants(len(chosen), orders)
    gone = [[units[chosen[place]] for place in range(len(chosen)) if place not in kept] for kept in wanted]
    answer = [(one,) for one in _answers(case, gone)]
    told = case.told([without(case.made.prediction.instance, cut) for cut in gone])
    first = _ratios(dict(zip(wanted, answer, strict=True)), len(chosen), orders)
    second = _ratios(dict(zip(wanted, told, strict=True)), len(chosen), orders)
    if first is None or second is None:
        return Score(NAME, None, low=-1.0, high=1.0, reason="nothing_moves")
    chance = tuple(cosine(first, source.sample(second, len(second))) for _ in range(SHUFFLES))
    return Score(NAME, cosine(first, second), chance, -1.0, 1.0)


def chosen_orders(count: int, budget: int, source: random.Random) -> tuple[Order, ...]:
    """All orders of few words, else as many random pairs as a budget of variants reaches for; none where it reaches for no pair."""
    if count <= ALL and 2**count <= budget:
        return every_order(count)
    return antithetic(count, (budget - 2) // (2 * (count - 1)), source)


def variants(count: int, orders: Sequence[Order]) -> list[Kept]:
    """The sets of units that stay: along the orders, or without orders all and all but one."""
    everything = frozenset(range(count))
    return passed(orders) if orders else [everything, *(everything - {unit} for unit in range(count))]


def added(found: Mapping[Kept, float], count: int, orders: Sequence[Order]) -> list[float]:
    """What each unit adds [unit]: the mean over orders, or without orders what is missing when it alone is left out."""
    everything = frozenset(range(count))
    if orders:
        return contributions(found, orders)
    return [found[everything] - found[everything - {unit}] for unit in range(count)]


def _ratios(found: Mapping[Kept, Sequence[float]], count: int, orders: Sequence[Order]) -> list[float] | None:
    """Contributions in shares of their absolute sum, mean over tokens [unit]; None where no token moves."""
    shares: list[list[float]] = []
    for token in range(min(len(one) for one in found.values())):
        scores = added({kept: values[token] for kept, values in found.items()}, count, orders)
        total = math.fsum(map(abs, scores))
        if total > STILL:
            shares.append([score / total for score in scores])
    return [math.fsum(column) / len(shares) for column in zip(*shares, strict=True)] if shares else None


def cosine(one: Sequence[float], other: Sequence[float]) -> float:
    """Cosine of two vectors, 0 where one is zero."""
    lengths = math.hypot(*one) * math.hypot(*other)
    return math.fsum(a * b for a, b in zip(one, other, strict=True)) / lengths if lengths else 0.0


def without(instance: Instance, gone: Sequence[Unit]) -> Instance:
    """The text with these words cut out."""
    cuts = tuple(Change(unit.field, unit.start, unit.end, "") for unit in gone)
    return written(instance, (Move(cuts, NAME),)) if cuts else instance


def _answers(case: Case, gone: Sequence[Sequence[Unit]]) -> list[float]:
    """Log-probability of the model's own answer on each variant."""
    encoded = case.model.encode(case.made.prediction.instance)
    keep = torch.ones(len(gone), len(encoded.tokens), dtype=torch.bool)
    for row, cut in enumerate(gone):
        keep[row, [member for unit in cut for member in unit.members]] = False
    label = case.model.labels.index(case.made.prediction.label)
    found: list[float] = case.model.scores(encoded, keep, delete=True).float().log_softmax(-1)[:, label].tolist()
    return found
