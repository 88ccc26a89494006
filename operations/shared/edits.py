"""Operations that look for edits of one text: what judges them, and the search, whose edits are measured for fluency."""

from __future__ import annotations

from typing import Protocol

from core.data import Dataset, Instance
from core.dialogue import Request
from core.explanations import Edits
from core.operation import Context
from core.progress import Progress
from explainers.edits.figures import Sentences
from explainers.edits.fluency import unmeasured, with_fluency
from models.base import ExplainedModel
from models.catalog import REMOTE, find
from models.generation.fluency_judge import judge_name, judge_of

JUDGED_BY = ("flip", "judge_agrees", "edit_share", "similarity", "fluency")


class Search(Protocol):
    """A method that looks for edits, as those of `explainers`."""

    def __call__(
        self,
        model: ExplainedModel,
        instance: Instance,
        dataset: Dataset,
        encoder: Sentences,
        *,
        count: int,
        seed: int,
        progress: Progress,
    ) -> Edits:
        """At most `count` edits of the instance."""
        ...


def searched(search: Search, request: Request, context: Context, count: int) -> Edits:
    """The edits that a search finds for a request (`count` where it names no number), with their fluency."""
    edits = search(
        context.model,
        context.instances[0],
        context.dataset,
        context.library.encoder(context.progress),
        count=int(request.slot("count") or count),
        seed=request.seed,
        progress=context.progress,
    )
    return judged(edits, context)


def judged(edits: Edits, context: Context) -> Edits:
    """With their fluency; as they were where no language model is to be asked, and a note where it cannot be loaded now."""
    if judge := judge_of(context.library, context.progress):
        return with_fluency(edits, judge)
    name = judge_name(context.library)
    if not name or name.startswith(REMOTE):  # a server gives no likelihoods
        return edits
    return unmeasured(edits, find(name).title)
