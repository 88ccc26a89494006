"""What a batch job asks: every question of every text, as complete requests in a fixed order."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from agent.running.cache import code_revision
from agent.running.run import versions
from core.data import Dataset, Instance
from core.dialogue import Request, Scalar
from core.errors import UserError
from core.explanations import Change, Edits
from core.languages import complete
from core.operation import INSTANCES, ONE_INSTANCE, OPERATIONS, Operation
from core.settings import Settings
from core.values import fingerprint
from jobs.explaining.rows import SCHEMA_VERSION
from models.catalog import find
from models.generation.fluency_judge import judge_name
from models.loading import Models
from models.weights.memory import device_of, precision_of

Slots = tuple[tuple[str, Scalar], ...]
Facts = dict[str, object]


@dataclass(frozen=True)
class Item:
    """One row to be: its place in the job, its name by content, the request, and the text that it is about."""

    place: int
    key: str
    request: Request
    instance: Instance


@dataclass(frozen=True)
class Plan:
    """A job: texts × models × precisions × questions. A question is an operation with its slots."""

    source: str
    dataset: Dataset
    texts: tuple[Instance, ...]
    models: tuple[tuple[str, str], ...]
    questions: tuple[tuple[str, Slots], ...]
    split: str
    seed: int

    def __len__(self) -> int:
        return len(self.texts) * len(self.models) * len(self.questions)

    def __iter__(self) -> Iterator[Item]:
        return map(self.item, range(len(self)))

    def item(self, place: int) -> Item:
        """The row at this place: one model after the other, and for each text all its questions, so that the first text shows
        what a text costs."""
        about, question = divmod(place, len(self.questions))
        which, row = divmod(about, len(self.texts))
        (model, precision), text, (operation, slots) = self.models[which], self.texts[row], self.questions[question]
        request = Request(
            operation=operation,
            slots=slots,
            ids=() if text.id is None else (text.id,),
            dataset=self.source,
            split=self.split,
            model=model,
            precision=precision,
            language=text.language if text.language in complete() else "en",
            seed=self.seed,
        )
        return Item(place, fingerprint((request, text, self.dataset.revision)), request, text)


def plan(options: argparse.Namespace, dataset: Dataset, settings: Settings) -> Plan:
    """The job that the options ask for.

    Raises UserError: no_instance, unknown_operation, not_for_rows, unknown_slot, unknown_choice, unknown_method, unknown_model,
    unknown_precision.
    """
    device = device_of(settings.device, here=False)
    exact = [precision_of(name, device) for name in options.precision]
    models = tuple(dict.fromkeys((find(name).name, precision) for name in options.model for precision in exact))
    texts = chosen(dataset, options.split, options.languages, options.limit)
    if not texts:
        raise UserError("no_instance")
    questions = _questions(options, dataset)
    return Plan(options.dataset, dataset, texts, models, questions, options.split, options.seed)


def planner(settings: Settings) -> Models:
    """Says which models' files are there, also where the device that computes is another machine's."""
    return Models(settings.model_copy(update={"device": "cpu"}))


def chosen(dataset: Dataset, split: str, languages: Sequence[str], limit: int) -> tuple[Instance, ...]:
    """The first `limit` texts (0: all) of a split in these languages (none: all), by id; those without text among them."""
    empty = tuple(row for row in dataset.empty if row.split == split or split not in dataset.splits)
    rows = sorted((*dataset.split(split), *empty), key=lambda row: row.id or 0) if empty else dataset.split(split)
    kept = [row for row in rows if not languages or row.language in languages]
    return tuple(kept[: limit or None])


def _questions(options: argparse.Namespace, dataset: Dataset) -> tuple[tuple[str, Slots], ...]:
    """Each operation with each method, where it has methods, and with the audience, where it has one."""
    named = [_operation(name) for name in options.operations]
    found: list[tuple[str, Slots]] = []
    for name, asked in (("method", options.methods), ("audience", options.audience)):
        if asked and not any(_has(one, name) for one in named):
            named[0].slot(name)  # says what there is
    for one in named:
        methods = [(("method", _checked(one, "method", name, dataset)),) for name in options.methods]
        said = [(("audience", _checked(one, "audience", name, dataset)),) for name in options.audience]
        each: list[list[Slots]] = [list(said) if said and _has(one, "audience") else [()]]
        each.append(list(methods) if methods and _has(one, "method") else [()])
        found += [(one.name, tuple(sorted((*first, *second)))) for first, second in product(*each)]
    return tuple(dict.fromkeys(found))


def _operation(name: str) -> Operation:
    """An operation that can be asked of one row. Raises UserError: unknown_operation, not_for_rows."""
    known = [one.name for one in OPERATIONS if _of_rows(one)]
    if not _of_rows(OPERATIONS[name]):
        raise UserError("not_for_rows", operation=name, known=", ".join(sorted(known)))
    return OPERATIONS[name]


def _of_rows(one: Operation) -> bool:
    changes = one.gives is Change or any(slot.required for slot in one.slots)
    return one.scope in (ONE_INSTANCE, INSTANCES) and not changes


def _has(one: Operation, slot: str) -> bool:
    return any(known.name == slot for known in one.slots)


def _checked(one: Operation, slot: str, said: str, dataset: Dataset) -> Scalar:
    return one.slot(slot).domain.check(said, dataset.schema) if _has(one, slot) else said


def facts(job: Plan, settings: Settings) -> Facts:
    """Everything that a row depends on: two jobs with the same facts have the same rows."""
    return {
        "schema": SCHEMA_VERSION,
        "dataset": {
            "source": job.source,
            "name": job.dataset.name,
            "revision": job.dataset.revision,
            "schema": fingerprint(job.dataset.schema),
            "split": job.split,
            "texts": len(job.texts),
            "chosen": fingerprint(job.texts),
        },
        "models": [_model(name, precision) for name, precision in job.models],
        "requests": [{"operation": name, "slots": dict(slots)} for name, slots in job.questions],
        "seed": job.seed,
        "draws": settings.random_draws,
        "writer": settings.writer,
        "writer_precision": settings.precision,
        "fluency": judge_name(planner(settings))
        if any(OPERATIONS[name].gives is Edits for name, _ in job.questions)
        else "",
        "versions": dict(versions()),
        "code": code_revision(),
    }


def _model(name: str, precision: str) -> Facts:
    """A model's weights, and a note of what was done to them before they were packaged."""
    row = find(name)
    return {"name": name, "precision": precision, "weights": row.key, "note": row.note}
