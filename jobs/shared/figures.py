"""Figures as reports and terminals show them: means with their intervals, and tables in columns."""

from __future__ import annotations

from collections.abc import Sequence

from core.statistics import FEWEST, Mean


def shown(figure: Mean | None) -> str:
    """The mean with its interval; of less than FEWEST texts, whose interval means nothing, with their number instead."""
    if figure is None:
        return "–"
    sure = f"{figure.low:.3f} to {figure.high:.3f}" if figure.n >= FEWEST else f"n = {figure.n}"
    return f"{figure.mean:.3f} ({sure})"


def text_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Rows under their columns' names, each column as wide as its widest cell."""
    lines = [columns, *rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)
