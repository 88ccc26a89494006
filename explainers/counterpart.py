"""The counterpart of a text in another language: the row that the data link with it, else the nearest row by sentence vectors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.data import Dataset, Instance
from core.errors import unknown
from core.languages import code_of
from core.progress import Progress
from models.encoder import Encoder
from models.heads.sentence_vectors import SentenceVectors


@dataclass(frozen=True)
class Counterpart:
    """A row in another language; `cosine` of the two sentence vectors (−1 to 1), None where the data say that both are the same."""

    instance: Instance
    cosine: float | None


def counterpart(
    instance: Instance,
    language: str,
    dataset: Dataset,
    split: str,
    encoder: Encoder,
    vectors: SentenceVectors,
    progress: Progress,
) -> Counterpart:
    """The row in `language` (a code) that goes with the instance; a nearest one is of `split`, where the data have such a part.

    Raises UserError("unknown_choice") where the data have no other text in that language.
    """
    others = [row for row in dataset.rows if row.fields != instance.fields]
    fitting = [row for row in others if code_of(row.language) == language]
    if not fitting or (instance.id is not None and code_of(instance.language) == language):
        known = {code_of(row.language) for row in others if row.language} - {code_of(instance.language)}
        raise unknown("unknown_choice", language, known or ("–",))
    for row in fitting:
        if instance.link and row.link == instance.link:
            return Counterpart(row, None)
    part = set(dataset.split(split))
    return _nearest(instance, [row for row in fitting if row in part] or fitting, dataset, encoder, vectors, progress)


def _nearest(
    instance: Instance,
    fitting: list[Instance],
    dataset: Dataset,
    encoder: Encoder,
    vectors: SentenceVectors,
    progress: Progress,
) -> Counterpart:
    table = vectors.of(dataset, encoder, progress)
    places = {row: place for place, row in enumerate(dataset.rows)}
    own = table[places[instance]] if instance in places else encoder.embed([instance.text])[0]
    cosines = table[[places[row] for row in fitting]] @ own
    best = int(np.argmax(cosines))
    return Counterpart(fitting[best], round(float(cosines[best]), 4))
