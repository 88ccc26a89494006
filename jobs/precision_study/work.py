"""The work of a study: round by round the rows of every arm that are missing, one model in memory at a time."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from agent.replying.ask import say_error
from core.data import TRAIN, labelled
from core.errors import UserError
from core.progress import Progress
from core.settings import Settings
from explainers.edits.fluency import Remembered
from explainers.rationales.reader import LinearReader, spread
from jobs.precision_study.arms import Arm, Budget, Helpers, Row, key_of
from jobs.precision_study.bench import Bench
from jobs.precision_study.data import Item, Studied
from jobs.shared.folder import Folder
from models.base import GENERATE, GRADIENTS
from models.generation.batch_writer import BatchWriter
from models.generation.fluency_judge import JUDGE
from models.generation.generator import CausalGenerator
from models.generation.likelihood import Likelihood
from models.loading import Models
from models.quantization.precisions import FULL
from models.quantization.quantize import weight_bytes
from models.weights.memory import release

LESSON_LETTERS = 400
CHUNK = 8  # items between two writes: a kill loses at most these


@dataclass(frozen=True)
class Plan:
    """What is studied: the arms, reference first, on the data, what an item may cost, and the options and settings of it all.

    `fluency` is the language model that judges edits, "" for none.
    """

    arms: tuple[Arm, ...]
    data: Studied
    budget: Budget
    fluency: str
    asked: argparse.Namespace
    settings: Settings

    def rounds(self) -> Iterator[tuple[Item, ...]]:
        """The items that all arms get before the next ones: a study that is stopped has compared something."""
        items = self.data.items
        size = self.asked.round or len(items)
        return (items[first : first + size] for first in range(0, len(items), size))


class Work:
    """Computes the rows that are missing. `refused` are the arms whose model was refused, with the sentence that says why."""

    def __init__(self, plan: Plan, folder: Folder) -> None:
        self.plan, self.folder = plan, folder
        self.refused: dict[str, str] = {}
        self._deep = frozenset(item.name for item in plan.data.items[: plan.budget.deep])
        self._helpers: Helpers | None = None

    def __call__(self, items: Sequence[Item]) -> None:
        """The rows of one round, kept chunk by chunk. Raises UserError where the reference is refused, or the folder is full."""
        for arm in self.plan.arms:
            missing = [item for item in items if key_of(arm, item) not in self.folder.keys]
            if arm.name in self.refused or not missing:
                continue
            for rows in self._rows(arm, missing):
                for row in rows:
                    self.folder.append(row)
            release()

    def _rows(self, arm: Arm, missing: Sequence[Item]) -> Iterator[list[Row]]:
        """The arm's rows in chunks; those before it ends, where its model is refused."""
        self._helpers = self._helpers or helpers_of(self.plan)
        try:
            bench = bench_of(arm, self.plan, self._helpers)
            for rows, left in _measured(bench, missing, self._deep):
                yield rows
                spent = sum(float(str(row["wall"])) for row in rows) / len(rows)
                say(f"{arm.name}: {len(missing) - left} of {len(missing)} items, {left * spent / 60:.1f} min left")
        except UserError as error:
            if arm == self.plan.arms[0]:
                raise
            self.refused[arm.name] = say_error(error, "en")
            say(f"{arm.name} is left out: {self.refused[arm.name]}")


def _measured(bench: Bench, items: Sequence[Item], deep: frozenset[str]) -> Iterator[tuple[list[Row], int]]:
    """The rows chunk by chunk, and how many items are left."""
    weights = round(weight_bytes(bench.writer.generator.model) / 1e6, 1)
    for first in range(0, len(items), CHUNK):
        begun = time.perf_counter()
        rows = bench.rows(items[first : first + CHUNK], deep)
        for row in rows:
            wall = (time.perf_counter() - begun) / len(rows)
            row |= {"wall": wall, "weights_mb": weights, "gradients": float(GRADIENTS in bench.model.capabilities)}
        yield rows, max(0, len(items) - first - CHUNK)


def helpers_of(plan: Plan) -> Helpers:
    """The judges: sentence encoder, reader of rationales, and the language model that knows fluent text."""
    models = Models(plan.settings.model_copy(update={"precision": FULL}))
    encoder, data = models.encoder(), plan.data
    schema = data.dataset.schema
    names = {*schema.labels, *(schema.label_in(label, "en") for label in schema.labels)}
    rows = labelled(data.dataset, data.dataset.split(TRAIN))
    lessons = data.lessons or tuple((row.text[:LESSON_LETTERS], row.label) for row in rows)
    reader = LinearReader.taught(encoder, spread(lessons), names)
    if not plan.fluency:
        say(f"Fluency is not measured, because no model that judges it is here; --fluency {JUDGE} fetches one.")
        return Helpers(encoder, reader, None)
    judge = models.generator(plan.fluency, FULL)
    fluent = Likelihood(judge.model, judge.tokenizer) if isinstance(judge, CausalGenerator) else None
    return Helpers(encoder, reader, Remembered(fluent) if fluent else None)


def bench_of(arm: Arm, plan: Plan, helpers: Helpers) -> Bench:
    """The model of an arm. Raises UserError("missing_capability") for one that does not write, and what loading raises."""
    models, asked = Models(plan.settings), plan.asked
    model = models.explained(asked.model, arm.precision, plan.data.dataset)
    writer = models.generator(asked.model, arm.precision, Progress())
    if not isinstance(writer, CausalGenerator):
        raise UserError("missing_capability", model=asked.model, capability=GENERATE)
    likelihood = Likelihood(writer.model, writer.tokenizer)
    batched = BatchWriter(writer, asked.temperature)
    return Bench(arm, model, batched, likelihood, helpers, plan.data, plan.budget, asked.seed)


def say(text: str) -> None:
    """A line on standard error."""
    print(text, file=sys.stderr, flush=True)
