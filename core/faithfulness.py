"""How far an explanation can be trusted: metrics beside the same metrics of random explanations, and a verdict."""

from __future__ import annotations

import math

from core.values import value


@value
class Score:
    """One metric of one explanation beside the same metric for random explanations.

    `value` is None where the metric does not apply, and `reason` (a key under `reason` in the metrics' words) says why.
    `random` holds the metric's values for the random draws. `best` is "higher" or "lower".
    """

    metric: str
    value: float | None
    random: tuple[float, ...] = ()
    low: float | None = None
    high: float | None = None
    best: str = "higher"
    unit: str = ""
    reason: str = ""

    @property
    def mean(self) -> float | None:
        """Mean of the random draws."""
        return sum(self.random) / len(self.random) if self.random else None

    @property
    def spread(self) -> float | None:
        """Standard deviation of the random draws (n − 1)."""
        if self.mean is None or len(self.random) < 2:
            return None
        return math.sqrt(sum((draw - self.mean) ** 2 for draw in self.random) / (len(self.random) - 1))


DELETION, INSERTION = "deletion", "insertion"


@value
class Curve:
    """How the target's probability moves as more of a text goes (DELETION) or is kept (INSERTION), what the map names first going first.

    `shares` of the text's units, rising, 0 to 1; `own` the probability at each (for a contrast the difference of two); `random` the
    mean of the same over random orders and `spread` their standard deviation (n − 1), both () where there were no random orders.
    """

    kind: str
    shares: tuple[float, ...]
    own: tuple[float, ...]
    random: tuple[float, ...] = ()
    spread: tuple[float, ...] = ()
    low: float = 0.0
    high: float = 1.0


BETTER, NO_BETTER, UNCLEAR, NOT_APPLICABLE = "better", "no_better", "unclear", "not_applicable"


@value
class Faithfulness:
    """How far an explanation can be trusted: a verdict, why, and the scores behind it.

    `about` names the sentences that tell the verdict: "" for maps of words, "sentences" for maps of those, else the kind of
    explanation ("edits", …).
    """

    verdict: str
    reason: str = ""
    scores: tuple[Score, ...] = ()
    about: str = ""
    curves: tuple[Curve, ...] = ()
