"""Fluency of edits: how much more surprising a causal language model finds the changed text than the text as it was."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from core.data import Instance
from core.explanations import Edit, Edits
from models.generation.likelihood import mean

UNMEASURED = "no_fluency"  # the note on edits that nobody could judge


class Texts(Protocol):
    """What finds texts likely: models.generation.likelihood.Likelihood."""

    def log_probs(self, texts: Sequence[str]) -> list[tuple[float, ...]]:
        """The log-probability of each token of each text."""
        ...


class Remembered:
    """Asks about each text once: all precisions start from the same texts."""

    def __init__(self, judge: Texts) -> None:
        self._judge = judge
        self._known: dict[str, tuple[float, ...]] = {}

    def log_probs(self, texts: Sequence[str]) -> list[tuple[float, ...]]:
        """The log-probability of each token of each text."""
        fresh = [text for text in dict.fromkeys(texts) if text not in self._known]
        self._known |= dict(zip(fresh, self._judge.log_probs(fresh), strict=True))
        return [self._known[text] for text in texts]


def fluencies(judge: Texts, text: str, others: Sequence[str]) -> list[float | None]:
    """Perplexity of each other text over that of `text`: 1 is as fluent, 2 twice as surprising a token; None for texts too short.

    Perplexity ratio as in Ross et al. 2021 (MiCE), arXiv 2012.13985, who take a masked model's loss.
    """
    before, *after = (mean(one) for one in judge.log_probs([text, *others]))
    return [None if before is None or one is None else math.exp(before - one) for one in after]


def changed_text(instance: Instance, before: Instance) -> tuple[str, str]:
    """The fields that differ, as they were and as they are: what stayed would hide what changed."""
    old = dict(before.fields)
    names = [name for name, text in instance.fields if text != old.get(name)]
    return "\n".join(old.get(name, "") for name in names), "\n".join(dict(instance.fields)[name] for name in names)


def with_fluency(edits: Edits, judge: Texts) -> Edits:
    """The edits with their fluency, the attempt too."""
    return replace(
        edits,
        edits=tuple(_measured(judge, edits, edit) for edit in edits.edits),
        attempt=_measured(judge, edits, edits.attempt) if edits.attempt else None,
    )


def unmeasured(edits: Edits, judge: str) -> Edits:
    """The edits with a note that the language model of this title could not judge them, where there is anything to judge."""
    if not (edits.edits or edits.attempt):
        return edits
    note = (UNMEASURED, (("judge", judge),))
    return replace(edits, provenance=replace(edits.provenance, notes=(*edits.provenance.notes, note)))


def _measured(judge: Texts, edits: Edits, edit: Edit) -> Edit:
    before, after = changed_text(edit.prediction.instance, edits.original.instance)
    return replace(edit, fluency=fluencies(judge, before, [after])[0]) if before.strip() and after.strip() else edit
