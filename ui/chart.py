"""A line chart as SVG: told apart by stroke and mark as well as by colour, with the same figures as text for screen readers."""

from __future__ import annotations

from collections.abc import Sequence

from core.blocks import Chart, Line
from ui.markup import Markup, hidden, join, tag

LEFT, RIGHT, TOP, BOTTOM = 44.0, 308.0, 8.0, 112.0  # where the lines are drawn in the picture, in its own units
WIDTH, HEIGHT = 320, 134
DOT = 3.2
Point = tuple[float, float]


def chart(block: Chart) -> Markup:
    """The lines in one frame from `low` to `high`, the first solid with dots, the others dashed with their bands."""
    points = [_points(block, line.heights) for line in block.lines]
    first, *others = points or [[]]
    drawn = join(
        _grid(block),
        *(_band(block, line) for line in block.lines[1:] if line.band),
        *(_line(found, "line-other") for found in others),
        _line(first, "line-own"),
        *(tag("circle", cx=f"{x:.1f}", cy=f"{y:.1f}", r=f"{DOT}", class_="line-dot") for x, y in first),
    )
    picture = tag("svg", drawn, class_="chart-picture", viewBox=f"0 0 {WIDTH} {HEIGHT}", aria_hidden="true", dir="ltr")
    title = tag("figcaption", block.title, class_="block-title", dir="auto") if block.title else None
    return tag("figure", title, picture, _legend(block.lines), hidden(block.plain), class_="chart")


def _points(block: Chart, heights: Sequence[float]) -> list[Point]:
    return [(_x(block, place), _y(block, height)) for place, height in zip(block.places, heights, strict=True)]


def _x(block: Chart, place: float) -> float:
    """From 0 at the start to the last place at the end of the frame."""
    last = max(block.places, default=0.0)
    return LEFT + (min(max(place / last, 0.0), 1.0) if last > 0 else 0.0) * (RIGHT - LEFT)


def _y(block: Chart, height: float) -> float:
    share = (height - block.low) / (block.high - block.low) if block.high > block.low else 0.0
    return BOTTOM - min(max(share, 0.0), 1.0) * (BOTTOM - TOP)


def _grid(block: Chart) -> Markup:
    """Three levels with their names at the start, and the places below."""
    heights = (block.low, (block.low + block.high) / 2, block.high)
    parts: list[Markup] = []
    for height, said in zip(heights, block.levels, strict=True):
        y = f"{_y(block, height):.1f}"
        parts.append(tag("line", x1=f"{LEFT}", x2=f"{RIGHT}", y1=y, y2=y, class_="grid"))
        parts.append(tag("text", said, x=f"{LEFT - 6}", y=y, class_="level"))
    for place, said in zip(block.places, block.ticks, strict=True):
        parts.append(tag("text", said, x=f"{_x(block, place):.1f}", y=f"{HEIGHT - 6}", class_="tick"))
    return join(*parts)


def _band(block: Chart, line: Line) -> Markup:
    above = _points(block, [height + reach for height, reach in zip(line.heights, line.band, strict=True)])
    below = _points(block, [height - reach for height, reach in zip(line.heights, line.band, strict=True)])
    return tag("polygon", points=_written([*above, *reversed(below)]), class_="line-band")


def _line(points: Sequence[Point], kind: str) -> Markup:
    return tag("polyline", points=_written(points), class_=kind)


def _written(points: Sequence[Point]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _legend(lines: Sequence[Line]) -> Markup:
    keys = (
        tag(
            "span",
            tag("span", class_="stroke" if number == 0 else "stroke dashed"),
            tag("bdi", line.name),
            class_="key",
        )
        for number, line in enumerate(lines)
    )
    return tag("div", *keys, class_="legend", aria_hidden="true")
