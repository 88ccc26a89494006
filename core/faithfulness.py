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


BETTER, NO_BETTER, UNCLEAR, NOT_APPLICABLE = "better", "no_better", "unclear", "not_applicable"


@value
class Faithfulness:
    """How far an explanation can be trusted: a verdict, why, and the scores behind it.

    `about` names the sentences that tell the verdict: "" for attributions, else the kind of explanation ("edits", …).
    """

    verdict: str
    reason: str = ""
    scores: tuple[Score, ...] = ()
    about: str = ""
