"""The verdict: does a map tell more about the model than maps drawn at random?"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean, stdev

from core.faithfulness import BETTER, NO_BETTER, UNCLEAR

SMALL = 0.1  # a random map gets "better" in at most one text of ten; with the spread rule seen in fewer, see docs/explanations.md
LARGE = 0.25  # a quarter of all random maps do as well: that is chance, whatever the mean says
SPREADS = 1.5  # and the map stands this many standard deviations above the mean of the random ones
STILL = 0.02  # when no variant of the text moves the probability by two points, there is nothing to tell maps apart by
ROUNDING = 1e-6  # the same words removed in another batch


def verdict(own: float, draws: Sequence[float], everything: bool, span: float) -> tuple[str, str]:
    """Better, no better or unclear, and a key under `reason` in the metrics' words ("" where the verdict says it all): what is said of
    a map; judges of words or examples name their own after it.

    `own` and `draws` are comprehensiveness − sufficiency of the map and of random maps; `everything` says that the draws are
    all maps there are; `span` is the range of the probability over all variants. The test is a rank test, honest for small
    numbers: the p-value is never below what the draws can show.
    """
    if smallest(len(draws), everything) > SMALL:
        return UNCLEAR, "too_short"
    if span < STILL:
        return UNCLEAR, "nothing_moves"
    p = p_value(own, draws, everything)
    if p <= SMALL and own - fmean(draws) > SPREADS * stdev(draws):
        return BETTER, ""
    return (NO_BETTER, "") if p > LARGE else (UNCLEAR, "close")


def smallest(draws: int, everything: bool) -> float:
    """The least p-value that a perfect map could get."""
    return 1 / draws if everything else 1 / (1 + draws)


def p_value(own: float, draws: Sequence[float], everything: bool) -> float:
    """How likely a random map does at least as well: exact where all maps are there, else with the map counted among them.

    Phipson and Smyth 2010, arXiv 1603.05766. Draws in antithetic pairs make it a little larger than it need be, never smaller.
    """
    as_good = sum(draw >= own - ROUNDING for draw in draws)
    return as_good / len(draws) if everything else (1 + as_good) / (1 + len(draws))
