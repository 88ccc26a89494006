"""Neighbours: the rows of a data set that mean nearly the same as one text, by sentence vectors."""

from __future__ import annotations

import numpy as np

from core.data import Dataset, Instance
from core.explanations import Neighbours
from core.progress import Progress
from core.provenance import Provenance
from models.encoder import Encoder, VectorIndex
from models.heads.sentence_vectors import SentenceVectors


def neighbours(
    instance: Instance, dataset: Dataset, k: int, encoder: Encoder, vectors: SentenceVectors, progress: Progress
) -> Neighbours:
    """The `k` rows with the highest cosine to the instance, which is not among them, nor a row of the very same text.

    Cosines of sentence vectors, −1 to 1; unrelated texts of E5 encoders are seldom below .7.
    """
    table = vectors.of(dataset, encoder, progress)
    place = next((n for n, row in enumerate(dataset.rows) if row.fields == instance.fields), None)
    own = encoder.embed([instance.text]) if place is None else table[place][None]
    same = sum(row.fields == instance.fields for row in dataset.rows)
    scores, places = VectorIndex(np.asarray(table)).search(own, k + same)
    found = [
        (dataset.rows[row], float(score))
        for score, row in zip(scores[0], places[0], strict=True)
        if dataset.rows[row].fields != instance.fields
    ][:k]
    source = Provenance(method=f"{encoder.name} @ {encoder.revision}")
    rows = tuple(row for row, _ in found)
    return Neighbours(instance, rows, tuple(score for _, score in found), "cosine", None, len(table) - same, source)
