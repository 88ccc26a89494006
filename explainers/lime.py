"""LIME: a weighted ridge regression of the target on which units stay, over random variants of the text."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.progress import Progress
from explainers.base import Target, TokenScores, explainer
from explainers.perturbation import unit_count, values
from models.base import PREDICT, Encoded, ExplainedModel

SAMPLES = 160  # variants, the whole text among them; the authors' library takes 5000
A_UNIT = 4  # variants a unit at least, for long texts
WIDTH = 0.25  # of the kernel over cosine distance, as in the authors' library for text
RIDGE = 1 / 5000  # a variant: the library's penalty of 1 for 5000 of them


@explainer(needs=[PREDICT], signed=True, grouped=True, seeded=True)
def lime(model: ExplainedModel, encoded: Encoded, target: Target, seed: int, progress: Progress) -> TokenScores:
    """The weights of a linear model that imitates the target on variants of the text near to it.

    Scores [unit], in the target's unit, shrunk a little by the ridge. Each variant loses a random number of units, replaced by the
    neutral token; it counts as much as exp(−d² / 0.25²), d its cosine distance to the whole text, square-rooted as in the
    authors' library. No choice of features: every unit gets a weight. Captum's draws from the global generator and evaluates
    variants one by one. Ribeiro et al. 2016, arXiv 1602.04938, section 3.
    """
    count = unit_count(encoded)
    keep = variants(count, max(SAMPLES, A_UNIT * count), seed)
    found = values(model, encoded, target, keep, progress)
    return TokenScores(ridge(keep.numpy(), found.numpy()).tolist(), baseline=model.neutral)


def variants(count: int, rows: int, seed: int) -> Tensor:
    """The whole text, then variants without 1 to `count` random units: boolean [row, unit]."""
    source = torch.Generator().manual_seed(seed)
    gone = torch.randint(1, count + 1, (rows, 1), generator=source)
    gone[0] = 0
    ranks = torch.rand(rows, count, generator=source).argsort(dim=1).argsort(dim=1)
    return ranks >= gone


def ridge(keep: NDArray[np.bool_], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weights [unit] of the weighted ridge regression with an intercept that is not penalised."""
    share = keep.mean(axis=1)
    weights = np.sqrt(np.exp(-((1 - np.sqrt(share)) ** 2) / WIDTH**2))  # cosine of a 0-1 vector with all ones: √share
    inner: NDArray[np.float64] = keep - np.average(keep, axis=0, weights=weights)
    outer = values - np.average(values, weights=weights)
    matrix = inner.T @ (weights[:, None] * inner) + RIDGE * len(keep) * np.eye(keep.shape[1])
    found: NDArray[np.float64] = np.linalg.solve(matrix, inner.T @ (weights * outer))
    return found
