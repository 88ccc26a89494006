"""Frequent words."""

from __future__ import annotations

from functools import cache

from core.dialogue import Request
from core.explanations import Table
from core.operation import DATASET, Context, Integer, Slot, operation
from explainers.keywords import Pieces
from explainers.keywords import keywords as find
from models.input_reader import InputReader

SHOWN = 100  # of all keywords; more is what a file is for
PLOTTED = 20  # as many bars are still read


@operation(group="data", scope=DATASET, gives=Table, slots=(Slot("k", Integer(1, 1000)),), text=True)
def keywords(request: Request, context: Context) -> Table:
    """The words that the data, those that a filter keeps, or one text are about: often here, seldom elsewhere, no stop words."""
    found = find(context.instances, context.dataset, _pieces(context), context.progress)
    k = int(request.slot("k") or SHOWN)
    total = max(len(context.instances), 1)
    rows = tuple((one.word, one.count, one.texts / total) for one in found[:k])
    facts = (("total", str(len(found))), ("shown", str(len(rows))), ("texts", str(len(context.instances))))
    caption = "text" if request.custom else "filtered" if request.where else "data"
    plot = "count" if rows and len(rows) <= PLOTTED else ""
    return Table(("word", "count", "share"), rows, caption if rows else "none", facts, plot)


def _pieces(context: Context) -> Pieces | None:
    """The sentence encoder's pieces: words where a script has no spaces."""
    if context.library is None:
        return None

    @cache
    def reader() -> InputReader:
        encoder = context.library.encoder(context.progress)
        return InputReader(encoder.tokenizer, encoder.limit)

    return lambda instance: reader()(instance).tokens
