"""Occlusion: what the target loses when one token is replaced by the neutral token."""

from __future__ import annotations

import torch

from core.progress import Progress
from explainers.base import STEP, Target, TokenScores, explainer
from models.base import PREDICT, Encoded, ExplainedModel

ROWS = 64  # variants between two looks at the stop button; the model cuts them into batches that fit its memory


@explainer(needs=[PREDICT], signed=True)
def occlusion(model: ExplainedModel, encoded: Encoded, target: Target, seed: int, progress: Progress) -> TokenScores:
    """f(input) − f(input with the token replaced by the neutral token), each token alone.

    Scores [token], in the target's unit. Zeiler and Fergus 2014, arXiv 1311.2901; on text Li et al. 2016, arXiv 1612.08220.
    """
    count = len(encoded.tokens)
    keep = torch.cat([torch.ones(1, count, dtype=torch.bool), ~torch.eye(count, dtype=torch.bool)])
    parts = []
    for first in range(0, len(keep), ROWS):
        progress(STEP, first / len(keep))
        parts.append(target.of(model.scores(encoded, keep[first : first + ROWS])))
    found = torch.cat(parts)
    return TokenScores((found[0] - found[1:]).tolist(), baseline=model.neutral)
