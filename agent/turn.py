"""The conversation for everyone who uses it: the page, the terminal and jobs call `Agent.turn`."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from threading import Lock, Thread

from agent.graph_state import Tools
from agent.replying.ask import say_error, tell_problem
from agent.replying.cost_warning import Foresight, Foretell, keep_quiet
from agent.replying.samples import examples
from agent.running import zerogpu
from agent.running.answers import Answers
from agent.running.cache import EXPLANATIONS, Cache
from agent.running.costs import Weights
from agent.running.run import UPLOAD, Runner
from agent.sessions.conversations import Conversations
from agent.sessions.rate_limit import Pace
from agent.sessions.store import choose
from agent.sessions.uploads import Uploads
from agent.sharing.reopen import addressed, links
from agent.state import ANSWERED, FAILED, Answer, Message, Problem, Turn
from agent.understand import Reader
from agent.words import say
from core.data import Dataset, Instance
from core.dialogue import Alteration, Parse, Request, Utterance
from core.errors import UserError, unknown
from core.progress import Progress
from core.reading import load_dataset, tasks
from core.settings import Settings
from models.base import ExplainedModel
from models.catalog import FILE, HUB, catalog, find
from models.generation.local_chat import LocalChat
from models.loading import Models
from models.remote import Remote
from models.weights.hub import size_of

LOG = logging.getLogger("polylens")
__all__ = ["Agent", "Answer", "Message", "Turn"]
TIDY = 3600.0  # seconds between two looks for sessions that nobody used for long


class Agent:
    """Answers messages; one instance serves all sessions, which share models and nothing else."""

    def __init__(
        self, settings: Settings, store: Path | None = None, local_files: bool = False, cached: bool = True
    ) -> None:
        """`local_files` lets messages name data sets and models by path: for the terminal, never for a page's visitors.

        `cached` takes answers that a job or an earlier run has computed from the disk, and keeps new ones there.
        """
        self.settings = settings
        self.local_files = local_files
        self._models = Models(zerogpu.at_home(settings))
        address = "" if store else settings.state.get_secret_value()
        self.conversations = Conversations(choose(address, store or settings.cache / "sessions.sqlite"))
        kept = Cache(settings.cache / EXPLANATIONS) if cached else None
        self._runner = zerogpu.runner(settings, Runner(self._explained, settings.random_draws, self._models, kept))
        self._foresight = Foresight(self._models)
        self._answers = Answers()
        self._datasets: dict[str, Dataset] = {}
        self._lock = Lock()
        self._uploads = Uploads(settings.cache / "uploads", settings.max_upload_mb)
        self._pace = Pace(0 if local_files else settings.turns_per_minute)
        self._tidied = time.monotonic()
        self._tidy()

    @cached_property
    def _reader(self) -> Reader:
        settings, models = self.settings, self._models
        return Reader(models.encoder, settings, lambda: models.generator(settings.generator, settings.precision))

    def _explained(
        self, name: str, precision: str, data: Dataset, progress: Progress, changes: tuple[Alteration, ...] = ()
    ) -> ExplainedModel:
        self._check_model(name)
        progress("load", 0.0)
        return self._models.explained(name, precision, data, progress, changes)

    def _check_model(self, name: str) -> None:
        if name.startswith(FILE) and not self.local_files:
            raise unknown("unknown_model", name, catalog().names())

    def _check_file(self, session: str, message: Message) -> None:
        """A link does not bring an uploaded file along."""
        name = message.dataset.removeprefix(UPLOAD)
        if message.link and message.dataset.startswith(UPLOAD) and name not in self._uploads.names(session):
            raise UserError("file_needed", file=name)

    def warm(self, progress: Progress) -> None:
        """Load what the first answer needs: the parser with its encoder, and the default model."""
        progress("load", 0.0)
        self._reader.warm()
        self._explained(self.settings.model, self.settings.precision, self._data("", self.settings.dataset), progress)

    def turn(self, session: str, message: Message, progress: Progress, foretell: Foretell = keep_quiet) -> Turn:
        """Answer one message; `foretell` hears first what will take long.

        What the user can mend is an answer, too; a defect is logged with a number and apologised for.
        """
        self._tidy_now_and_then()
        message = message.cleaned
        try:
            self._pace.take(session)
        except UserError as error:
            return failed(message, error)
        return self._turn(session, message, progress, foretell)

    def step(self, session: str, message: Message, progress: Progress) -> Turn:
        """A turn that is part of another one: the session remembers what it found and changed, its transcript does not show it."""
        return self._turn(session, message.cleaned, progress, keep_quiet, kept=False)

    def whole(self, session: str, message: Message, work: Callable[[], Turn]) -> Turn:
        """A turn that `work` puts together from steps, kept in the session and counted as one question. Errors as in `turn`."""
        started = time.perf_counter()
        try:
            self._pace.take(session)
            made = work()
        except UserError as error:
            return failed(message, error, started)
        except Exception:
            return defective(message, started)
        return self.conversations.keep(session, made)

    def _turn(self, session: str, message: Message, progress: Progress, foretell: Foretell, kept: bool = True) -> Turn:
        started = time.perf_counter()
        try:
            message = addressed(message)
            self._check_model(message.model)
            self._check_file(session, message)
            data = self._data(session, message.dataset or self.settings.dataset)
            tools = Tools(
                self.read, self._runner, data, self.settings, progress, started, self._foresight, foretell, kept
            )
            return self.conversations.answer(session, message, tools)
        except UserError as error:
            return failed(message, error, started)
        except Exception:
            return defective(message, started)

    def answer(self, *requests: Request, progress: Progress | None = None) -> Turn:
        """Answer complete requests in a session of their own, which is forgotten at once: for programs and replays."""
        session, language = f"once-{uuid.uuid4().hex}", requests[0].language
        messages = [Message(link=link, interface=language) for link in links(requests)]
        try:
            return together([self.turn(session, message, progress or Progress()) for message in messages])
        finally:
            self.forget(session)

    def read(self, message: Message, data: Dataset, spoken: str = "") -> tuple[Utterance, Parse]:
        """A message as an utterance and its reading, without answering it. `spoken` is the language spoken so far."""
        return self._reader(message, data, spoken)

    def talker(self, name: str, progress: Progress) -> Remote | LocalChat:
        """The model that plans in agent mode. Raises UserError: no_tool_calls, and what `Models.talker` raises."""
        return self._models.talker(name, self.settings.precision, progress)

    def history(self, session: str) -> tuple[Turn, ...]:
        """The session's turns, oldest first; none where the store cannot be read any more."""
        return self.conversations.history(session)

    def forget(self, session: str) -> None:
        """Drop a session with everything that it brought."""
        self._uploads.forget(session)
        self.conversations.forget(session)

    def _tidy_now_and_then(self) -> None:
        """Once an hour, beside the turns: a server runs for weeks."""
        if time.monotonic() - self._tidied > TIDY:
            self._tidied = time.monotonic()
            Thread(target=self._tidy, daemon=True).start()

    def _tidy(self) -> None:
        """Forget the sessions, and the files with what was made of them, that nobody used for as long as the settings say."""
        self.conversations.forget_old(self.settings.session_hours)
        self._uploads.forget_old(self.settings.session_hours)
        self._models.forget_uploads(self.settings.session_hours)

    def models(self) -> list[tuple[str, str]]:
        """Name and title of every model of the catalogue."""
        return [(row.name, row.title) for row in catalog()]

    def datasets(self, session: str, language: str = "en") -> list[tuple[str, str]]:
        """Name and title of the data sets that this session may ask about."""
        shared = dict.fromkeys((*tasks(), self.settings.dataset))
        titled = [(name, self._data(session, name).schema.title_in(language)) for name in shared]
        return titled + [(UPLOAD + name, name) for name in self._uploads.names(session)]

    def dataset(self, session: str, name: str) -> Dataset:
        """A data set by name. Raises UserError("unknown_dataset")."""
        return self._data(session, name)

    def changed(self, session: str, dataset: str) -> bool:
        """Whether the session has changed labels or training rows of this data set, for itself alone."""
        return any(copy.dataset == dataset for copy in self.conversations.memory(session).copies)

    def weights(self, model: str, precision: str) -> Weights:
        """A model as it stands now, before it is used. Raises UserError: unknown_model, unknown_precision, precision_needs."""
        self._check_model(model)
        asked = Request("", model=model or self.settings.model, precision=precision or self.settings.precision)
        return self._foresight.weights(asked)

    def size(self, model: str) -> int:
        """Bytes to fetch for a model of the hub; 0 for others. Raises UserError: no_network, unknown_model_source, no_safetensors."""
        row = find(model)
        return size_of(row, self.settings.cache / "models" / "hub") if row.kind == HUB else 0

    def said(self, session: str, dataset: str, model: str, precision: str, rows: Sequence[Instance]) -> dict[int, str]:
        """The model's label by row id, for as many of the rows as a visitor waits for. Raises what loading the model raises."""
        data, settings = self._data(session, dataset), self.settings
        asked = self._explained(model or settings.model, precision or settings.precision, data, Progress())
        return self._answers.labels(asked, data.revision, rows)

    def add_dataset(self, session: str, path: Path) -> Dataset:
        """Keep a copy of an uploaded file for this session, read apart. Raises what `Uploads.add` raises."""
        return self._uploads.add(session, path)

    def _data(self, session: str, name: str) -> Dataset:
        if name.startswith(UPLOAD):
            return self._uploads.load(session, name.removeprefix(UPLOAD))
        if name not in (*tasks(), self.settings.dataset) and not self.local_files:
            raise unknown("unknown_dataset", name, tasks())
        with self._lock:
            if name not in self._datasets:
                self._datasets[name] = load_dataset(name)
            return self._datasets[name]

    def say_error(self, error: UserError, language: str) -> str:
        """The sentence for an error raised by `add_dataset` or `dataset`."""
        return say_error(error, language)

    def step_words(self, step: str, language: str) -> str:
        """What is being done, while it is done."""
        return say(f"step.{step}", language)

    def examples(self, session: str, dataset: str, language: str) -> list[tuple[str, str]]:
        """Sample questions about a session's data set, with their queries. Raises what `dataset` raises."""
        return examples(self._data(session, dataset), language)


def together(turns: Sequence[Turn]) -> Turn:
    """Turns as one with all their answers; where one gave none, that one stands for all."""
    first = next((turn for turn in turns if turn.outcome != ANSWERED), None)
    if first:
        return first
    blocks = tuple(block for turn in turns for block in turn.reply.blocks)
    answers = tuple(answer for turn in turns for answer in turn.answers)
    return replace(turns[0], reply=replace(turns[0].reply, blocks=blocks), answers=answers)


def defective(message: Message, started: float) -> Turn:
    """The one handler for defects: the session stays, the user gets a number to report."""
    number = uuid.uuid4().hex[:8]
    LOG.exception("defect %s", number)
    return failed(message, UserError("defect", number=number), started)


def failed(message: Message, error: UserError, started: float | None = None) -> Turn:
    """A turn that failed before or around the graph, after as many seconds as have passed since `started`."""
    problem = Problem.of(error)
    spent = round(time.perf_counter() - started, 3) if started else 0.0
    return Turn(message, FAILED, tell_problem(problem, message.interface), problem=problem, seconds=spent)
