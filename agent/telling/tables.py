"""Telling rows and tables."""

from __future__ import annotations

from agent.telling.base import Teller, tells, word
from agent.telling.quality import quality
from agent.words import listed, number, percent
from core.blocks import Bar, Block, Plot, Rows
from core.explanations import Instances, Table


@tells(Instances)
def instances(teller: Teller, made: Instances) -> list[Block]:
    """The rows, one readable table."""
    key = "one" if made.total == 1 else "all" if made.total == len(made.rows) else "several"
    first = made.rows[0].id if made.rows else ""
    sentence = teller.say(key, id=first, total=made.total, shown=len(made.rows))
    return [sentence, *teller.quoted(*made.rows, full=True)]


@tells(Table)
def table(teller: Teller, made: Table) -> list[Block]:
    """The caption, then the rows with labels and shares as people read them."""
    titles = tuple(word("column", name, teller.language) for name in made.columns)
    cells = tuple(
        tuple(teller.cell(name, item) for name, item in zip(made.columns, row, strict=True)) for row in made.rows
    )
    facts = {key: _fact(teller, key, text) for key, text in made.facts}
    blocks: list[Block] = [teller.say(made.caption, **facts)]
    if made.plot:
        blocks.append(_plot(teller, made))
    return [*blocks, *([Rows(titles, cells)] if cells else []), *quality(teller, dict(made.facts))]


def _plot(teller: Teller, made: Table) -> Plot:
    """The column `made.plot` as bars, named by the first column."""
    place = made.columns.index(made.plot)
    values = [float(row[place]) for row in made.rows]
    bars = (
        Bar(teller.cell(made.columns[0], row[0]), amount, teller.cell(made.plot, row[place]))
        for row, amount in zip(made.rows, values, strict=True)
    )
    return Plot(tuple(bars), top=max(values, default=1.0) or 1.0)


def _fact(teller: Teller, key: str, text: str) -> str:
    """A fact of a caption; counts by label are said in the label's words."""
    if key == "counts":
        pairs = [part.rpartition(" ") for part in text.split(", ")]
        return listed([f"{teller.label(label)} {amount}" for label, _, amount in pairs], teller.language)
    if key == "target":
        return teller.label(text)
    if key in ("share", "value", "low", "high"):
        return percent(float(text), teller.language)
    if key in ("drop", "chance"):  # differences of probabilities, told in percentage points
        return number(100 * float(text), teller.language, 0)
    return number(float(text), teller.language) if key == "mean" else text
