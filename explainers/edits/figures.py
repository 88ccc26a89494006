"""The figures of an edit: how alike both texts are, how many words changed, and what a second classifier says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from core.data import Instance
from core.explanations import Edit
from explainers.edits.search import Candidate
from explainers.edits.second import Second


class Sentences(Protocol):
    """What turns texts into vectors: models.encoder.Encoder."""

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        """Vectors [text, hidden] of length 1."""
        ...


def similarities(encoder: Sentences, text: str, others: Sequence[str]) -> list[float]:
    """The cosine of each other text with `text`."""
    if not others:
        return []
    vectors = encoder.embed([text, *others])
    return [float(one) for one in vectors[1:] @ vectors[0]]


def edits_of(
    instance: Instance, chosen: Sequence[Candidate], encoder: Sentences, second: Second | None
) -> tuple[Edit, ...]:
    """Candidates with their figures, in their order."""
    rows = [one.prediction.instance for one in chosen]
    alike = similarities(encoder, instance.text, [row.text for row in rows])
    said = second.labels_of(rows) if second else ["" for _ in rows]
    return tuple(
        Edit(one.prediction, cosine, one.changed, None, label)
        for one, cosine, label in zip(chosen, alike, said, strict=True)
    )
