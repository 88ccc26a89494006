"""The engine `ray`: the same rows computed by workers of a Ray cluster, each with models of its own."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from typing import Any, Protocol

from agent.registries import discover_all
from agent.running.cache import code_revision
from agent.running.run import versions
from core.errors import UserError
from core.progress import Progress
from core.settings import Settings
from jobs.explaining.plan import Item, Plan
from jobs.explaining.rows import Row
from jobs.explaining.work import Worker, by_model, used_memory

TEXTS = 4  # texts a batch: what a kill loses a worker, and the cluster's overhead is shared by
Batch = Mapping[str, Sequence[Any]]


class Actors(Protocol):
    """The seam to the cluster: workers that are made once and then map batches, in any order."""

    def map(
        self, make: Callable[..., Any], given: tuple[object, ...], batches: Sequence[Sequence[int]]
    ) -> Iterator[Batch]:
        """`make(*given)` once a worker, then called with {"place": a batch}."""
        ...


Opener = Callable[[], AbstractContextManager[Actors]]


class Answerer:
    """What a worker of the cluster holds: the job and its models. Batches of places in the job become batches of rows."""

    def __init__(self, job: Plan, settings: Settings) -> None:
        discover_all()
        self.job = job
        self.worker = Worker(job.dataset, settings, Progress())

    def __call__(self, batch: Batch) -> dict[str, list[Any]]:
        """Columns: the rows as JSON, the process's megabytes, and the code that made them."""
        rows = [self.worker(self.job.item(int(place))) for place in batch["place"]]
        said = [json.dumps(row, ensure_ascii=False, allow_nan=False) for row in rows]
        return {"row": said, "memory": [used_memory()] * len(rows), "made_by": [made_by()] * len(rows)}


class Ray:
    """Rows of a cluster, a batch of whole texts at a time, in the order in which they are done."""

    def __init__(self, opener: Opener, texts: int = TEXTS) -> None:
        self.opener, self.texts = opener, texts
        self.memory = 0

    def batches(self, items: Iterable[Item], job: Plan, settings: Settings) -> Generator[list[Row], None, None]:
        """As `Engine` says. Raises UserError: workers_failed, other_code."""
        with ExitStack() as opened:
            actors: Actors | None = None
            for group in by_model(items):
                actors = actors or opened.enter_context(self.opener())  # not before a row is missing
                for batch in actors.map(Answerer, (job, settings), self._cut(group, len(job.questions))):
                    yield self._rows(batch)

    def _cut(self, items: Iterable[Item], questions: int) -> list[list[int]]:
        """Places in batches of so many texts; all questions about a text go to one worker."""
        found: dict[int, list[int]] = {}
        for item in items:
            found.setdefault(item.place // (questions * self.texts), []).append(item.place)
        return list(found.values())

    def _rows(self, batch: Batch) -> list[Row]:
        self.memory = max(self.memory, *map(int, batch["memory"]))
        if others := {str(one) for one in batch["made_by"]} - {made_by()}:
            raise UserError("other_code", here=made_by(), there=", ".join(sorted(others)))
        return [json.loads(line) for line in batch["row"]]


def made_by() -> str:
    """The code and the libraries that rows of this process come from."""
    return ", ".join((code_revision(), *(f"{name} {version}" for name, version in versions())))
