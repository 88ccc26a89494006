"""Integrated gradients of 64 texts of mixed length against a plain Captum loop, as a job over a data set does it."""

from __future__ import annotations

import statistics
from collections.abc import Iterator

from explainers.base import attribute
from models.base import Encoded, ExplainedModel
from tests.benchmarks.bench_explainers import STEPS, captum_gradients
from tests.benchmarks.measure import Row, correlation, in_precisions, mixed, one_thread, ours, ratio, target_of

TEXTS = 64
TOKENS = (4, 200)
CHECKED = 8  # texts whose ranks are compared


def rows(_: int = 1) -> Iterator[Row]:
    """CPU time on one thread; one round, since it is long."""
    with one_thread():
        for model, found in in_precisions():
            yield _row(model, mixed(model, found, TOKENS, TEXTS))


def _row(model: ExplainedModel, texts: list[Encoded]) -> Row:
    asked = [(model, one, target_of(model, one)) for one in texts]
    mine = ours("integrated_gradients")
    times = ratio(
        lambda: [captum_gradients(*one) for one in asked],
        lambda: [attribute(model, one.instance, "integrated_gradients") for one in texts],
        1,
    )
    lengths = [len(one.tokens) for one in texts]
    alike = [correlation(mine(*one), captum_gradients(*one)) for one in asked[:: TEXTS // CHECKED]]
    return {
        "work": f"integrated_gradients, {len(texts)} texts of {min(lengths)} to {max(lengths)} tokens",
        "against": f"Captum, {STEPS} Gauss-Legendre steps, one text a call",
        "model": model.name,
        "precision": model.precision,
        "ratio": times,
        "n": len(texts),
        "repeats": 1,
        "rank_correlation": round(statistics.fmean(alike), 5),
    }
