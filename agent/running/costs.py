"""What requests will cost before they are run: seconds and memory, by rule at first and by what was measured later."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import TypeVar

from agent.resolving.carry import by_method, turned
from core.data import Dataset
from core.dialogue import Request
from core.explanations import Explanation
from core.filters import ByPrediction, among, any_part
from core.operation import DATASET, OPERATIONS
from models.catalog import Row
from operations.attribute import DEFAULT_METHOD
from operations.compare import SECOND_METHOD

SLOW = 20.0  # seconds from which on a visitor is told
RATE = 8e10  # operations a second of one core: e5-small reads a row of 45 tokens in 22 ms (docs/explanations.md)
TOKENS = 45  # of a row, where nobody has counted
UNKNOWN = 300_000_000  # parameters of a model that nobody has counted
BADGE = 200  # rows for the check against random maps
BACKWARD = 2.0  # a gradient costs as much as two rows
READ = 4e8  # bytes a second when a model is loaded
STREAM = 5e6  # bytes a second when it is downloaded
WRITING = 40.0  # seconds for a rationale, two cores and the 1.5B writer
NEWEST = 0.3  # weight of the newest measurement in the running mean
# Model calls of a text of 24 tokens (docs/explanations.md, "Model calls"), those through gradients weighed by BACKWARD
CALLS = {
    "lime": 161, "kernel_shap": 163, "shapley_sampling": 179, "occlusion": 25, "integrated_gradients": 20 * BACKWARD,
    "gradient_shap": 32 * BACKWARD, "smoothgrad": 16 * BACKWARD, "saliency": BACKWARD, "input_x_gradient": BACKWARD,
    "attention": 1, "attention_rollout": 1, "value_zeroing": 39, "random_scores": 1,
}  # fmt: skip
ROWS = {
    "counterfactual": 600,
    "adversarial": 600,
    "augment": 100,
    "influence": 100,
    "learn": 400,
    "unlearn": 400,
    "keywords": 1500,
}
WRITTEN = ("rationalize",)
QUICK = (DEFAULT_METHOD, SECOND_METHOD)  # methods that pass their check, the better one first
LIMIT = 0.5  # a cheaper choice costs at most this share
Key = tuple[str, str, str, str]
K = TypeVar("K")


@dataclass(frozen=True)
class Weights:
    """A model as it stands: its row, precision, the bytes it will take, and whether it is loaded and on this machine."""

    row: Row
    precision: str
    memory: int
    loaded: bool
    here: bool


@dataclass(frozen=True)
class Estimate:
    """Seconds in all; bytes of memory that are not taken yet; megabytes to fetch first."""

    seconds: float
    memory: int = 0
    download: int = 0


@dataclass(frozen=True)
class Cheaper:
    """Another way: a key of agent/words.toml under `estimate`, its facts, what it asks, and its seconds."""

    key: str
    requests: tuple[Request, ...]
    seconds: float
    method: str = ""


@dataclass
class Costs:
    """Running means of what this process measured; safe to use from several threads."""

    _whole: dict[Key, float] = field(default_factory=dict)
    _rows: dict[tuple[str, str], float] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def learn(self, request: Request, rows: int, made: Explanation, seconds: float) -> None:
        """`seconds` that the answer took with its check, its model being loaded; what was remembered teaches nothing."""
        stamp = made.provenance
        if seconds < stamp.seconds:
            return
        with self._lock:
            _mean(self._whole, _key(request), seconds / max(rows, 1))
            if stamp.model_calls:
                _mean(self._rows, (request.model, request.precision), stamp.seconds / stamp.model_calls)

    def seconds(self, request: Request, rows: int, weights: Weights) -> float:
        """Seconds of one request on a loaded model. `rows` are those that it reads from the data set, at least one."""
        with self._lock:
            known = self._whole.get(_key(request))
            row = self._rows.get((request.model, request.precision))
        if known is not None:
            return known * max(rows, 1)
        return (row or _by_rule(weights.row)) * _calls(request, rows) + WRITING * _texts(request)

    def estimate(self, requests: Sequence[Request], data: Dataset, weights: Weights) -> Estimate:
        """All of them, with what loading the model takes."""
        asks = any(OPERATIONS[request.operation].needs_of(request) for request in requests)
        loading = 0.0 if weights.loaded or not asks else weights.memory / READ
        download = 0 if weights.here or not asks else weights.row.download_mb
        work = sum(self.seconds(request, rows_of(request, data), weights) for request in requests)
        return Estimate(
            work + loading + download * 1e6 / STREAM, 0 if weights.loaded or not asks else weights.memory, download
        )


def rows_of(request: Request, data: Dataset) -> int:
    """How many rows of the data set the model has to read."""
    operation = OPERATIONS[request.operation]
    whole = operation.scope == DATASET and operation.needs and not request.custom and not request.ids
    rows = len(data.split(request.split)) if whole or any_part(request.where, ByPrediction) else 1
    return min(rows, len(among(request.where)) or rows)


def cheaper(requests: Sequence[Request], seconds: Callable[[Request], float]) -> Cheaper | None:
    """The next best thing that costs half at most: one of several, a quicker method, words instead of more; None where there is none."""
    whole = sum(map(seconds, requests))
    for one in _others(tuple(requests)):
        cost = sum(map(seconds, one.requests))
        if cost <= LIMIT * whole:
            return replace(one, seconds=cost)
    return None


def _others(requests: tuple[Request, ...]) -> list[Cheaper]:
    if len(requests) > 1:
        return [Cheaper("first", requests[:1], 0.0)]
    request = requests[0]
    if request.operation == "attribute":
        used = request.slot("method") or DEFAULT_METHOD
        return [Cheaper("method", (by_method(request, one),), 0.0, one) for one in QUICK if one != used]
    if (request.ids or request.custom) and request.operation in (*ROWS, *WRITTEN, "compare"):
        return [Cheaper("words", (turned(request, "attribute"),), 0.0)]
    return []


def _calls(request: Request, rows: int) -> float:
    """Rows through the model, with the check."""
    if request.operation in ("attribute", "compare"):
        sides = 2 if request.operation == "compare" else 1
        return sides * CALLS.get(str(request.slot("method") or DEFAULT_METHOD), CALLS[DEFAULT_METHOD]) + BADGE
    asks = OPERATIONS[request.operation].needs_of(request)
    return (ROWS.get(request.operation, 0) if asks else 0) + (rows if asks or rows > 1 else 0)


def _texts(request: Request) -> int:
    """Texts that a language model writes: a reason, and where it is refined the criticism and the new version."""
    return (3 if request.slot("refine") == "yes" else 1) if request.operation in WRITTEN else 0


def _by_rule(row: Row) -> float:
    """Seconds a row: two operations a parameter and token, embeddings being looked up only."""
    return 2 * max((row.parameters or UNKNOWN) - row.embeddings, 1) * TOKENS / RATE


def _key(request: Request) -> Key:
    way = str(request.slot("method") or request.slot("refine") or "")
    return request.operation, way, request.model, request.precision


def _mean(means: dict[K, float], key: K, newest: float) -> None:
    before = means.get(key, newest)
    means[key] = before + NEWEST * (newest - before)
