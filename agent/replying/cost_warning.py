"""Says first what will take long: how many seconds, how much memory, and a button for the cheaper choice."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from agent.resolving.query import of_request
from agent.running.costs import SLOW, Costs, Estimate, Weights, cheaper, rows_of
from agent.state import Answer
from agent.words import method_name, say
from core.blocks import Block, Choices, Notice
from core.data import Dataset
from core.dialogue import Request
from core.operation import OPERATIONS
from models.catalog import find
from models.loading import Models
from models.weights.memory import estimate_memory, precision_of

MEGABYTE = 1_000_000
MINUTE = 90.0  # seconds from which on it is said in minutes
Foretell = Callable[[tuple[Block, ...]], None]


def keep_quiet(blocks: tuple[Block, ...]) -> None:
    """Nobody asked."""


@dataclass
class Foresight:
    """Estimates for one process, which learns from every answer."""

    models: Models
    costs: Costs = field(default_factory=Costs)

    def tell(self, requests: Sequence[Request], data: Dataset, language: str) -> tuple[Block, ...]:
        """The sentence and the button; nothing for what is quick, or only asks about the data."""
        if not any(OPERATIONS[request.operation].needs_of(request) for request in requests):
            return ()
        weights = self.weights(requests[0])
        found = self.costs.estimate(requests, data, weights)
        if found.seconds <= SLOW:
            return ()
        return _told(found, requests, lambda one: self.costs.seconds(one, rows_of(one, data), weights), language)

    def weights(self, request: Request) -> Weights:
        """The model of a request as it stands now. Raises UserError: unknown_model, unknown_precision, precision_needs."""
        row, exact = find(request.model), precision_of(request.precision, self.models.device)
        ready = self.models.loaded(request.model, request.precision)
        return Weights(row, exact, estimate_memory(row, exact), ready, ready or self.models.has(request.model))

    def watched(self, request: Request, data: Dataset, run: Callable[[], Answer]) -> Answer:
        """Run a request and learn what it cost, where it did not load its model on the way."""
        asks = bool(OPERATIONS[request.operation].needs_of(request))
        ready = not asks or self.models.loaded(request.model, request.precision)
        began = time.perf_counter()
        made = run()
        if ready:
            self.costs.learn(request, rows_of(request, data), made.explanation, time.perf_counter() - began)
        return made


def _told(
    found: Estimate, requests: Sequence[Request], seconds: Callable[[Request], float], language: str
) -> tuple[Block, ...]:
    sentences = [say("estimate.time", language, time=_time(found.seconds, language))]
    if found.download:
        sentences.append(say("estimate.download", language, model=requests[0].model, size=found.download))
    if found.memory:
        facts = {"model": requests[0].model, "memory": found.memory // MEGABYTE}
        sentences.append(say("estimate.memory", language, **facts))
    said = Notice("note", " ".join(sentences))
    other = cheaper(requests, seconds)
    if other is None:
        return (said,)
    facts = {"time": _time(other.seconds, language), "method": method_name(other.method, language)}
    return (said, Choices((say(f"estimate.{other.key}", language, **facts),), (of_request(other.requests),)))


def _time(seconds: float, language: str) -> str:
    """In seconds, in tens, or in minutes: it is an estimate."""
    if seconds >= MINUTE:
        return say("estimate.minutes", language, number=round(seconds / 60))
    return say(
        "estimate.seconds", language, number=max(1, 10 * round(seconds / 10) if seconds >= 20 else round(seconds))
    )
