"""Saliency: the length of the gradient at each token, whatever its direction."""

from __future__ import annotations

from core.progress import Progress
from explainers.base import STEP, Target, TokenScores, explainer
from explainers.gradients import gradients
from models.base import GRADIENTS, Encoded, ExplainedModel


@explainer(needs=[GRADIENTS], signed=False, unit="gradient")
def saliency(model: ExplainedModel, encoded: Encoded, target: Target, seed: int, progress: Progress) -> TokenScores:
    """How fast the target changes when a token's embedding is moved: the Euclidean norm of its gradient.

    Scores [token], 0 upwards, target per unit of embedding; they tell where the model is sensitive, not for or against what.
    Simonyan et al. 2014, arXiv 1312.6034; on text Li et al. 2016, arXiv 1506.01066.
    """
    inputs = model.embeddings(encoded)
    ((_, gradient),) = gradients(model, encoded, target, inputs[None], lambda _: progress(STEP, 0.0))
    return TokenScores(gradient[0].float().norm(dim=-1).tolist(), steps=1)
