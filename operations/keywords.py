"""Frequent words, and with a label the words that speak for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from core.data import Instance
from core.dialogue import Request
from core.domains import Integer, Label
from core.explanations import Attribution, Table
from core.operation import DATASET, Context, Slot, operation
from explainers.class_keywords import BUDGET, CHECKED, attributions, check, class_keywords, of_class
from explainers.keywords import Pieces
from explainers.keywords import keywords as find
from models.base import PREDICT
from models.heads.input_reader import InputReader
from operations.attribute import DEFAULT_METHOD

SHOWN = 100  # of all keywords; more is what a file is for
PLOTTED = 20  # as many bars are still read
STRONGEST = 12  # words that speak for a label: further down chance finds come in


@operation(
    group="data",
    scope=DATASET,
    gives=Table,
    slots=(Slot("k", Integer(1, 1000)), Slot("target", Label(), needs=frozenset({PREDICT}))),
    text=True,
)
def keywords(request: Request, context: Context) -> Table:
    """The words that the data, those that a filter keeps, or one text are about; with `target` those that speak for a label."""
    if request.slot("target"):
        return _driving(request, context, str(request.slot("target")))
    found = find(context.instances, context.dataset, _pieces(context), context.progress)
    k = int(request.slot("k") or SHOWN)
    total = max(len(context.instances), 1)
    rows = tuple((one.word, one.count, one.texts / total) for one in found[:k])
    facts = (("total", str(len(found))), ("shown", str(len(rows))), ("texts", str(len(context.instances))))
    caption = "text" if request.custom else "filtered" if request.where else "data"
    plot = "count" if rows and len(rows) <= PLOTTED else ""
    return Table(("word", "count", "share"), rows, caption if rows else "none", facts, plot)


def _driving(request: Request, context: Context, label: str) -> Table:
    """Words from the attributions of some texts that get the label, and whether cutting them out of others matters."""
    model, progress = context.model, context.progress
    explained, held = _halves(request, context)
    rows = of_class(model, explained, label, BUDGET, request.seed, progress)
    maps = list(attributions(model, rows, label, DEFAULT_METHOD, request.seed, progress))
    found = class_keywords(maps)[: int(request.slot("k") or STRONGEST)]
    others = of_class(model, held, label, CHECKED, request.seed, progress) if found else []
    checked = check(model, others, label, [one.word for one in found], request.seed, progress)
    facts = (
        ("target", label),
        ("shown", str(len(found))),
        ("texts", str(len(maps))),
        ("held", str(checked.texts)),
        ("drop", _share(checked.own)),
        ("chance", _share(checked.chance)),
    )
    verdict = "driving_holds" if checked.holds else "driving_open" if checked.texts else "driving_unchecked"
    made = Table(
        ("word", "push", "count"),
        tuple((one.word, one.effect, one.texts) for one in found),
        verdict if found else "driving_none",
        facts,
        "push" if len(found) <= PLOTTED and found else "",
    )
    notes = maps[0].provenance.notes if maps else ()
    return replace(made, provenance=replace(made.provenance, notes=notes, method=_method(maps)))


def _share(number: float) -> str:
    """In whole per cent, without a minus before zero."""
    return str(round(number, 2) + 0.0)


def _method(maps: Sequence[Attribution]) -> str:
    """The method that ran: another than the usual one where the model cannot."""
    return maps[0].method if maps else DEFAULT_METHOD


def _halves(request: Request, context: Context) -> tuple[list[Instance], list[Instance]]:
    """Texts to explain and texts to check the words on: training and other rows, or every other row; in the user's language."""
    rows = context.instances
    explained, held = _training(rows), [row for row in rows if row.split != "train"]
    if not explained and not (request.where or request.custom):
        explained = _training(context.dataset.rows)
    if not explained or not held:
        explained, held = list(rows[::2]), list(rows[1::2])
    mine = [[row for row in part if row.language == request.language] for part in (explained, held)]
    return (mine[0], mine[1]) if all(mine) else (explained, held)


def _training(rows: Sequence[Instance]) -> list[Instance]:
    return [row for row in rows if row.split == "train"]


def _pieces(context: Context) -> Pieces | None:
    """The sentence encoder's pieces: words where a script has no spaces."""
    if context.library is None:
        return None

    @cache
    def reader() -> InputReader:
        encoder = context.library.encoder(context.progress)
        return InputReader(encoder.tokenizer, encoder.limit)

    return lambda instance: reader()(instance).tokens
