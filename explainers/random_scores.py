"""Random scores: the control that every other method must beat."""

from __future__ import annotations

import random

from core.progress import Progress
from explainers.base import STEP, Target, TokenScores, explainer
from explainers.perturbation import unit_count
from models.base import PREDICT, Encoded, ExplainedModel


@explainer(needs=[PREDICT], signed=True, grouped=True, seeded=True, unit="score", control=True)
def random_scores(
    model: ExplainedModel, encoded: Encoded, target: Target, seed: int, progress: Progress
) -> TokenScores:
    """Standard normal scores that know nothing of the model; the same seed gives the same scores.

    Scores [unit], without a unit of measure. One draw a word: added up over tokens, long words would come first more often.
    """
    progress(STEP, 0.0)
    source = random.Random(f"{seed} {encoded.instance.text}")  # else every text gets the same scores
    return TokenScores([source.gauss(0.0, 1.0) for _ in range(unit_count(encoded))])
