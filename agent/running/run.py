"""From a request to an explanation: picks the instances, runs the operation, and writes down where it came from."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.metadata import version
from threading import Lock

from agent.running.cache import Cache, code_revision
from agent.running.judge import judge
from agent.state import Answer
from core.changes import altered
from core.data import Dataset, Instance
from core.dialogue import Alteration, Request
from core.errors import UserError
from core.explanations import UNDO, Attribution, Change, Edits, Explanation, Prediction
from core.filters import ByPrediction, among, any_part
from core.operation import DATASET, NOTHING, ONE_INSTANCE, OPERATIONS, Context, Operation
from core.past import Asked
from core.progress import Progress
from core.values import fingerprint
from explainers.edits.fluency import UNMEASURED
from models.base import ExplainedModel
from models.catalog import FILE, HUB, REMOTE, find
from models.generation.fluency_judge import judge_name
from models.loading import Models
from models.weights.memory import precision_of
from parsers.words.language_id import detect

VERSIONS = ("torch", "transformers", "captum", "tokenizers")
KEPT = 256  # explanations in memory; a heat map is a few kilobytes
CHUNK = 32  # rows between two looks at the stop button
# The notes on what was done otherwise or left out for want of room or network
MAKESHIFT = ("smaller_writer", UNMEASURED)
ONCE = "downloaded"  # the note on what was fetched for this one answer
UPLOAD = "upload:"  # data sets of one session, by file name: what is said about them stays with the session


@dataclass
class Runner:
    """Runs requests and remembers their explanations by content; safe to call from several threads."""

    load: Callable[[str, str, Dataset, Progress, tuple[Alteration, ...]], ExplainedModel]
    draws: int
    library: Models | None = None
    cache: Cache | None = None
    _kept: OrderedDict[str, Explanation] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def context(self, request: Request, dataset: Dataset, progress: Progress, past: tuple[Asked, ...] = ()) -> Context:
        """The model, loaded when needed, and the instances that the request names, both with the request's changes.

        Raises UserError("no_instance").
        """

        @cache
        def load() -> ExplainedModel:
            return self.load(request.model, request.precision, dataset, progress, request.changes)

        own, one = altered(dataset, request.changes), OPERATIONS[request.operation].scope == ONE_INSTANCE
        found = _instances(request, own, _World(load, progress))
        instances = found[:1] if one and request.where is not None else found

        def copies(changes: tuple[Alteration, ...]) -> Context:
            same = tuple(row.id for row in instances if row.id is not None)  # a filter might find others in the copy
            return self.context(replace(request, changes=changes, where=None, ids=same), dataset, progress)

        def others(model: str, precision: str) -> ExplainedModel:
            own_changes = request.changes if model == request.model else ()  # they are of this model's copy alone
            return self.load(model, precision, dataset, progress, own_changes)

        return Context(load, own, instances, progress, self.draws, self.library, copies, others, past, len(found))

    def run(self, request: Request, context: Context) -> tuple[Request, Explanation]:
        """The request completed with the model's revision and precision, and its explanation with provenance."""
        operation = OPERATIONS[request.operation]
        if needs := operation.needs_of(request):
            missing = needs - context.model.capabilities
            if missing:
                raise UserError("missing_capability", model=context.model.name, capability=", ".join(sorted(missing)))
            request = replace(request, revision=context.model.revision, precision=context.model.precision)
        name = fingerprint(
            (
                request,
                context.dataset.revision,
                tuple(row.id for row in context.instances),
                context.past,
                self._fluency(operation),
            )
        )
        made = self._remembered(name)
        if made is None:
            made = _measured(request, context)
            if kept := _to_keep(made):
                self._remember(name, kept)
        return request, made

    def answer(self, request: Request, context: Context) -> Answer:
        """The request run and judged; where the cache has the answer, no model is loaded. Raises what `run` raises."""
        name = self._lasting(request, context)
        found = self.cache.get(name) if self.cache and name else None
        if found:
            own = replace(request, revision=found.request.revision, precision=found.request.precision)
            return replace(found, request=own)
        made = self.made(request, context)
        kept = _to_keep(made.explanation)
        if self.cache and name and kept:
            self.cache.put(name, replace(made, explanation=kept))
        return made

    def made(self, request: Request, context: Context) -> Answer:
        """The request run and judged, now. Raises what `run` raises."""
        complete, explanation = self.run(request, context)
        return Answer(complete, explanation, judge(explanation, context, request.seed))

    def _lasting(self, request: Request, context: Context) -> str:
        """The answer's name in the cache: all that it depends on. "" for what is a session's own and not written to disk."""
        operation = OPERATIONS[request.operation]
        own = request.custom or request.changes or request.dataset.startswith(UPLOAD) or operation.gives is Change
        if own or not request.ids or self.library is None:
            return ""
        settings, row, fluency = self.library.settings, find(request.model), self._fluency(operation)
        if operation.needs and (_loose(request, settings.writer, fluency) or not (row.sha256 or row.revision)):
            return ""
        weights = (row.key, precision_of(request.precision, self.library.device))
        asked = replace(request, dataset=context.dataset.name, precision="", revision="")
        making = (code_revision(), versions(), settings.writer, settings.precision, settings.seed, self.draws, fluency)
        data = (context.dataset.schema, context.dataset.revision)
        return fingerprint((asked, data, weights if operation.needs else (), making))

    def _fluency(self, operation: Operation) -> str:
        """The language model that says how fluent edits are; "" for none, and where nothing is edited."""
        return judge_name(self.library) if operation.gives is Edits else ""

    def _remembered(self, name: str) -> Explanation | None:
        with self._lock:
            if name in self._kept:
                self._kept.move_to_end(name)
            return self._kept.get(name)

    def _remember(self, name: str, made: Explanation) -> None:
        with self._lock:
            self._kept[name] = made
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)


