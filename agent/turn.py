"""The conversation for everyone who uses it: the page, the terminal and jobs call `Agent.turn`."""

from __future__ import annotations

import logging
import shutil
import time
import uuid
from functools import cached_property
from pathlib import Path
from threading import Lock

from langchain_core.runnables import RunnableConfig

from agent.ask import examples, say_error, tell_problem
from agent.cache import EXPLANATIONS, Cache
from agent.graph import Tools, build
from agent.run import UPLOAD, Runner
from agent.session import forget_old, keep_latest, open_store
from agent.state import FAILED, Answer, Message, Problem, Turn
from agent.understand import Reader
from agent.words import say
from core.data import Dataset
from core.dialogue import Alteration, Parse, Utterance
from core.errors import UserError, unknown
from core.progress import Progress
from core.reading import READERS, load_dataset, tasks
from core.settings import Settings
from core.values import from_json
from models.base import ExplainedModel
from models.catalog import FILE, catalog
from models.loading import Models

LOG = logging.getLogger("polylens")
__all__ = ["Agent", "Answer", "Message", "Turn"]


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
        self._models = Models(settings)
        self._saver = open_store(store or settings.cache / "sessions.sqlite")
        self._graph = build(self._saver)
        kept = Cache(settings.cache / EXPLANATIONS) if cached else None
        self._runner = Runner(self._explained, settings.random_draws, self._models, kept)
        self._datasets: dict[str, Dataset] = {}
        self._lock = Lock()
        forget_old(self._saver, settings.session_hours)

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

    def warm(self, progress: Progress) -> None:
        """Load what the first answer needs: the parser with its encoder, and the default model."""
        progress("load", 0.0)
        self._reader.warm()
        self._explained(self.settings.model, self.settings.precision, self._data("", self.settings.dataset), progress)

    def turn(self, session: str, message: Message, progress: Progress) -> Turn:
        """Answer one message. What the user can mend is an answer, too; a defect is logged with a number and apologised for."""
        started = time.perf_counter()
        try:
            self._check_model(message.model)
            data = self._data(session, message.dataset or self.settings.dataset)
            tools = Tools(self.read, self._runner, data, self.settings, progress, started)
            state = self._graph.invoke({"message": message}, _config(session), context=tools, durability="exit")
            keep_latest(self._saver, session)
            made: Turn = state["turn"]
            return made
        except UserError as error:
            return _failed(message, Problem(error.kind, tuple(error.facts.items())), started)
        except Exception:  # the one handler for defects: the session stays, the user gets a number to report
            number = uuid.uuid4().hex[:8]
            LOG.exception("defect %s", number)
            return _failed(message, Problem("defect", (("number", number),)), started)

    def read(self, message: Message, data: Dataset) -> tuple[Utterance, Parse]:
        """A message as an utterance and its reading, without answering it."""
        return self._reader(message, data)

    def history(self, session: str) -> tuple[Turn, ...]:
        """The session's turns, oldest first."""
        state = self._graph.get_state(_config(session)).values
        return tuple(from_json(line) for line in state.get("turns", []))

    def forget(self, session: str) -> None:
        """Drop a session with everything that it brought."""
        self._saver.delete_thread(session)
        shutil.rmtree(self._uploads(session), ignore_errors=True)

    def models(self) -> list[tuple[str, str]]:
        """Name and title of every model of the catalogue."""
        return [(row.name, row.title) for row in catalog()]

    def datasets(self, session: str, language: str = "en") -> list[tuple[str, str]]:
        """Name and title of the data sets that this session may ask about."""
        shipped = [(name, self._data(session, name).schema.title_in(language)) for name in tasks()]
        folder = self._uploads(session)
        own = sorted(path.name for path in folder.iterdir() if path.suffix in READERS) if folder.exists() else []
        return shipped + [(UPLOAD + name, name) for name in own]

    def dataset(self, session: str, name: str) -> Dataset:
        """A data set by name. Raises UserError("unknown_dataset")."""
        return self._data(session, name)

    def add_dataset(self, session: str, path: Path) -> Dataset:
        """Keep a copy of an uploaded file for this session. Raises UserError: too_large, bad_table, no_text_column."""
        size = path.stat().st_size / 1e6
        if size > self.settings.max_upload_mb:
            raise UserError("too_large", size=f"{size:.0f}", limit=self.settings.max_upload_mb)
        read = load_dataset(str(path))
        folder = self._uploads(session)
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, folder / Path(path.name).name)
        return read

    def _uploads(self, session: str) -> Path:
        return self.settings.cache / "uploads" / uuid.uuid5(uuid.NAMESPACE_OID, session).hex

    def _data(self, session: str, name: str) -> Dataset:
        source = name
        if name.startswith(UPLOAD):
            source = str(self._uploads(session) / Path(name).name.removeprefix(UPLOAD))
        elif name not in tasks() and not self.local_files:
            raise unknown("unknown_dataset", name, tasks())
        with self._lock:
            if source not in self._datasets:
                self._datasets[source] = load_dataset(source)
            return self._datasets[source]

    def say_error(self, error: UserError, language: str) -> str:
        """The sentence for an error raised by `add_dataset` or `dataset`."""
        return say_error(error, language)

    def step_words(self, step: str, language: str) -> str:
        """What is being done, while it is done."""
        return say(f"step.{step}", language)

    def examples(self, language: str) -> list[tuple[str, str]]:
        """Sample questions with their queries."""
        return examples(language, limit=5)


def _config(session: str) -> RunnableConfig:
    return {"configurable": {"thread_id": session}}


def _failed(message: Message, problem: Problem, started: float) -> Turn:
    """A turn that failed before or around the graph."""
    made = tell_problem(problem, message.interface)
    return Turn(message, FAILED, made, problem=problem, seconds=round(time.perf_counter() - started, 3))
