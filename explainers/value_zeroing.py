"""Value zeroing: how much positions turn without a token's value vector, followed through all layers; unsigned."""

from __future__ import annotations

from dataclasses import replace

from core.progress import Progress
from explainers.base import STEP, Target, TokenScores, explainer
from explainers.rollout import rollout
from models.base import VALUE_VECTORS, Encoded, ExplainedModel


@explainer(needs=[VALUE_VECTORS], signed=False, unit="mixing")
def value_zeroing(
    model: ExplainedModel, encoded: Encoded, target: Target, seed: int, progress: Progress
) -> TokenScores:
    """How much each position's output turns when a token's value vector is zeroed, as shares, multiplied through all layers.

    Scores [token], shares (0 to 1, sum at most 1; the rest comes from special tokens), the same for every label. The measure
    sees a layer's output, so what goes around attention is in it and nothing is added in the rollout. Costs one pass a
    position. Mohebbi et al. 2023, arXiv 2301.12971, eq. 2 and section 3.
    """
    found = model.value_changes(encoded, lambda done: progress(STEP, done))
    totals = found.maps.sum(dim=-1, keepdim=True)
    shares = found.maps / totals.where(totals > 0, totals.new_ones(()))
    return TokenScores(rollout(replace(found, maps=shares), residual=0.0).tolist())
