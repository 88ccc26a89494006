"""Blocks of an answer for a terminal: colour where there is some, and underline, weight and marks that say the same without it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.style import Style
from rich.table import Table
from rich.text import Text as Words

from core.blocks import MARKS, Badge, Bar, Beside, Block, Choices, Diff, Fold, Heat, HeatToken, Notice, Plot, Rows, Text
from core.languages import clean

FOR, AGAINST = (92, 158, 230), (242, 153, 74)  # the page's blue and orange: told apart by every kind of colour vision
STRONG = 0.6  # from this share of the largest score on a word is bold
FAINT = 0.02  # below this share a word stays plain
NAMED = 5  # words under a map, with their scores
WIDTH = 24  # cells of the longest bar
TONES = {
    "good": ("✓", "green"),
    "bad": ("✗", "red"),
    "open": ("?", "yellow"),
    "error": ("!", "red"),
    "note": ("·", "cyan"),
}


def render(blocks: Iterable[Block]) -> RenderableType:
    """All blocks, one below the other; what the page folds stays away (`folded`). Suggestions are numbered through."""
    parts: list[RenderableType] = []
    offered = 0
    for block in blocks:
        if isinstance(block, Choices):
            parts.append(_choices(block, offered + 1))
            offered += len(block.labels)
        elif not isinstance(block, Fold):
            parts.append(_one(block))
    return Group(*(Padding(part, (0, 0, 1, 0)) for part in parts))


def folded(blocks: Iterable[Block]) -> RenderableType:
    """What the page folds: the figures behind a verdict, and how the answer was made."""
    parts: list[RenderableType] = []
    for block in blocks:
        if isinstance(block, Fold):
            parts += [Words(clean(block.title), style="bold"), *map(_one, block.blocks)]
        elif isinstance(block, Badge):
            parts += [Words(clean(block.more), style="bold"), *map(_one, block.fold)]
    return Group(*parts)


def _one(block: Any) -> RenderableType:
    return DRAWN.get(type(block), _plain)(block)


def _plain(block: Block) -> RenderableType:
    return Words(clean(block.plain))


def _heat(block: Heat) -> RenderableType:
    """The text with its words coloured, what the marks mean, and the strongest words with their scores."""
    shown = [token for token in block.tokens if token.shown]
    top = max((abs(token.score) for token in shown), default=0.0)
    said = Words(f"{clean(block.label)}: " if block.label else "")
    for token in block.tokens:
        said.append(clean(token.text), _style(token, top))
        said.append(clean(token.after))
    named = sorted((token for token in shown if token.score), key=lambda token: -abs(token.score))[:NAMED]
    scores = ", ".join(f"{clean(token.text)} {token.figure}" for token in named)
    title = [Words(clean(block.title), style="bold")] if block.title else []
    return Group(*title, said, _legend(block, shown), Words(f"{scores} ({clean(block.unit)})", style="dim"))


def _beside(block: Beside) -> RenderableType:
    """Both sides, field by field, one below the other: a terminal is narrow."""
    return Group(
        *(Padding(_heat(one), (0, 0, 1, 0)) for row in zip(block.first, block.second, strict=True) for one in row)
    )


def _style(token: HeatToken, top: float) -> Style:
    """Background by strength; speaking for is underlined, speaking against is italic, strong is bold."""
    share = abs(token.score) / top if token.shown and top > 0 else 0.0
    if share < FAINT:
        return Style(reverse=True) if token.marked else Style()
    return _shade(token.score > 0, share) + Style(bold=share >= STRONG, reverse=token.marked or None)


def _shade(positive: bool, share: float) -> Style:
    red, green, blue = (round(255 - share * (255 - part)) for part in (FOR if positive else AGAINST))
    return Style(
        color="black",
        bgcolor=f"#{red:02x}{green:02x}{blue:02x}",
        underline=positive or None,
        italic=not positive or None,
    )


def _legend(block: Heat, shown: Sequence[HeatToken]) -> Words:
    signs = {token.score > 0 for token in shown if token.score}
    said = Words()
    for positive, means in zip((True, False), block.legend, strict=True):
        if positive in signs:
            said.append(f" {clean(means)} ", _shade(positive, STRONG)).append("  ")
    return said


def _diff(block: Diff) -> RenderableType:
    styles = {"same": "", "removed": "red strike", "added": "green underline"}
    said = Words(f"{clean(block.label)}: " if block.label else "")
    for part in block.parts:
        said.append(MARKS[part.kind].format(text=clean(part.text)), styles[part.kind])
    return said


def _rows(block: Rows) -> RenderableType:
    table = Table(title=Words(clean(block.title), style="bold") if block.title else None, title_justify="left")
    for column in block.columns:
        table.add_column(Words(clean(column)), overflow="fold")
    table.show_header = any(block.columns)
    for row in block.cells:
        table.add_row(*(Words(clean(cell)) for cell in row))
    return table


def _plot(block: Plot) -> RenderableType:
    table = Table.grid(padding=(0, 1))
    for bar in block.bars:
        table.add_row(
            Words(clean(bar.name), style="bold" if bar.strong else ""), _bar(bar, block.top), Words(clean(bar.text))
        )
    return Group(Words(clean(block.title), style="bold"), table) if block.title else table


def _bar(bar: Bar, top: float) -> Words:
    filled = round(WIDTH * min(max(bar.value / top, 0.0), 1.0)) if top > 0 else 0
    return Words("█" * filled + "·" * (WIDTH - filled), style="blue")


def _toned(block: Badge | Notice) -> RenderableType:
    sign, colour = TONES.get(block.tone, TONES["open"])
    return Words(f"{sign} ", style=f"bold {colour}").append(clean(block.text), f"{colour} not bold")


def _choices(block: Choices, first: int = 1) -> RenderableType:
    """Numbered: the number, typed, asks it."""
    lines = [Words(clean(block.title))] if block.title else []
    for number, label in enumerate(block.labels, first):
        lines.append(Words(f" {number} ", style="reverse").append(f" {clean(label)}", "not reverse"))
    return Group(*lines)


DRAWN: dict[type, Callable[[Any], RenderableType]] = {
    Text: _plain,
    Heat: _heat,
    Beside: _beside,
    Diff: _diff,
    Rows: _rows,
    Plot: _plot,
    Badge: _toned,
    Notice: _toned,
    Choices: _choices,
}
