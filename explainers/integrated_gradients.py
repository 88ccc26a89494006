"""Integrated gradients: steps are put where the path bends, until the measured error is small."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from core.progress import Progress
from explainers.base import STEP, Note, Target, TokenScores, explainer
from explainers.gradients import slopes
from models.base import GRADIENTS, Encoded, ExplainedModel

Numbers = NDArray[np.float64]

FIRST = 11  # evenly spaced steps at first, both ends included
MORE = 4  # steps added at a time
# Of the sum of all |scores|. On e5-small that takes 16 steps, and scores are 0.9 % off (8 texts; rank correlation .9998); on
# smollm2-135m, whose path turns sharply midway, 53 and 1 % (2 texts; 50 Gauss-Legendre steps: 6 %). See docs/explanations.md.
TOLERANCE = 0.015
FINEST = 1e-6  # shortest stretch that is halved: below it fp32 inputs hardly differ
MOST = 251  # steps spent on one text, then the error is said aloud
USUAL = 15  # steps that most texts need, for the progress bar
ROUNDING = {"fp32": 1e-5}  # share of a value that may be rounding error
ROUNDING_SHORT = 4e-3  # the same for bf16 and quantized models: 8 bits of mantissa
PATIENCE = 3  # rounds without a gain after which the rest of the error is such a model's rounding: more steps add to it
GAIN = 0.9  # of the error before: what counts as a gain


@dataclass(frozen=True, eq=False)
class Curve:
    """The path as far as it is known: places [step] in order from 0 (baseline) to 1 (input), f there [step], slopes [step, token]."""

    places: Numbers
    values: Numbers
    slopes: Numbers

    @cached_property
    def parts(self) -> Numbers:
        """[stretch, token]: the scores that each stretch between two steps adds, by a cubic spline through all slopes."""
        whole = CubicSpline(self.places, self.slopes).antiderivative()(self.places)
        return np.diff(whole, axis=0)

    @property
    def finite(self) -> bool:
        """Whether all of it are numbers: no spline goes through anything else."""
        return bool(np.isfinite(self.values).all() and np.isfinite(self.slopes).all())

    @property
    def scores(self) -> Numbers:
        """[token]: the integral."""
        total: Numbers = self.parts.sum(axis=0)
        return total

    @property
    def gap(self) -> float:
        """|sum of scores − (f(input) − f(baseline))|."""
        return abs(float(self.parts.sum() - (self.values[-1] - self.values[0])))

    @cached_property
    def off(self) -> Numbers:
        """[stretch]: by how much the scores that a stretch adds miss the change of f from its start to its end."""
        found: Numbers = np.abs(self.parts.sum(axis=1) - np.diff(self.values))
        return found

    def error(self, rounding: float) -> float:
        """All stretches' errors together, as errors that know nothing of each other add up: the root of the sum of squares.

        Errors that cancel between stretches count here, unlike in the gap. What rounding alone explains does not count.
        """
        off = self.off[self.off > rounding * np.abs(self.values).max()]
        return float(np.sqrt((off**2).sum()))

    def middles(self) -> Numbers:
        """Middles of the stretches that are off and where spline and straight lines differ: there the curve is least known.

        Tokens' errors may cancel within a stretch, which is then not off but still bent; so both count, the bend twice.
        """
        widths = np.diff(self.places)[:, None]
        lines = (self.slopes[:-1] + self.slopes[1:]) / 2 * widths
        blame = np.cbrt(self.off * np.abs(self.parts - lines).sum(axis=1) ** 2)
        chosen = np.sort(np.argsort(-np.where(widths[:, 0] > FINEST, blame, -1.0), kind="stable")[:MORE])
        middles: Numbers = (self.places[chosen] + self.places[chosen + 1]) / 2
        return middles

    def with_steps(self, other: Curve) -> Curve:
        """Both curves' steps, in order; nothing that was computed is thrown away."""
        places = np.concatenate([self.places, other.places])
        order = np.argsort(places)
        values = np.concatenate([self.values, other.values])[order]
        return Curve(places[order], values, np.concatenate([self.slopes, other.slopes])[order])


@explainer(needs=[GRADIENTS], signed=True, complete=True)
def integrated_gradients(
    model: ExplainedModel, encoded: Encoded, target: Target, seed: int, progress: Progress
) -> TokenScores:
    """Integrated gradients: the mean gradient along the straight path from baseline to input, times their difference.

    Scores [token], in the target's unit; their sum is f(input) − f(baseline) up to `gap`. Gauss-Legendre nodes cannot be reused
    when more are needed and lie thin in the middle, where text models turn; so steps are halved where the curve bends and
    a spline joins them. Sundararajan et al. 2017, arXiv 1703.01365, eq. 3.
    """
    start, end = model.baseline(encoded), model.embeddings(encoded)

    def follow(places: Numbers, before: int) -> Curve:
        """The path at some places, all in batches."""
        at = torch.tensor(places, dtype=start.dtype, device=start.device)[:, None, None]
        usual = max(USUAL, before + len(places))
        values, found = slopes(
            model,
            encoded,
            target,
            start + at * (end - start),
            end - start,
            lambda done: progress(STEP, (before + done) / usual),
        )
        return Curve(places, values.double().cpu().numpy(), found.double().cpu().numpy())

    rounding = ROUNDING.get(model.precision, ROUNDING_SHORT)
    curve, rough = _fine(follow, rounding, model.precision not in ROUNDING)
    if not curve.finite:
        return TokenScores([math.nan] * len(encoded.tokens))
    steps = len(curve.places)
    notes = _coarse(steps, max(curve.gap, curve.error(rounding))) if rough else ()
    return TokenScores(curve.scores.tolist(), curve.gap, model.neutral, steps, notes)


def _fine(follow: Callable[[Numbers, int], Curve], rounding: float, short: bool) -> tuple[Curve, bool]:
    """The path with its steps halved where it bends, and whether it is still coarse.

    `short`: numbers so short that more steps may stop helping.
    """
    curve, rough = follow(np.linspace(0.0, 1.0, FIRST), 0), False
    errors: list[float] = []
    while curve.finite and (rough := _rough(curve, rounding)) and len(curve.places) + MORE <= MOST:
        errors.append(curve.error(rounding))
        if short and _stalled(errors):
            return curve, _missed(curve)
        curve = curve.with_steps(follow(curve.middles(), len(curve.places)))
    return curve, rough


def _rough(curve: Curve, rounding: float) -> bool:
    return curve.error(rounding) > TOLERANCE * float(np.abs(curve.scores).sum())


def _stalled(errors: list[float]) -> bool:
    """Whether the last rounds have brought no gain on the best one before them."""
    return len(errors) > PATIENCE and min(errors[-PATIENCE:]) > GAIN * min(errors[:-PATIENCE])


def _missed(curve: Curve) -> bool:
    """Whether the scores' sum itself is off, in which rounding errors cancel."""
    return curve.gap > TOLERANCE * float(np.abs(curve.scores).sum())


def _coarse(steps: int, off: float) -> tuple[Note, ...]:
    return (("coarse", (("steps", str(steps)), ("gap", str(off)))),)
