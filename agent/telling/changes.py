"""Telling a change: what was done, and the prediction and the test rows before and after."""

from __future__ import annotations

from agent.telling.base import Teller, tells, word
from agent.words import number, percent, say
from core.blocks import Block, Rows, Text
from core.explanations import Change
from core.statistics import Share, sign_test

SHOWN = 10  # test rows that changed their prediction


@tells(Change)
def change(teller: Teller, made: Change) -> list[Block]:
    """What was done, the predictions, and the first test rows that changed their prediction."""
    quote = [] if made.instance.id is None else teller.quoted(made.instance)
    return [*quote, _done(teller, made), _prediction(teller, made), *_accuracy(teller, made), *_moved(teller, made)]


def _done(teller: Teller, made: Change) -> Text:
    old, new = (teller.label(label) or "–" for label in made.gold)
    own = made.instance.id is None
    return teller.say("own" if own else "done", id=made.instance.id, label=new, old=old)


def _prediction(teller: Teller, made: Change) -> Text:
    facts = {}
    for name, side in (("before", made.before), ("after", made.after)):
        facts[name] = teller.label(side.label)
        facts[f"{name}_share"] = percent(side.confidence, teller.language)
    return Text(say("change.prediction", teller.language, **facts))


def _accuracy(teller: Teller, made: Change) -> list[Block]:
    """How many test rows are right, with the interval, and how many turned right or wrong; nothing where there are none.

    The same rows are asked before and after, so the pairs tell, and not whether the two intervals overlap.
    """
    if not made.total:
        return []
    facts: dict[str, object] = {"total": made.total}
    for name, right in zip(("before", "after"), made.right, strict=True):
        found = Share(right, made.total)
        low, high = found.interval
        shares = {"share": found.rate, "low": low, "high": high}
        facts[name] = right
        facts |= {f"{name}_{key}": percent(share, teller.language) for key, share in shares.items()}
    told = [Text(say("change.accuracy", teller.language, **facts))]
    repaired, broken = made.turned
    if repaired + broken:
        p = number(sign_test(repaired, broken), teller.language, 3)
        told.append(Text(say("change.paired", teller.language, repaired=repaired, broken=broken, p=p)))
    return [*told]


def _moved(teller: Teller, made: Change) -> list[Block]:
    if not made.total:
        return []
    if not made.moved:
        return [Text(say("change.still", teller.language))]
    titles = tuple(word("column", name, teller.language) for name in ("id", "before", "after"))
    cells = tuple((str(row), teller.label(old), teller.label(new)) for row, old, new in made.moved[:SHOWN])
    return [Text(say("change.moved", teller.language, count=len(made.moved))), Rows(titles, cells)]
