"""The work of a batch job: answering one question after the other with the chat's own code, failures as rows; here, in this process."""

from __future__ import annotations

import logging
from collections.abc import Generator, Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Protocol

import psutil

from agent.replying.ask import say_error
from agent.running.cache import EXPLANATIONS, Cache
from agent.running.run import Runner
from core.data import Dataset
from core.dialogue import Alteration
from core.errors import Stopped, UserError
from core.explanations import Edits, Neighbours, Rationale
from core.operation import OPERATIONS
from core.progress import Progress
from core.settings import Settings
from jobs.explaining.plan import Item, Plan, planner
from jobs.explaining.rows import Row, answered, failed
from models.base import ExplainedModel
from models.catalog import ENCODER, find
from models.generation.fluency_judge import judge_name
from models.loading import SENTENCES, Models
from models.quantization.precisions import FULL, PRECISIONS
from models.weights.folders import MODELS, packed
from models.weights.memory import MEGABYTE, device_of, estimate_memory, peak_memory, precision_of, release

LOG = logging.getLogger("polylens")
DEFECT = "defect"


class Engine(Protocol):
    """What computes rows: here, or on other processes and machines."""

    def batches(self, items: Iterable[Item], job: Plan, settings: Settings) -> Generator[list[Row], None, None]:
        """The items' rows, some at a time, as soon as they are there; not always in the items' order."""
        ...

    @property
    def memory(self) -> int:
        """Megabytes that the fullest process that computes holds."""
        ...


class Worker:
    """Answers items of one model in one precision; its models go away with it."""

    def __init__(self, dataset: Dataset, settings: Settings, progress: Progress) -> None:
        self.dataset = dataset
        self.progress = progress
        self.models = Models(settings)
        self.runner = Runner(self._load, settings.random_draws, self.models, Cache(settings.cache / EXPLANATIONS))
        self._refused: dict[tuple[str, str], UserError] = {}
        self._logged: set[type] = set()

    def __call__(self, item: Item) -> Row:
        """The item's row; whatever goes wrong is a row with its reason."""
        try:
            if not item.instance.text.strip():
                raise UserError("empty_text")
            context = self.runner.context(item.request, self.dataset, self.progress)
            answer = self.runner.answer(item.request, context)
            return answered(item.key, item.instance, self.dataset.revision, answer)
        except Stopped:
            raise
        except UserError as error:
            return self._failure(item, error.kind, say_error(error, "en"))
        except Exception as error:  # the job's one handler for defects: a row says what happened, the log where
            if type(error) not in self._logged:
                self._logged.add(type(error))
                LOG.exception("row %s (id %s, %s)", item.key, item.instance.id, item.request.operation)
            return self._failure(item, DEFECT, f"{type(error).__name__}: {error}"[:300])

    def _failure(self, item: Item, kind: str, sentence: str) -> Row:
        return failed(item.key, item.instance, self.dataset.revision, item.request, self.dataset.name, (kind, sentence))

    def _load(
        self, name: str, precision: str, data: Dataset, progress: Progress, changes: tuple[Alteration, ...]
    ) -> ExplainedModel:
        """The model; one that was refused is not tried again for every row."""
        if (name, precision) in self._refused:
            raise self._refused[name, precision]
        try:
            return self.models.explained(name, precision, data, progress, changes)
        except UserError as error:
            self._refused[name, precision] = error
            raise


def by_model(items: Iterable[Item]) -> Iterator[Iterator[Item]]:
    """The items of one model in one precision after the other: no process holds two."""
    for _, group in groupby(items, key=lambda item: (item.request.model, item.request.precision)):
        yield group


class Local:
    """Rows one by one in this process, in the items' order."""

    def batches(self, items: Iterable[Item], job: Plan, settings: Settings) -> Generator[list[Row], None, None]:
        """As `Engine` says; a batch is a row."""
        for group in by_model(items):
            worker = Worker(job.dataset, settings, Progress())
            yield from ([worker(item)] for item in group)
            del worker
            release()  # it is a cycle: until the collector runs, its models stay beside the next ones

    @property
    def memory(self) -> int:
        """Of this process."""
        return used_memory()


def check_memory(job: Plan, settings: Settings, ceiling: int) -> None:
    """Refuse a job that will not stay under `ceiling` megabytes (0: none). Raises UserError("memory_ceiling")."""
    if not ceiling:
        return
    helpers = _helpers(job, settings)
    for name, precision in job.models:
        row = find(name)
        together = {(row.name, precision), *helpers}
        if row.family == ENCODER:  # its head was trained on it in this precision, or is now
            together.add((row.name, PRECISIONS[precision].head))
        need = used_memory() + _together(together, settings.cache / MODELS) // MEGABYTE
        if need > ceiling:
            names = sorted({one for one, _ in together})
            raise UserError("memory_ceiling", name=" + ".join(names), need=need, limit=ceiling)


def within(settings: Settings, ceiling: int) -> Settings:
    """The settings of a job that has `ceiling` megabytes (0: any): its models make way for each other before it must stop."""
    if not ceiling:
        return settings
    left = max(1, ceiling - used_memory())
    return settings.model_copy(update={"memory_mb": min(left, settings.memory_mb or left)})


def _helpers(job: Plan, settings: Settings) -> set[tuple[str, str]]:
    """The models that answer beside the explained one, each in its precision."""
    shared = precision_of(settings.precision, device_of(settings.device, here=False))
    gives = {OPERATIONS[name].gives for name, _ in job.questions}
    found = {(settings.writer, shared)} if Rationale in gives else set()
    found |= {(SENTENCES, FULL)} if gives & {Edits, Neighbours} else set()
    judge = judge_name(planner(settings)) if Edits in gives else ""
    return found | ({(judge, shared)} if judge else set())


def _together(models: Iterable[tuple[str, str]], cache: Path) -> int:
    """Bytes of all of them, and what loading one takes beyond that."""
    rows = [(find(name), precision) for name, precision in models]
    loaded = [estimate_memory(row, precision) for row, precision in rows]
    peaks = [peak_memory(row, precision, packed(row, cache)) for row, precision in rows]
    return sum(loaded) + max(peak - one for peak, one in zip(peaks, loaded, strict=True))


def used_memory() -> int:
    """Megabytes that this process holds."""
    return int(psutil.Process().memory_info().rss) // MEGABYTE
