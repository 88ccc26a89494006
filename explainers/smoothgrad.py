"""SmoothGrad: saliency of the mean gradient over noisy copies of the input."""

from __future__ import annotations

import torch

from core.progress import Progress
from explainers.base import STEP, Target, TokenScores, explainer
from explainers.gradients import gradients, noise
from models.base import GRADIENTS, Encoded, ExplainedModel

SAMPLES = 16  # even, for antithetic pairs; the paper sees little change beyond 50 unpaired ones
DEVIATION = 0.1  # of the range of the embedding's values; the paper takes 10 to 20 %


@explainer(needs=[GRADIENTS], signed=False, seeded=True, unit="gradient")
def smoothgrad(model: ExplainedModel, encoded: Encoded, target: Target, seed: int, progress: Progress) -> TokenScores:
    """The Euclidean norm of each token's mean gradient over copies of the input with Gaussian noise on the embeddings.

    Scores [token], 0 upwards, target per unit of embedding; without noise they are those of saliency. Noise in antithetic pairs.
    Smilkov et al. 2017, arXiv 1706.03825, section 3.
    """
    inputs = model.embeddings(encoded)
    points = inputs + noise(inputs, SAMPLES, DEVIATION, seed)
    total = torch.zeros_like(inputs)
    for _, gradient in gradients(model, encoded, target, points, lambda done: progress(STEP, done / SAMPLES)):
        total += gradient.sum(0).to(total)
    return TokenScores((total / SAMPLES).float().norm(dim=-1).tolist(), steps=SAMPLES)
