"""Blocks of an answer as HTML. One function a kind of block; everything is built from `ui.markup`, which escapes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import regex

from core.blocks import Badge, Beside, Block, Chart, Choices, Code, Diff, Fold, Heat, Notice, Plot, Rows, Text
from ui.chart import chart
from ui.heat import heat
from ui.markup import Markup, icon, join, tag

_NUMBER = regex.compile(r"\s*\[?[-+−±~≈<>]?\s*\p{Nd}[\p{Nd}.,:\s\u202f]*\s*(%|±.*)?\s*\]?")
LONGEST = 40  # characters of a number with its sign and what stands beside it: trying a longer cell could take minutes

TICK = icon("M3.5 8.5l3 3 6-7")
CROSS = icon("M4.5 4.5l7 7m0-7l-7 7")
QUESTION = icon("M6 6.2a2 2 0 1 1 2.9 1.8c-.6.3-.9.7-.9 1.4M8 12v.01")
INFO = icon("M8 7.3v4.2M8 4.6v.01")
CHEVRON = icon("M5.5 6.5L8 9l2.5-2.5")
CHANGES = {"removed": "del", "added": "ins"}
TONES = {"good": TICK, "bad": CROSS, "open": QUESTION}


def render(blocks: Sequence[Block]) -> Markup:
    """All blocks of an answer in reading order."""
    return join(*(RENDERERS[type(block)](block) for block in blocks))


def paragraph(block: Text) -> Markup:
    """A paragraph; line ends stay."""
    return tag("p", block.text, class_="text", dir="auto")


def beside(block: Beside) -> Markup:
    """Two maps a row, field by field; one below the other where the answer is narrow."""
    rows = zip(block.first, block.second, strict=True)
    return tag("div", *(heat(one) for row in rows for one in row), class_="beside")


def diff(block: Diff) -> Markup:
    """The text with what went struck through and what came underlined; both carry a sign, so colour is not needed."""
    written = (tag(CHANGES[part.kind], part.text) if part.kind in CHANGES else part.text for part in block.parts)
    field = tag("div", block.label, class_="heat-field") if block.label else None
    return tag("figure", field, tag("p", *written, class_="diff-text", dir="auto"), class_="diff")


def plot(block: Plot) -> Markup:
    """Horizontal bars, each with its name and its value in words."""
    bars = (_bar(bar.name, bar.text, _share(bar.value, block.top), bar.strong) for bar in block.bars)
    return tag(
        "figure", _title(block.title, "figcaption"), tag("div", *bars, class_="bars", role="list"), class_="plot"
    )


def _bar(name: str, said: str, share: float, strong: bool) -> Markup:
    return tag(
        "div",
        tag("span", name, class_="bar-name", dir="auto"),
        tag("span", tag("span", class_="bar-fill", style=f"width:{share:.1%}"), class_="bar-track", aria_hidden="true"),
        tag("span", said, class_="bar-value"),
        class_="bar strong" if strong else "bar",
        role="listitem",
    )


def _share(number: float, top: float) -> float:
    return min(max(0.0, number / top), 1.0) if top > 0 else 0.0


def table(block: Rows) -> Markup:
    """A table that scrolls sideways by itself where it is wider than the page."""
    kinds = [_kind(block, number) for number in range(len(block.columns))]
    titles = (
        tag("th", name, scope="col", dir="auto", class_=kind) for name, kind in zip(block.columns, kinds, strict=True)
    )
    head = tag("thead", tag("tr", *titles)) if any(block.columns) else None
    body = tag("tbody", *(_row(row, kinds, named=head is None) for row in block.cells))
    made = tag("table", _title(block.title, "caption"), head, body)
    name = block.title or ", ".join(filter(None, block.columns))
    return tag("div", made, class_="table", tabindex=0, role="region" if name else None, aria_label=name or None)


def _row(cells: Sequence[str], kinds: Sequence[str | None], named: bool) -> Markup:
    """A row; in a table without titles the first cell names the row."""
    made = []
    for number, (cell, kind) in enumerate(zip(cells, kinds, strict=True)):
        first = named and number == 0
        made.append(tag("th" if first else "td", cell, dir="auto", class_=kind, scope="row" if first else None))
    return tag("tr", *made)


def _kind(block: Rows, column: int) -> str | None:
    """ "num" for a column that holds numbers only: set in tabular figures at the end of the cell."""
    cells = [row[column] for row in block.cells if column < len(row) and row[column] not in ("", "–", "—")]
    return "num" if cells and all(len(cell) <= LONGEST and _NUMBER.fullmatch(cell) for cell in cells) else None


def badge(block: Badge) -> Markup:
    """The verdict: an icon and words, unfolding into the figures and what they mean."""
    tone = block.tone if block.tone in TONES else "open"
    said = join(tag("span", TONES[tone], class_="badge-icon"), tag("span", block.text, class_="badge-text", dir="auto"))
    if not block.fold:
        return tag("div", said, class_=f"badge {tone}")
    more = tag("span", block.more or None, CHEVRON, class_="badge-more")
    body = tag("div", *(RENDERERS[type(part)](part) for part in block.fold), class_="fold-body")
    return tag("details", tag("summary", said, more), body, class_=f"badge {tone}", data_key=f"badge {block.text}")


def choices(block: Choices) -> Markup:
    """Buttons; a click asks the query behind it."""
    buttons = (
        tag("button", label, type="button", class_="choice", dir="auto", data_say=label, data_query=query)
        for label, query in zip(block.labels, block.queries, strict=True)
    )
    return tag("div", _title(block.title, "p"), tag("div", *buttons, class_="choice-row"), class_="choices")


def fold(block: Fold) -> Markup:
    """Blocks behind their title."""
    body = tag("div", render(block.blocks), class_="fold-body")
    return tag(
        "details",
        tag("summary", CHEVRON, tag("span", block.title, dir="auto")),
        body,
        class_="fold",
        data_key=block.title,
    )


def code(block: Code) -> Markup:
    """Lines of code, left to right in every language, scrolling sideways by themselves."""
    written = tag("pre", tag("code", block.text), tabindex=0, dir="ltr")
    return tag("div", _title(block.title, "p"), written, class_="code-block")


def notice(block: Notice) -> Markup:
    """A sentence that stands out, with an icon; an error is announced."""
    error = block.tone == "error"
    sign = tag("span", CROSS if error else INFO, class_="badge-icon")
    said = tag("span", block.text, dir="auto")
    return tag("div", sign, said, class_="notice error" if error else "notice", role="alert" if error else "note")


def _title(title: str, name: str) -> Markup | None:
    return tag(name, title, class_="block-title", dir="auto") if title else None


RENDERERS: dict[type, Callable[[Any], Markup]] = {
    Text: paragraph,
    Heat: heat,
    Beside: beside,
    Diff: diff,
    Plot: plot,
    Chart: chart,
    Rows: table,
    Badge: badge,
    Choices: choices,
    Fold: fold,
    Notice: notice,
    Code: code,
}
