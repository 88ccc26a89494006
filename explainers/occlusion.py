"""Occlusion: what the target loses when one unit is replaced by the neutral token."""

from __future__ import annotations

import torch

from core.progress import Progress
from explainers.base import Target, TokenScores, explainer
from explainers.perturbation import unit_count, values
from models.base import PREDICT, Encoded, ExplainedModel


@explainer(needs=[PREDICT], signed=True, grouped=True)
def occlusion(model: ExplainedModel, encoded: Encoded, target: Target, seed: int, progress: Progress) -> TokenScores:
    """f(input) − f(input with the unit replaced by the neutral token), each unit alone.

    Scores [unit], in the target's unit. A word or a sentence is taken out as a whole, all its tokens at once: its score is not
    the sum of its tokens' scores. Zeiler and Fergus 2014, arXiv 1311.2901; on text Li et al. 2016, arXiv 1612.08220.
    """
    count = unit_count(encoded)
    keep = torch.cat([torch.ones(1, count, dtype=torch.bool), ~torch.eye(count, dtype=torch.bool)])
    found = values(model, encoded, target, keep, progress)
    return TokenScores((found[0] - found[1:]).tolist(), baseline=model.neutral)
