"""Fluency of edits: how much more surprising a causal language model finds the changed text than the text as it was."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Protocol

from core.data import Instance
from core.errors import UserError
from core.explanations import Edit, Edits
from core.operation import Context
from models.catalog import REMOTE, find
from models.generation.generator import CausalGenerator
from models.generation.likelihood import Likelihood, mean

JUDGE = "gemma-3-270m"  # small and multilingual; asked where its files are there already
AUTO, OFF = "auto", "off"
UNMEASURED = "no_fluency"  # the note on edits that nobody could judge
NOT_HERE = ("out_of_memory", "no_network", "disk_full", "fetch_failed", "corrupt_model")


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


def with_fluency(made: Edits, context: Context) -> Edits:
    """The edits with their fluency; as they were where no language model is to be asked, and a note where it cannot be loaded now."""
    judge = judge_of(context)
    if judge is None:
        return _unmeasured(made, judge_name(context.library))
    return replace(
        made,
        edits=tuple(_measured(judge, made, edit) for edit in made.edits),
        attempt=_measured(judge, made, made.attempt) if made.attempt else None,
    )


def judge_name(library: Any) -> str:
    """The language model of the settings: by itself only one that is on this machine, any other when it is named; "" for none."""
    settings = getattr(library, "settings", None)
    if settings is None or settings.fluency == OFF:
        return ""
    if settings.fluency == AUTO:
        return JUDGE if library.has(JUDGE) else ""
    return str(settings.fluency)


def judge_of(context: Context) -> Likelihood | None:
    """That language model, loaded; none where it was not named and cannot be loaded here."""
    if not (name := judge_name(context.library)):
        return None
    settings = context.library.settings
    try:
        writer = context.library.generator(find(name).name, settings.precision, context.progress)
    except UserError as error:
        if error.kind not in NOT_HERE or settings.fluency != AUTO:
            raise
        return None
    return Likelihood(writer.model, writer.tokenizer) if isinstance(writer, CausalGenerator) else None


def _unmeasured(made: Edits, name: str) -> Edits:
    if not name or name.startswith(REMOTE) or not (made.edits or made.attempt):  # a server gives no likelihoods
        return made
    note = (UNMEASURED, (("judge", find(name).title),))
    return replace(made, provenance=replace(made.provenance, notes=(*made.provenance.notes, note)))


def _measured(judge: Texts, made: Edits, edit: Edit) -> Edit:
    before, after = changed_text(edit.prediction.instance, made.original.instance)
    return replace(edit, fluency=fluencies(judge, before, [after])[0]) if before.strip() and after.strip() else edit
