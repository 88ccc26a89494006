"""What the benchmarks share: CPU time of two sides in turn, rank correlation beside each ratio, and which texts are taken."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from scipy.stats import spearmanr

from core.data import Instance
from core.progress import Progress
from core.reading import load_dataset
from core.settings import read_settings
from explainers.base import EXPLAINERS, Target
from models.base import Encoded, ExplainedModel
from models.loading import Models

REPEATS = 5
Row = dict[str, Any]
Scores = list[float]
Method = Callable[[ExplainedModel, Encoded, Target], Scores]


@contextmanager
def one_thread() -> Iterator[None]:
    """Inside, torch computes on one thread."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def in_precisions(name: str = "") -> Iterator[tuple[ExplainedModel, tuple[Instance, ...]]]:
    """The model (the default one) in fp32, then in the precision that "auto" picks where that is another; and its test rows."""
    settings = read_settings()
    data, models = load_dataset(settings.dataset), Models(settings)
    for precision in ("fp32", "auto"):
        model = models.explained(name or settings.model, precision, data, Progress())
        if precision == "fp32" or model.precision != "fp32":
            yield model, data.split("test")


def mixed(model: ExplainedModel, rows: Sequence[Instance], tokens: tuple[int, int], count: int) -> list[Encoded]:
    """The first texts of so many tokens, one language after the other."""
    by_language: dict[str, list[Encoded]] = {}
    for row in rows:
        encoded = model.encode(row)
        if tokens[0] <= len(encoded.tokens) <= tokens[1]:
            by_language.setdefault(row.language, []).append(encoded)
    return [one for several in zip(*by_language.values(), strict=False) for one in several][:count]


def ours(method: str, seed: int = 0) -> Method:
    """Our method on tokens, as the peers run it."""

    def run(model: ExplainedModel, encoded: Encoded, target: Target) -> Scores:
        return list(EXPLAINERS[method].run(model, encoded, target, seed, Progress()).scores)

    return run


def target_of(model: ExplainedModel, encoded: Encoded) -> Target:
    """The predicted label."""
    return Target(model.labels.index(model.predict([encoded.instance])[0].label))


def compared(
    model: ExplainedModel,
    texts: Sequence[Encoded],
    work: str,
    against: str,
    mine: Method,
    theirs: Method,
    repeats: int,
    **more: Any,
) -> Row:
    """One row: how many times longer theirs takes, and how alike both rank the tokens."""
    asked = [(model, one, target_of(model, one)) for one in texts]
    alike = [correlation(mine(*one), theirs(*one)) for one in asked]
    times = ratio(lambda: [theirs(*one) for one in asked], lambda: [mine(*one) for one in asked], repeats)
    row = {"work": work, "against": against, "model": model.name, "precision": model.precision, "ratio": times}
    return row | {"n": len(texts), "repeats": repeats, "rank_correlation": round(statistics.fmean(alike), 5)} | more


def correlation(one: Sequence[float], other: Sequence[float]) -> float:
    """Spearman's rank correlation."""
    return float(spearmanr(one, other).statistic)


def ratio(theirs: Callable[[], object], mine: Callable[[], object], repeats: int) -> float:
    """How many times longer theirs takes than ours: CPU time, median of rounds in turn."""
    taken = [(cpu(theirs), cpu(mine)) for _ in range(repeats)]
    return round(statistics.median(slow / fast for slow, fast in taken), 2)


def cpu(work: Callable[[], object]) -> float:
    """CPU seconds of this process."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


def skipped(work: str, against: str, why: str) -> Row:
    """A row that says what was not measured."""
    return {"work": work, "against": against, "skipped": why}
