"""Attribution on the default model against the plain Captum loops, and the judge against the attribution it judges."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any

import torch
from captum.attr import FeatureAblation, IntegratedGradients
from scipy.stats import spearmanr

from core.data import Instance
from core.progress import Progress
from core.reading import load_dataset
from core.settings import read_settings
from explainers.base import EXPLAINERS, Target, attribute
from explainers.metrics.judge import judge
from models.base import Encoded, ExplainedModel
from models.loading import Models

TEXTS = 6
REPEATS = 5
TOKENS = (35, 65)
STEPS = 50  # Captum's default
DRAWS = 10
Row = dict[str, Any]
Scores = list[float]


def rows() -> Iterator[Row]:
    """CPU time on one thread, both sides in turn in one run, median of REPEATS rounds over TEXTS texts of about 50 tokens."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        settings = read_settings()
        data = load_dataset(settings.dataset)
        for precision in ("fp32", "auto"):
            model = Models(settings).explained(settings.model, precision, data, Progress())
            if precision == "fp32" or model.precision != "fp32":
                yield from _rows(model, _texts(model, data.rows))
    finally:
        torch.set_num_threads(threads)


def _rows(model: ExplainedModel, texts: list[Encoded]) -> Iterator[Row]:
    against = f"Captum, {STEPS} Gauss-Legendre steps, one text a call"
    yield _compared(model, texts, "integrated_gradients", against, _captum_gradients)
    yield _compared(model, texts, "occlusion", "Captum, one evaluation a call", _captum_occlusion)
    yield _judged(model, [one.instance for one in texts])


def _texts(model: ExplainedModel, rows: tuple[Instance, ...]) -> list[Encoded]:
    """The first test texts of about 50 tokens, one language after the other."""
    by_language: dict[str, list[Encoded]] = {}
    for row in rows:
        encoded = model.encode(row)
        if row.split == "test" and TOKENS[0] <= len(encoded.tokens) <= TOKENS[1]:
            by_language.setdefault(row.language, []).append(encoded)
    mixed = [one for several in zip(*by_language.values(), strict=False) for one in several]
    return mixed[:TEXTS]


def _compared(
    model: ExplainedModel,
    texts: list[Encoded],
    method: str,
    against: str,
    theirs: Callable[[ExplainedModel, Encoded, Target], Scores],
) -> Row:
    targets = [_target(model, one) for one in texts]

    def ours(encoded: Encoded, target: Target) -> Scores:
        return list(EXPLAINERS[method].run(model, encoded, target, 0, Progress()).scores)

    correlations = [
        float(spearmanr(ours(one, target), theirs(model, one, target)).statistic)
        for one, target in zip(texts, targets, strict=True)
    ]
    ratio = _ratio(
        lambda: [theirs(model, one, target) for one, target in zip(texts, targets, strict=True)],
        lambda: [ours(one, target) for one, target in zip(texts, targets, strict=True)],
    )
    return {
        "work": method,
        "against": against,
        "precision": model.precision,
        "ratio": ratio,
        "n": len(texts),
        "rank_correlation": round(statistics.fmean(correlations), 5),
    }


def _judged(model: ExplainedModel, instances: list[Instance]) -> Row:
    made = [attribute(model, one, "integrated_gradients") for one in instances]
    ratio = _ratio(
        lambda: [attribute(model, one, "integrated_gradients") for one in instances],
        lambda: [judge(model, one, draws=DRAWS) for one in made],
    )
    return {
        "work": f"comprehensiveness + sufficiency + {DRAWS} random draws",
        "against": "the attribution itself (integrated_gradients)",
        "precision": model.precision,
        "ratio": ratio,
        "n": len(instances),
    }


def _target(model: ExplainedModel, encoded: Encoded) -> Target:
    label = model.predict([encoded.instance])[0].label
    return Target(model.labels.index(label))


def _ratio(theirs: Callable[[], object], ours: Callable[[], object]) -> float:
    """How many times longer theirs takes than ours: CPU time, median of rounds in turn."""
    taken = [(_cpu(theirs), _cpu(ours)) for _ in range(REPEATS)]
    return round(statistics.median(slow / fast for slow, fast in taken), 2)


def _cpu(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def _captum_gradients(model: ExplainedModel, encoded: Encoded, target: Target) -> Scores:
    method = IntegratedGradients(lambda inputs: model.scores_of_embeddings(encoded, inputs))
    inputs, baseline = model.embeddings(encoded)[None], model.baseline(encoded)[None]
    found = method.attribute(inputs, baseline, target=target.label, n_steps=STEPS)
    return [float(score) for score in found.sum(-1)[0]]


def _captum_occlusion(model: ExplainedModel, encoded: Encoded, target: Target) -> Scores:
    method = FeatureAblation(lambda keep: model.scores(encoded, keep.bool()))
    found = method.attribute(torch.ones(1, len(encoded.tokens)), target=target.label, perturbations_per_eval=1)
    return [float(score) for score in found[0]]
