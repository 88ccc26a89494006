"""Who wrote an explanation in words, and what became of it when its own writer criticised it and wrote it again."""

from __future__ import annotations

import math

from core.values import value

COMPOSED = "composed"  # the writer of an explanation that no language model wrote
TAKEN, WORSE, EVEN, SAME, UNUSABLE = "taken", "worse", "even", "same", "unusable"
ROUNDING = 1e-6  # the same words in another batch


@value
class Refinement:
    """A draft, what its writer found wrong with it, and the new version.

    `outcome` is TAKEN (a check came out better and none worse), WORSE (one did: the draft stays), EVEN (no check tells them apart:
    the draft stays), SAME (the new version is the draft) or UNUSABLE (criticism or new version say nothing, or are in another
    language: the draft stays). `checks` are metrics with the figure of the draft and of the new version, higher being better;
    None where a metric has no value.
    """

    draft: str
    criticism: str
    again: str
    outcome: str
    checks: tuple[tuple[str, float | None, float | None], ...] = ()


def worse(before: float | None, after: float | None) -> bool:
    """Whether a figure fell; one that is missing is below all others."""
    low = -math.inf
    return (low if after is None else after) < (low if before is None else before) - ROUNDING
