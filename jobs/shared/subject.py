"""What a job checks: one model on rows of a data set that it has not learned from, in each language as many."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.data import Dataset, Instance, new_to_models
from core.errors import UserError
from core.reading import load_dataset
from core.settings import Settings
from jobs.shared.terminal import progress_lines
from models.base import ExplainedModel
from models.loading import Models


@dataclass(frozen=True)
class Subject:
    """A model of `models`, which have the job's seed, and the rows of `data` that it is asked about."""

    models: Models
    data: Dataset
    model: ExplainedModel
    rows: list[Instance]

    @classmethod
    def of(cls, options: argparse.Namespace, settings: Settings) -> Subject:
        """As the options say. Raises UserError("no_instance"), and what reading and loading raise."""
        data = in_languages(load_dataset(options.dataset), options.languages)
        models = Models(settings.model_copy(update={"seed": options.seed}))
        model = models.explained(options.model or settings.model, options.precision, data, progress_lines())
        rows = first_of_each_language(data, options.split, options.limit, options.languages)
        if not rows:
            raise UserError("no_instance")
        return cls(models, data, model, rows)


def in_languages(data: Dataset, languages: Sequence[str]) -> Dataset:
    """The rows of these languages alone, all for none: a head is then trained on them."""
    if not languages:
        return data
    return replace(data, rows=tuple(row for row in data.rows if row.language in languages))


def first_of_each_language(data: Dataset, split: str, limit: int, languages: Sequence[str]) -> list[Instance]:
    """The first `limit` rows of every language (0: all) of one split, else of all that no model here was trained on."""
    by_language: dict[str, list[Instance]] = {}
    for row in new_to_models(data, split):
        if not languages or row.language in languages:
            by_language.setdefault(row.language, []).append(row)
    return [row for rows in by_language.values() for row in rows[: limit or None]]
