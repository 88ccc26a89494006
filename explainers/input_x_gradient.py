"""Input × gradient: one gradient, cheap, blind where the score saturates."""

from __future__ import annotations

from core.progress import Progress
from explainers.base import STEP, Target, TokenScores, explainer
from explainers.gradients import slopes
from models.base import GRADIENTS, Encoded, ExplainedModel


@explainer(needs=[GRADIENTS], signed=True)
def input_x_gradient(
    model: ExplainedModel, encoded: Encoded, target: Target, seed: int, progress: Progress
) -> TokenScores:
    """The gradient of the target at the input, times the input embedding, summed over its dimensions.

    Scores [token], in the target's unit; they need not sum to anything. Shrikumar et al. 2016, arXiv 1605.01713.
    """
    inputs = model.embeddings(encoded)
    _, found = slopes(model, encoded, target, inputs[None], inputs, lambda _: progress(STEP, 0.0))
    return TokenScores(found[0].tolist(), steps=1)