@cache
def versions() -> tuple[tuple[str, str], ...]:
    """The libraries that decide what an explanation says."""
    return tuple((name, version(name)) for name in VERSIONS)


def _measured(request: Request, context: Context) -> Explanation:
    """The operation's explanation with its costs and everything that it depends on."""
    operation = OPERATIONS[request.operation]
    model: ExplainedModel | None = context.model if operation.needs_of(request) else None
    start, before = time.perf_counter(), model.calls if model else 0
    made = operation.run(request, context)
    stamp = replace(
        made.provenance,
        dataset=context.dataset.name,
        dataset_revision=context.dataset.revision,
        seed=request.seed,
        versions=versions(),
        seconds=round(time.perf_counter() - start, 3),
    )
    if context.fitting > len(context.instances):
        stamp = replace(stamp, notes=(("first_fit", (("total", str(context.fitting)),)), *stamp.notes))
    if count := _changes(request, made):
        stamp = replace(stamp, notes=(*stamp.notes, ("changed", (("count", str(count)),))))
    if model:
        stamp = replace(stamp, model=model.name, revision=model.revision, precision=model.precision)
        stamp = replace(stamp, weights=dict(model.facts).get("weights", ""), model_calls=model.calls - before)
    return replace(made, provenance=stamp)


def _to_keep(made: Explanation) -> Explanation | None:
    """The explanation as it is cached for the next visitor; None where a temporary lack of memory or network degraded it."""
    notes = made.provenance.notes
    if any(key in MAKESHIFT for key, _ in notes):
        return None
    return replace(made, provenance=replace(made.provenance, notes=tuple(note for note in notes if note[0] != ONCE)))


def _loose(request: Request, writer: str, fluency: str) -> bool:
    """Whether the answer hangs on a helper that no hash pins: another day's "main" or folder may be another model."""
    alone = OPERATIONS[request.operation].gives in (Attribution, Prediction)
    helpers = [text for _, text in request.slots] + ([] if alone else [writer, fluency])
    return any(str(name).startswith((HUB, FILE, REMOTE)) for name in helpers)


def _changes(request: Request, made: Explanation) -> int:
    """How many changes the answer rests on; questions about neither data nor model rest on none."""
    operation = OPERATIONS[request.operation]
    if operation.scope == NOTHING and not operation.needs:
        return 0
    return len(request.changes) - (isinstance(made, Change) and made.kind == UNDO)


def _instances(request: Request, dataset: Dataset, world: _World) -> tuple[Instance, ...]:
    scope = OPERATIONS[request.operation].scope
    if scope == NOTHING:
        return ()
    if request.custom or request.ids:  # a text of the user's own may stand beside a row
        return (*_own(request, dataset), *(dataset.instance(number) for number in request.ids))
    few = frozenset(among(request.where))
    rows = tuple(row for row in dataset.split(request.split) if not few or row.id in few)
    if any_part(request.where, ByPrediction):
        world.read(rows)
    kept = tuple(row for row in rows if request.where is None or request.where.keeps(row, world))
    if not kept and scope != DATASET:
        raise UserError("no_instance")
    return kept


def _own(request: Request, dataset: Dataset) -> tuple[Instance, ...]:
    """The user's own texts, each in the language that it is written in: that of the question only where the text leaves a doubt."""
    texts = dataset.several(request.custom, request.language) if request.custom else ()
    return tuple(replace(one, language=detect(one.text, request.language, ())[0]) for one in texts)


@dataclass
class _World:
    """What filters may ask: the explained model's predictions. A complete request names the instances of the answer before itself."""

    load: Callable[[], ExplainedModel]
    progress: Progress
    said: dict[Instance, str] = field(default_factory=dict)

    def read(self, rows: tuple[Instance, ...]) -> None:
        """Ask the model for all rows in batches, before the filter asks for one after the other."""
        for start in range(0, len(rows), CHUNK):
            self.progress("predict", start / len(rows))
            chunk = rows[start : start + CHUNK]
            self.said |= {row: made.label for row, made in zip(chunk, self.load().predict(chunk), strict=True)}

    def prediction(self, instance: Instance) -> str:
        """The explained model's label."""
        return self.said[instance]

    def previous(self) -> frozenset[int]:
        """None: whatever there was stands in the request."""
        return frozenset()
