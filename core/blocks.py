"""Blocks of an answer: what is said, independent of the page. Each has a plain-text form."""

from __future__ import annotations

from typing import Union

from core.values import value


@value
class Text:
    """A paragraph. Data in it is data: the page escapes it."""

    text: str

    @property
    def plain(self) -> str:
        return self.text


@value
class HeatToken:
    """A unit of a heat map: its text as written, the space after it, its score, and whether it is coloured and marked.

    `said` is the score in the reader's language.
    """

    text: str
    after: str
    score: float
    shown: bool = True
    marked: bool = False
    said: str = ""

    @property
    def figure(self) -> str:
        """The score with its sign, as the reader's language writes it where somebody has said so."""
        return self.said or f"{self.score:+.3f}".replace("-", "−")


@value
class Heat:
    """A signed heat map over one text. `legend` says what positive and negative mean, `mark` what a mark means; `label` names the field."""

    tokens: tuple[HeatToken, ...]
    unit: str
    legend: tuple[str, str]
    label: str = ""
    title: str = ""
    mark: str = ""

    @property
    def plain(self) -> str:
        ranked = sorted((token for token in self.tokens if token.shown), key=lambda token: -abs(token.score))
        named = ", ".join(f"{token.text} {token.figure}" for token in ranked[:10])
        return f"{self.label + ': ' if self.label else ''}{named} ({self.unit})"


@value
class Beside:
    """Heat maps of two sides, field by field: the first side's and the second's next to each other, where there is room."""

    first: tuple[Heat, ...]
    second: tuple[Heat, ...]

    @property
    def plain(self) -> str:
        lines = [f"{heat.title}: {heat.plain}" if heat.title else heat.plain for heat in (*self.first, *self.second)]
        return "\n".join(lines)


MARKS = {"same": "{text}", "removed": "[-{text}-]", "added": "{{+{text}+}}"}  # as `git diff --word-diff` writes them


@value
class DiffPart:
    """A stretch of a changed text: `kind` is same, removed or added."""

    kind: str
    text: str


@value
class Diff:
    """A text before and after a change, word by word in reading order; `label` names the field, or is ""."""

    parts: tuple[DiffPart, ...]
    label: str = ""

    @property
    def plain(self) -> str:
        written = "".join(MARKS[part.kind].format(text=part.text) for part in self.parts)
        return f"{self.label}: {written}" if self.label else written


@value
class Bar:
    """One bar of a plot: a name, its value, the text of the value, and whether it stands out."""

    name: str
    value: float
    text: str
    strong: bool = False


@value
class Plot:
    """Horizontal bars from 0 to `top`."""

    bars: tuple[Bar, ...]
    top: float
    title: str = ""

    @property
    def plain(self) -> str:
        named = ", ".join(f"{bar.name} {bar.text}" for bar in self.bars)
        return f"{self.title}: {named}" if self.title else named


@value
class Line:
    """A line of a chart: its name, its heights from left to right, and how far around each the band reaches (() for no band)."""

    name: str
    heights: tuple[float, ...]
    band: tuple[float, ...] = ()


@value
class Chart:
    """Lines over shares of a whole from 0 to 1 (`places`), heights from `low` to `high`; `ticks` are the places in words.

    `levels` are the heights at the bottom, in the middle and at the top, in words; the first line is the one that counts.
    """

    places: tuple[float, ...]
    ticks: tuple[str, ...]
    lines: tuple[Line, ...]
    low: float
    high: float
    levels: tuple[str, str, str]
    title: str = ""

    @property
    def plain(self) -> str:
        rows = (
            f"{line.name}: "
            + ", ".join(f"{tick} → {height:.2f}" for tick, height in zip(self.ticks, line.heights, strict=True))
            for line in self.lines
        )
        return "\n".join([self.title, *rows] if self.title else rows)


@value
class Rows:
    """A table: column titles and cells, both ready to read; `title` above it."""

    columns: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]
    title: str = ""

    @property
    def plain(self) -> str:
        lines = [" | ".join(self.columns), *(" | ".join(row) for row in self.cells)]
        return "\n".join([self.title, *lines] if self.title else lines)


@value
class Badge:
    """The verdict beside an explanation: `tone` is good, bad or open; `fold` holds the figures and what they mean."""

    tone: str
    text: str
    fold: tuple[Text | Rows | Chart, ...] = ()
    more: str = ""

    @property
    def plain(self) -> str:
        return "\n".join([self.text, *(block.plain for block in self.fold)])


@value
class Choices:
    """Buttons: what each says, and the query that it asks."""

    labels: tuple[str, ...]
    queries: tuple[str, ...]
    title: str = ""

    @property
    def plain(self) -> str:
        lines = [f"{number}. {label}" for number, label in enumerate(self.labels, 1)]
        return "\n".join([self.title, *lines] if self.title else lines)


@value
class Fold:
    """Blocks behind a title, closed at first."""

    title: str
    blocks: tuple[Text | Rows | Plot | Chart | Heat, ...]

    @property
    def plain(self) -> str:
        return "\n".join([self.title, *(block.plain for block in self.blocks)])


@value
class Code:
    """Lines of a program or a shell, as they are; `title` says where they are run."""

    text: str
    title: str = ""

    @property
    def plain(self) -> str:
        return f"{self.title}:\n\n{self.text.rstrip()}" if self.title else self.text.rstrip()


@value
class Notice:
    """A sentence that stands out: a fallback, a limit or an error. `tone` is note or error."""

    tone: str
    text: str

    @property
    def plain(self) -> str:
        return self.text


Block = Union[Text, Heat, Beside, Diff, Plot, Chart, Rows, Badge, Choices, Fold, Code, Notice]
