"""The study's figures: means with intervals, paired differences to the reference, the noise floor, and the controls."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import fmean

from scipy.stats import kendalltau

from core.statistics import FEWEST, Mean
from explainers.metrics.base import HIGHER, LOWER
from jobs.precision_study.arms import Row

Rows = Mapping[str, Row]
"""The rows of one arm by item."""
Of = Callable[[Row, Row], float | None]
"""A figure of an item from its row and the reference's row of the same item."""
TAU = "attribution_tau"
BROKEN, INSIDE, OUTSIDE, FEW = "broken", "inside", "outside", "few"
NEGLIGIBLE = 0.01  # of the reference's mean: what does not depend on sampling has a floor of 0, and rounding always moves it a little


@dataclass(frozen=True)
class Figure:
    """One measured thing. `best` is HIGHER or LOWER, "" where neither is better; `group` is the heading it stands under."""

    name: str
    group: str
    best: str
    of: Of


def _column(name: str) -> Of:
    return lambda row, _: number(row.get(name))


def number(found: object) -> float | None:
    return float(found) if isinstance(found, int | float) else None


def _simulated(row: Row, _: Row) -> float | None:
    return float(row["guessed"] == row["predicted"]) if "guessed" in row else None


def _tau(row: Row, reference: Row) -> float | None:
    """Kendall's τ-b of the words' scores to those of the reference; 0 where all are alike, None where the reference's are."""
    one, other = row.get("attribution"), reference.get("attribution")
    if not isinstance(one, list) or not isinstance(other, list) or len(one) != len(other):
        return None
    if len(set(other)) < 2:
        return None
    return float(kendalltau(one, other).statistic) if len(set(one)) > 1 else 0.0


def _seconds(row: Row, _: Row) -> float | None:
    """Mean of the items measured together; the noise floor leaves some stages out, so it has none."""
    spent = row.get("seconds")
    return math.fsum(spent.values()) if isinstance(spent, dict) and not row.get("sample") else None


def _fluency(row: Row, _: Row) -> float | None:
    """Logarithm of the perplexity ratio: one gibberish edit would own the mean of the ratios."""
    ratio = number(row.get("edit_fluency"))
    return math.log(ratio) if ratio else None


def _above(own: str, control: str) -> Of:
    """How far a figure is above its control, of the same item."""

    def excess(row: Row, _: Row) -> float | None:
        value, chance = number(row.get(own)), number(row.get(control))
        return None if value is None or chance is None else value - chance

    return excess


TASK, WORDS, FAITH, EDIT, SAME, COST = (
    "Task",
    "Rationales: quality",
    "Rationales: faithfulness",
    "Counterfactuals",
    "Attribution",
    "Cost",
)
FIGURES = (
    Figure("accuracy", TASK, HIGHER, _column("right")),
    Figure("text_log_prob", TASK, HIGHER, _column("text_log_prob")),
    Figure("human_log_prob", WORDS, HIGHER, _column("human_log_prob")),
    Figure("human_similarity", WORDS, HIGHER, _column("human_similarity")),
    Figure("simulatability", WORDS, HIGHER, _simulated),
    Figure("distinct_2", WORDS, HIGHER, _column("distinct_2")),
    Figure("words", WORDS, "", _column("words")),
    Figure("edit_testable", FAITH, "", _column("testable")),
    Figure("edit_named", FAITH, HIGHER, _column("edit_named")),
    Figure("edit_named_above_chance", FAITH, HIGHER, _above("edit_named", "edit_chance")),
    Figure("cc_shap", FAITH, HIGHER, _column("cc_shap")),
    Figure("cc_shap_above_shuffled", FAITH, HIGHER, _above("cc_shap", "cc_shap_chance")),
    Figure("counterfactual_made", EDIT, HIGHER, _column("edit_made")),
    Figure("counterfactual_flip", EDIT, HIGHER, _column("edit_flip")),
    Figure("counterfactual_judge", EDIT, HIGHER, _column("edit_judge")),
    Figure("counterfactual_share", EDIT, LOWER, _column("edit_share")),
    Figure("counterfactual_similarity", EDIT, HIGHER, _column("edit_similarity")),
    Figure("counterfactual_log_fluency", EDIT, LOWER, _fluency),
    Figure(TAU, SAME, HIGHER, _tau),
    Figure("seconds", COST, LOWER, _seconds),
)


