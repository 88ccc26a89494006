"""Telling how a model goes wrong: which labels it mixes up, and whether its confidence can be believed."""

from __future__ import annotations

import json

from agent.telling.base import Teller
from agent.words import number, percent, say
from core.blocks import Bar, Block, Fold, Plot, Rows, Text
from core.statistics import Bin, calibration_error

MARGIN = 0.1  # an answer this much less often right than it is sure stands out


def quality(teller: Teller, facts: dict[str, str]) -> list[Block]:
    """Both, folded; nothing for a table that does not bring them."""
    if "confusion" not in facts:
        return []
    made = json.loads(facts["confusion"])
    mixed = _mixed(teller, made["labels"], made["counts"])
    bins = [Bin(*row) for row in json.loads(facts["calibration"])]
    title = say("quality.title", teller.language)
    return [Fold(title, (mixed, *_believed(teller, bins)))]


def _mixed(teller: Teller, labels: list[str], counts: list[list[int]]) -> Rows:
    """The confusion matrix: a row a true label, a column an answer; what is right stands on the diagonal, in brackets."""
    head = (say("quality.true", teller.language), *map(teller.label, labels))
    cells = tuple(
        (teller.label(gold), *(f"[{count}]" if place == line else f"{count}" for place, count in enumerate(row)))
        for line, (gold, row) in enumerate(zip(labels, counts, strict=True))
    )
    return Rows(head, cells, say("quality.confusion", teller.language))


def _believed(teller: Teller, bins: list[Bin]) -> tuple[Plot, Text]:
    """A reliability diagram: for answers of each confidence, the share that was right. Guo et al. 2017, arXiv 1706.04599."""
    language = teller.language
    bars = tuple(
        Bar(
            f"{percent(one.low, language)}–{percent(one.high, language)}",
            one.right,
            say("quality.bin", language, right=percent(one.right, language), count=one.count),
            strong=one.right + MARGIN < one.confidence,
        )
        for one in bins
    )
    error = number(100 * calibration_error(bins), language, 1)
    told = Text(say("quality.error", language, error=error))
    return Plot(bars, 1.0, say("quality.calibration", language)), told
