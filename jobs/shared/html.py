"""Reports as one self-contained HTML page: tables, bars and reliability diagrams, readable without colour."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from core.statistics import Bin

STYLE = """
:root { color-scheme: light dark }
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 64rem; padding: 0 1rem }
table { border-collapse: collapse; margin: 1rem 0; display: block; overflow-x: auto }
caption { text-align: start; font-weight: 600; padding-block: .4rem }
th, td { padding: .3rem .8rem; border-bottom: 1px solid color-mix(in srgb, currentColor 20%, transparent); text-align: start }
td.number { text-align: end; font-variant-numeric: tabular-nums }
svg { max-width: 24rem; display: block } svg.wide { max-width: 44rem } svg text { font-size: 11px; fill: currentColor }
"""
SIDE, EDGE = 240, 36  # pixels of a diagram and its margin
NAMES, ROW = 330, 26  # pixels of the names beside bars, and from bar to bar


def page(title: str, parts: Sequence[str]) -> str:
    """A whole page; `parts` are made by the functions below."""
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{escape(title)}</title>'
    body = "\n".join(parts)
    return f'<!doctype html><html lang="en"><head>{head}<style>{STYLE}</style></head><body><h1>{escape(title)}</h1>\n{body}</body></html>\n'


def heading(text: str) -> str:
    """A section's title, escaped."""
    return f"<h2>{escape(text)}</h2>"


def paragraph(text: str) -> str:
    """Running text, escaped."""
    return f"<p>{escape(text)}</p>"


def table(caption: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A table; numbers stand to the right, shares between 0 and 1 are not changed."""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in columns)
    body = "".join("<tr>" + "".join(map(_cell, row)) + "</tr>" for row in rows)
    return f"<table><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def diagram(caption: str, bins: Sequence[Bin]) -> str:
    """A reliability diagram: confidence to the right, share that was right upwards, the diagonal is perfect."""
    bars = "".join(
        f'<rect x="{EDGE + one.low * SIDE:.1f}" y="{EDGE + (1 - one.right) * SIDE:.1f}" width="{(one.high - one.low) * SIDE - 2:.1f}" '
        f'height="{one.right * SIDE:.1f}" fill="#0072b2"><title>{one.confidence:.2f}: {one.right:.2f} (n = {one.count})</title></rect>'
        for one in bins
    )
    line = f'<line x1="{EDGE}" y1="{EDGE + SIDE}" x2="{EDGE + SIDE}" y2="{EDGE}" stroke="currentColor" stroke-dasharray="4 3"/>'
    low, high = EDGE, EDGE + SIDE
    names = (
        f'<text x="{low}" y="{high + 16}">0</text><text x="{high - 8}" y="{high + 16}">1</text>'
        f'<text x="{low + SIDE / 2 - 30:.0f}" y="{high + 28}">confidence</text><text x="4" y="{low - 10}">share right</text>'
    )
    size = SIDE + 2 * EDGE
    image = f'<svg viewBox="0 0 {size} {size}" role="img" aria-label="{escape(caption)}">{bars}{line}{names}</svg>'
    return f"<figure><figcaption>{escape(caption)}</figcaption>{image}</figure>"


def bars(caption: str, entries: Sequence[tuple[str, float, tuple[float, float]]], mark: float = 0.0) -> str:
    """Horizontal bars of shares, 0 to 1, each with its name, its figure and the whiskers of its interval: readable without colour.

    A dashed line stands at `mark`, where there is one.
    """
    made = "".join(_bar(place, *entry) for place, entry in enumerate(entries))
    height, at = ROW * len(entries) + 4, NAMES + mark * SIDE
    if mark:
        made += f'<line x1="{at}" x2="{at}" y1="0" y2="{height}" stroke="currentColor" stroke-dasharray="4 3"/>'
    image = f'<svg class="wide" viewBox="0 0 {NAMES + SIDE + 130} {height}" role="img" aria-label="{escape(caption)}">{made}</svg>'
    return f"<figure><figcaption>{escape(caption)}</figcaption>{image}</figure>"


def _bar(place: int, name: str, share: float, interval: tuple[float, float]) -> str:
    top = place * ROW + 2
    low, high = (NAMES + edge * SIDE for edge in interval)
    middle = top + ROW / 2 - 2
    spoken = f"{share:.2f} ({interval[0]:.2f} to {interval[1]:.2f})"
    return (
        f'<text x="0" y="{middle + 4:.0f}">{escape(name)}</text>'
        f'<rect x="{NAMES}" y="{top}" width="{share * SIDE:.1f}" height="{ROW - 6}" fill="#56b4e9" stroke="currentColor"/>'
        f'<line x1="{low:.1f}" x2="{high:.1f}" y1="{middle:.1f}" y2="{middle:.1f}" stroke="currentColor" stroke-width="2"/>'
        f'<text x="{NAMES + SIDE + 8}" y="{middle + 4:.0f}">{spoken}</text>'
    )


def _cell(item: object) -> str:
    if isinstance(item, float):
        return f'<td class="number">{item:.3f}</td>'
    return f'<td class="number">{item}</td>' if isinstance(item, int) else f'<td dir="auto">{escape(str(item))}</td>'