@dataclass(frozen=True)
class Cell:
    """One figure of one arm: its mean, its paired difference to the reference, and what the noise floor says of that.

    The floor is the far end of the interval of the reference's own difference with another sampling seed, and at least NEGLIGIBLE.
    BROKEN: worse than the reference, the interval without 0, and by more than the floor. INSIDE: the interval holds 0, or the
    difference is not beyond the floor. OUTSIDE: different, but better, or the figure has no better. FEW: too few items to tell.
    """

    figure: str
    arm: str
    own: Mean | None
    difference: Mean | None
    verdict: str


@dataclass(frozen=True)
class Study:
    """All that the report tells."""

    arms: tuple[str, ...]
    cells: tuple[Cell, ...]
    perplexities: tuple[tuple[str, float | None], ...]
    weights: tuple[tuple[str, float | None], ...]
    items: int

    def cell(self, figure: str, arm: str) -> Cell:
        """What was measured of a figure in one arm."""
        return next(one for one in self.cells if (one.figure, one.arm) == (figure, arm))

    def record(self) -> dict[str, object]:
        """The whole study as plain values, for figures.json."""
        return asdict(self)


def study(rows: Sequence[Row], arms: Sequence[str]) -> Study:
    """The figures of all arms; the first is the reference, one named after it with a seed the noise floor."""
    by_arm = grouped(rows, arms)
    reference, noise = arms[0], next((arm for arm in arms if arm.startswith(f"{arms[0]} ·")), "")
    cells = [_cell(one, arm, by_arm[arm], by_arm[reference], by_arm.get(noise, {})) for one in FIGURES for arm in arms]
    perplexities = tuple((arm, _perplexity(by_arm[arm])) for arm in arms)
    weights = tuple((arm, _any(by_arm[arm], "weights_mb")) for arm in arms)
    return Study(tuple(arms), tuple(cells), perplexities, weights, len(by_arm[reference]))


def grouped(rows: Sequence[Row], arms: Sequence[str]) -> dict[str, Rows]:
    """Rows by arm and item."""
    return {arm: {str(row["id"]): row for row in rows if row["arm"] == arm} for arm in arms}


def _cell(one: Figure, arm: str, own: Rows, reference: Rows, noise: Rows) -> Cell:
    values = _values(one, own, reference)
    pairs = differences(one, own, reference) if own is not reference else []
    floor = Mean.of(differences(one, noise, reference)) if own is not noise else None
    difference = Mean.of(pairs)
    least = NEGLIGIBLE * abs(fmean(_values(one, reference, reference).values() or [0.0]))
    return Cell(one.name, arm, Mean.of(values.values()), difference, _verdict(one, difference, floor, least))


def _values(one: Figure, own: Rows, reference: Rows) -> dict[str, float]:
    found = {item: one.of(row, reference.get(item, {})) for item, row in own.items()}
    return {item: value for item, value in found.items() if value is not None}


def differences(one: Figure, own: Rows, reference: Rows) -> list[float]:
    """The arm's value minus the reference's, of the items that have both; of agreement with the reference what is missing to 1."""
    if one.name == TAU:
        return [value - 1.0 for value in _values(one, own, reference).values()]
    ours, theirs = _values(one, own, reference), _values(one, reference, reference)
    return [ours[item] - theirs[item] for item in ours if item in theirs]


def _verdict(one: Figure, difference: Mean | None, floor: Mean | None, least: float) -> str:
    if difference is None:
        return ""
    if any(known.n < FEWEST for known in (difference, floor) if known):
        return FEW
    limit = max(abs(floor.low), abs(floor.high), least) if floor else least
    if difference.low <= 0 <= difference.high or abs(difference.mean) <= limit:
        return INSIDE
    worse = difference.mean < 0 if one.best == HIGHER else difference.mean > 0
    return BROKEN if one.best and worse else OUTSIDE


def _perplexity(rows: Rows) -> float | None:
    """Over all tokens of all studied texts."""
    pairs = [(row["text_log_prob"], row["text_tokens"]) for row in rows.values() if row.get("text_tokens")]
    known = [(float(one), int(count)) for one, count in pairs if isinstance(one, float) and isinstance(count, int)]
    total = sum(count for _, count in known)
    return math.exp(-math.fsum(one * count for one, count in known) / total) if total else None


def _any(rows: Rows, name: str) -> float | None:
    return next((number(row.get(name)) for row in rows.values()), None)
