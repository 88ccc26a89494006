"""Two attributions side by side: how far the ranks of their words agree, and what that is called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from scipy.stats import kendalltau, spearmanr

from core.explanations import (
    ALIKE,
    OTHER_ANSWER,
    OTHERWISE,
    ROUGHLY,
    TOO_SHORT,
    TWO_TEXTS,
    Attribution,
    Comparison,
    Match,
)
from core.provenance import Provenance
from core.script import is_word

TOP = 5  # strongest words that are compared
FEWEST = 4  # words; fewer have too few orders to tell agreement from chance
CLOSE, FAR = 0.8, 0.5  # Kendall's tau: 90 % and 75 % of the pairs of words stand in the same order


def compared(
    about: str,
    names: tuple[str, str],
    first: Attribution,
    second: Attribution,
    k: int = TOP,
    matches: Sequence[Match] = (),
) -> Comparison:
    """The two attributions with their figures. Words of one text are matched by their places, those of two texts by `matches`.

    Where only one of them tells for from against, both are compared by the sizes of their scores.
    """
    before, after = _paired(first, second, matches if about in TWO_TEXTS else None)
    tau, rho = (
        round(float(measure(before, after).statistic), 6) if _vary(before, after) else None
        for measure in (kendalltau, spearmanr)
    )
    count = len(before)
    top = min(k, count // 2 if about in TWO_TEXTS else count)  # the strongest of few matches are all of them
    comparison = Comparison(
        about=about,
        names=names,
        first=first,
        second=second,
        tau=tau,
        rho=rho,
        shared=len(_strongest(before, top) & _strongest(after, top)),
        k=top,
        chance=top * top / count if count else 0.0,
        count=count,
        verdict="",
        matches=tuple(matches),
        provenance=Provenance(notes=tuple(dict.fromkeys((*first.provenance.notes, *second.provenance.notes)))),
    )
    return replace(comparison, verdict=_verdict(comparison))


def _paired(
    first: Attribution, second: Attribution, matches: Sequence[Match] | None
) -> tuple[list[float], list[float]]:
    """The scores of both, word beside word: matched ones, or (None) the words that both have."""
    ours = dict(zip(first.tokens, first.scores, strict=True))
    theirs = dict(zip(second.tokens, second.scores, strict=True))
    if matches is None:
        pairs = [(token, token) for token in ours if token in theirs and is_word(token.text)]
    else:
        pairs = [(match.first, match.second) for match in matches]
    before, after = [ours[one] for one, _ in pairs], [theirs[two] for _, two in pairs]
    if first.signed != second.signed:
        return [abs(score) for score in before], [abs(score) for score in after]
    return before, after


def order(made: Comparison) -> str:
    """What the figures say of the words alone, whatever the answers: ALIKE, ROUGHLY, OTHERWISE or TOO_SHORT."""
    if made.count < FEWEST or made.tau is None:
        return TOO_SHORT
    return ALIKE if made.tau >= CLOSE else ROUGHLY if made.tau >= FAR else OTHERWISE


def _verdict(made: Comparison) -> str:
    return OTHER_ANSWER if made.first.prediction.label != made.second.prediction.label else order(made)


def _strongest(scores: Sequence[float], top: int) -> set[int]:
    """Places by the size of their scores: words that speak against the target count as much."""
    return set(sorted(range(len(scores)), key=lambda place: -abs(scores[place]))[:top])


def _vary(before: Sequence[float], after: Sequence[float]) -> bool:
    return len(set(before)) > 1 and len(set(after)) > 1
