"""Attention rollout: attention followed through all layers; unsigned, and the same for every label."""

from __future__ import annotations

from core.progress import Progress
from explainers.base import STEP, Target, TokenScores, explainer
from explainers.rollout import rollout
from models.base import ATTENTIONS, Encoded, ExplainedModel

RESIDUAL = 0.5  # of a position's output is taken to be its own input, by the connection around every attention layer


@explainer(needs=[ATTENTIONS], signed=False, unit="attention")
def attention_rollout(
    model: ExplainedModel, encoded: Encoded, target: Target, seed: int, progress: Progress
) -> TokenScores:
    """Attention from the deciding positions, multiplied through all layers, half of each layer kept as it came in.

    Scores [token], shares of what arrives (0 to 1, sum at most 1; the rest comes from special and template tokens).
    Abnar and Zuidema 2020, arXiv 2005.00928, section 3.1.
    """
    progress(STEP, 0.0)
    return TokenScores(rollout(model.attention_maps(encoded), RESIDUAL).tolist())
