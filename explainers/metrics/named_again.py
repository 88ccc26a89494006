"""Named again: does the writer name the same words with another seed?"""

from __future__ import annotations

import random
from collections.abc import Set
from statistics import fmean

from core.explanations import Token
from core.faithfulness import Score
from explainers.metrics.rationale_base import Case, rationale_metric, words_in

NAME = "named_again"
DRAWS = 20


@rationale_metric
def named_again(case: Case) -> Score:
    """Mean overlap (Jaccard index) of the words named with those that rationales of other seeds name, 0 to 1, higher is better.

    Beside it the same for random words of the text, as many as each rationale names. Seeds where neither names a word are left out.
    """
    own = frozenset(case.made.cited)
    pairs = [(own, frozenset(one.cited)) for one in case.drawn if own or one.cited]
    if not pairs:
        return Score(NAME, None, low=0.0, high=1.0, reason="nothing_cited" if case.drawn else "one_rationale")
    words, source = words_in(case.model, case.made.prediction.instance), random.Random(case.seed)

    def chance(count: int) -> frozenset[Token]:
        return frozenset(source.sample(words, min(count, len(words))))

    draws = [fmean(jaccard(chance(len(a)), chance(len(b))) for a, b in pairs) for _ in range(DRAWS)]
    return Score(NAME, fmean(jaccard(a, b) for a, b in pairs), tuple(draws), 0.0, 1.0)


def jaccard(one: Set[Token], other: Set[Token]) -> float:
    """Shared over all, 0 where there are none."""
    return len(one & other) / len(one | other) if one | other else 0.0
