"""GradientSHAP: gradients at random places between the baseline and noisy copies of the input."""

from __future__ import annotations

import torch

from core.progress import Progress
from explainers.base import STEP, Target, TokenScores, explainer
from explainers.gradients import gradients, noise
from models.base import GRADIENTS, Encoded, ExplainedModel

SAMPLES = 32  # even, for antithetic pairs
DEVIATION = 0.05  # of the range of the embedding's values


@explainer(needs=[GRADIENTS], signed=True, seeded=True)
def gradient_shap(
    model: ExplainedModel, encoded: Encoded, target: Target, seed: int, progress: Progress
) -> TokenScores:
    """Mean of gradient × (noisy input − baseline) at random places on the straight paths between the two.

    Scores [token], in the target's unit; their sum comes near f(input) − f(baseline), more so with more samples. Places are
    stratified (one in each 1/32 of the path), noise comes in antithetic pairs: exact where the target is linear. Captum's
    own draws from the global generator and fails in bf16. Lundberg and Lee 2017, arXiv 1705.07874; as an expectation over
    places and baselines Erion et al. 2021, arXiv 1906.10670, eq. 3.
    """
    start, end = model.baseline(encoded), model.embeddings(encoded)
    differences = end + noise(end, SAMPLES, DEVIATION, seed) - start
    source = torch.Generator().manual_seed(seed + 1)
    shifts = torch.rand(SAMPLES, generator=source)
    strata = torch.randperm(SAMPLES, generator=source)
    places = ((strata + shifts) / SAMPLES).to(end)[:, None, None]
    found, first = torch.zeros(len(end), device=end.device), 0
    points = start + places * differences
    for _, gradient in gradients(model, encoded, target, points, lambda done: progress(STEP, done / SAMPLES)):
        found += (gradient * differences[first : first + len(gradient)]).sum((0, -1))
        first += len(gradient)
    return TokenScores((found / SAMPLES).tolist(), baseline=model.neutral, steps=SAMPLES)
