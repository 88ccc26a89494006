"""ZeroGPU: a Space of Hugging Face without a GPU of its own, which is lent one for single calls, with a quota for every visitor.

Everything light stays in the serving process, on its processor. What needs a large model is answered in a process that has the
GPU and loads its models there: the package `spaces` starts it, keeps it while the GPU is ours, and carries request and answer
over. Written after spaces 0.51.3 (zero/decorator.py, zero/wrappers.py, zero/client.py); elsewhere nothing of this is used.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec

from agent.running.cache import EXPLANATIONS, Cache
from agent.running.run import UPLOAD, Runner
from agent.state import Answer, Problem
from core.dialogue import Request
from core.errors import Stopped, UserError
from core.explanations import Rationale
from core.operation import OPERATIONS, Context
from core.progress import Progress
from core.reading import load_dataset
from core.settings import Settings
from core.waiting import waited
from models.catalog import find
from models.loading import SENTENCES, Models

PACKAGE = "spaces"
SECONDS = 60  # of the quota that a call asks for: a large model is loaded in it; what is not used is given back
LIGHT = 150_000_000  # parameters: such a model answers in seconds on a processor
STEP = "lent"  # the key under `step`
SPENT = ("zerogpu quota exceeded", "zerogpu pending credits exceeded")
OURS = "zerogpu"  # how the titles of the package's errors begin
FAILED, ABORTED = "zerogpu worker error", "GPU task aborted"  # any other message names the class of a defect over there
_WAIT = re.compile(r"Try again in ((?:\d+ days?, )?\d+:\d\d:\d\d)")
Work = Callable[[Settings, Request], "Answer | Problem"]


def lending() -> bool:
    """Whether this is a Space that is lent its GPU."""
    if find_spec(PACKAGE) is None:
        return False
    return bool(importlib.import_module(f"{PACKAGE}.config").Config.zero_gpu)


def at_home(settings: Settings) -> Settings:
    """The settings of the serving process: where the GPU is lent, it has none itself, whatever torch says there."""
    return settings.model_copy(update={"device": "cpu"}) if lending() else settings


def runner(settings: Settings, home: Runner) -> Runner:
    """The runner that asks for the GPU where one is lent, else the one given. To be called before the page is launched."""
    if not lending():
        return home
    work: Work = importlib.import_module(PACKAGE).GPU(_answer, duration=SECONDS)
    own = settings.model_copy(update={"device": "cuda"})
    return Lent(home.load, home.draws, home.library, home.cache, settings=own, work=work)


@dataclass
class Lent(Runner):
    """A runner that has heavy requests answered on the lent GPU."""

    settings: Settings = field(default_factory=Settings)
    work: Work | None = None

    def made(self, request: Request, context: Context) -> Answer:
        """As Runner. A stop takes hold at once; what was begun over there ends by itself.

        Raises UserError: gpu_quota, gpu_quota_until, gpu_busy, and what Runner raises.
        """
        work = self.work
        if work is None or not heavy(request):
            return super().made(request, context)
        context.progress(STEP, 0.0)
        said = waited(lambda: _asked(work, self.settings, request), lambda: _look(context.progress))
        if isinstance(said, Problem):
            raise UserError(said.kind, **dict(said.facts))
        return said

    def _lasting(self, request: Request, context: Context) -> str:
        """What is answered over there is remembered there, under the name of that machine's precision."""
        return "" if heavy(request) else super()._lasting(request, context)


def heavy(request: Request) -> bool:
    """Whether a request is worth the quota: a large model or one that writes. A session's own file stays in the serving process."""
    operation, row = OPERATIONS[request.operation], find(request.model)
    large = bool(operation.needs) and not 0 < row.parameters <= LIGHT
    return (large or operation.gives is Rationale) and not request.dataset.startswith(UPLOAD)


def _answer(settings: Settings, request: Request) -> Answer | Problem:
    """What runs where the GPU is. Errors come back as values: of an exception only the name of its class would."""
    try:
        data = load_dataset(request.dataset)
        own = _runner(settings)
        return own.answer(request, own.context(request, data, Progress()))
    except UserError as error:
        return Problem(error.kind, tuple(error.facts.items()))


@cache
def _runner(settings: Settings) -> Runner:
    """The runner of that process; its models stay loaded as long as the process lives."""
    models = Models(settings)
    return Runner(models.explained, settings.random_draws, models, Cache(settings.cache / EXPLANATIONS))


def _look(progress: Progress) -> None:
    if progress.stopped.is_set():
        raise Stopped(STEP)


def _asked(work: Work, settings: Settings, request: Request) -> Answer | Problem:
    """The answer; what the package says of its quota and its queue (Gradio's errors, with an English title) becomes one of our errors."""
    try:
        return work(settings, request)
    except Exception as error:
        title, message = (str(getattr(error, name, "")) for name in ("title", "message"))
        title = title.lower()
        if not title.startswith(OURS) or (title == FAILED and message != ABORTED):
            raise
        light = find(SENTENCES).title
        if title not in SPENT:
            raise UserError("gpu_busy", light=light) from error
        until = _WAIT.search(message)
        facts = {"wait": until[1]} if until else {}
        raise UserError("gpu_quota_until" if until else "gpu_quota", light=light, **facts) from error
