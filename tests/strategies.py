"""Filters of every kind for property tests."""

from __future__ import annotations

from hypothesis import strategies as st

from core.filters import (
    COMPARISONS,
    UNITS,
    And,
    ById,
    ByLabel,
    ByLanguage,
    ByLength,
    ByPrediction,
    Filter,
    Includes,
    Not,
    Or,
    Previous,
)


def filters(
    numbers: st.SearchStrategy[int],
    labels: st.SearchStrategy[str],
    words: st.SearchStrategy[str],
    fewest: int = 0,
    spoken: bool = True,
) -> st.SearchStrategy[Filter]:
    """Filters three deep or so; every "and" and "or" joins at least `fewest` others; `spoken`: languages of the data, too."""
    atoms = st.one_of(
        *([st.builds(ByLanguage, st.sampled_from(["de", "te", "zh"]))] if spoken else []),
        st.builds(ById, numbers),
        st.builds(Includes, words),
        st.builds(ByLabel, labels),
        st.builds(ByPrediction, labels),
        st.builds(ByLength, st.sampled_from(UNITS), st.sampled_from(sorted(COMPARISONS)), numbers),
        st.just(Previous()),
    )

    def joined(inner: st.SearchStrategy[Filter]) -> st.SearchStrategy[Filter]:
        parts = st.lists(inner, min_size=fewest, max_size=3).map(tuple)
        return st.one_of(st.builds(Not, inner), st.builds(And, parts), st.builds(Or, parts))

    return st.recursive(atoms, joined, max_leaves=6)
