"""The one loader that fetches a data set from the Hugging Face hub."""

from __future__ import annotations

from typing import Any

from core.errors import UserError

MAX_ROWS = 100_000


def hub_rows(name: str) -> list[dict[str, Any]]:
    """The first rows of "owner/name[:split]", class numbers turned into names. Raises UserError("no_hub_data")."""
    import datasets  # the library, not our folder of that name; heavy, and only needed here

    repository, _, split = name.partition(":")
    try:
        found = datasets.load_dataset(repository, split=split or "test", streaming=False)
    except (OSError, ValueError, datasets.exceptions.DatasetsError) as error:
        raise UserError("no_hub_data", name=repository, reason=str(error).splitlines()[0][:200]) from error
    for column, feature in found.features.items():
        if isinstance(feature, datasets.ClassLabel):
            found = found.cast_column(column, datasets.Value("string")).map(
                lambda row, column=column, feature=feature: {column: feature.int2str(int(row[column]))}
            )
    return [dict(row) for row in found.select(range(min(len(found), MAX_ROWS)))]
