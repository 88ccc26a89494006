"""The one loader that fetches a data set from the Hugging Face hub."""

from __future__ import annotations

from typing import Any

from core.errors import UserError

MAX_ROWS = 100_000


def hub_rows(name: str) -> tuple[list[dict[str, Any]], int]:
    """The first rows of "owner/name[:split]", class numbers turned into names, and how many were left; a class of -1 is none.

    Raises UserError("no_hub_data").
    """
    import datasets  # the library, not our folder of that name; heavy, and only needed here

    repository, _, split = name.partition(":")
    try:
        found = datasets.load_dataset(repository, split=split or "test", streaming=False)
    except (OSError, ValueError, datasets.exceptions.DatasetsError) as error:
        raise UserError("no_hub_data", name=repository, reason=str(error).splitlines()[0][:200]) from error
    for column, feature in found.features.items():
        if isinstance(feature, datasets.ClassLabel):
            found = found.cast_column(column, datasets.Value("string")).map(
                lambda row, column=column, feature=feature: {column: _name(feature, int(row[column]))}
            )
    read = min(len(found), MAX_ROWS)
    return [dict(row) for row in found.select(range(read))], len(found) - read


def _name(feature: Any, number: int) -> str | None:
    """The class's name; test splits whose labels are kept back have -1."""
    return feature.int2str(number) if number >= 0 else None
