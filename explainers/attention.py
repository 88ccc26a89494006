"""Attention: where the deciding positions look; unsigned, and not proof of influence."""

from __future__ import annotations

from core.progress import Progress
from explainers.base import STEP, Target, TokenScores, explainer
from models.base import ATTENTIONS, Encoded, ExplainedModel


@explainer(needs=[ATTENTIONS], signed=False, unit="attention")
def attention(model: ExplainedModel, encoded: Encoded, target: Target, seed: int, progress: Progress) -> TokenScores:
    """Attention from the deciding positions to each token, mean over all layers and heads, the same for every label.

    Scores [token], shares of attention (0 to 1, sum at most 1; the rest goes to special and template tokens).
    A plain mean, not rollout; that high attention need not mean influence: Jain and Wallace 2019, arXiv 1902.10186.
    """
    progress(STEP, 0.0)
    return TokenScores(model.attentions(encoded).float().mean(dim=(0, 1)).tolist())
