"""Attribution on the default model against the plain Captum loops, and the judge against the attribution it judges."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from captum._utils.models.linear_model import SkLearnRidge
from captum.attr import FeatureAblation, IntegratedGradients, KernelShap, Lime
from captum.attr._core.lime import get_exp_kernel_similarity_function
from torch import Tensor

from explainers.base import Target, attribute
from explainers.lime import A_UNIT, RIDGE, SAMPLES, WIDTH
from explainers.metrics.judge import judge
from models.base import Encoded, ExplainedModel
from tests.benchmarks.measure import (
    REPEATS,
    Row,
    Scores,
    compared,
    correlation,
    in_precisions,
    mixed,
    one_thread,
    ours,
    ratio,
    target_of,
)

TEXTS, FEW = 6, 2  # few where one text takes hundreds of evaluations
TOKENS = (35, 65)
STEPS = 50  # Captum's default
DRAWS = 10


def rows(repeats: int = REPEATS) -> Iterator[Row]:
    """CPU time on one thread, both sides in turn in one run, median of the rounds, texts of about 50 tokens."""
    with one_thread():
        for model, found in in_precisions():
            texts = mixed(model, found, TOKENS, TEXTS)
            yield from _rows(model, texts, repeats)


def _rows(model: ExplainedModel, texts: list[Encoded], repeats: int) -> Iterator[Row]:
    against = f"Captum, {STEPS} Gauss-Legendre steps, one text a call"
    yield compared(
        model, texts, "integrated_gradients", against, ours("integrated_gradients"), captum_gradients, repeats
    )
    against = "Captum, one evaluation a call"
    yield compared(model, texts, "occlusion", against, ours("occlusion"), captum_occlusion, repeats)
    for method, theirs in (("lime", captum_lime), ("kernel_shap", captum_kernel_shap)):
        few = texts[:FEW]
        own = [correlation(*(ours(method, seed)(model, one, target_of(model, one)) for seed in (0, 1))) for one in few]
        more = {"rank_correlation_of_own_seeds": round(sum(own) / len(own), 4)}
        yield compared(model, few, method, f"{against}, as many samples", ours(method), theirs, repeats, **more)
    yield _judged(model, texts, repeats)


def _judged(model: ExplainedModel, texts: list[Encoded], repeats: int) -> Row:
    method = "integrated_gradients"
    made = [attribute(model, one.instance, method) for one in texts]
    times = ratio(
        lambda: [attribute(model, one.instance, method) for one in texts],
        lambda: [judge(model, one, draws=DRAWS) for one in made],
        repeats,
    )
    return {
        "work": f"comprehensiveness + sufficiency + {DRAWS} random draws",
        "against": f"the attribution itself ({method})",
        "model": model.name,
        "precision": model.precision,
        "ratio": times,
        "n": len(texts),
        "repeats": repeats,
    }


def captum_gradients(model: ExplainedModel, encoded: Encoded, target: Target) -> Scores:
    """Captum's integrated gradients from the same baseline."""
    method = IntegratedGradients(lambda inputs: model.scores_of_embeddings(encoded, inputs))
    inputs, baseline = model.embeddings(encoded)[None], model.baseline(encoded)[None]
    found = method.attribute(inputs, baseline, target=target.label, n_steps=STEPS)
    return [float(score) for score in found.sum(-1)[0]]


def captum_occlusion(model: ExplainedModel, encoded: Encoded, target: Target) -> Scores:
    """Captum's ablation of one token after the other."""
    method = FeatureAblation(lambda keep: model.scores(encoded, keep.bool()))
    found = method.attribute(torch.ones(1, len(encoded.tokens)), target=target.label, perturbations_per_eval=1)
    return [float(score) for score in found[0]]


def captum_lime(model: ExplainedModel, encoded: Encoded, target: Target) -> Scores:
    """Captum's LIME with our regression and kernel, and its own draws."""
    count = samples(encoded)
    kernel = get_exp_kernel_similarity_function("cosine", kernel_width=WIDTH)
    regression = SkLearnRidge(alpha=RIDGE * count)
    torch.manual_seed(0)
    found = Lime(_kept(model, encoded), regression, kernel).attribute(
        torch.ones(1, len(encoded.tokens)), target=target.label, n_samples=count
    )
    return [float(score) for score in found[0]]


def captum_kernel_shap(model: ExplainedModel, encoded: Encoded, target: Target) -> Scores:
    """Captum's KernelSHAP."""
    count = samples(encoded)
    torch.manual_seed(0)
    found = KernelShap(_kept(model, encoded)).attribute(
        torch.ones(1, len(encoded.tokens)), target=target.label, n_samples=count
    )
    return [float(score) for score in found[0]]


def samples(encoded: Encoded) -> int:
    """How many variants our LIME and KernelSHAP draw for this text."""
    return max(SAMPLES, A_UNIT * len(encoded.tokens))


def _kept(model: ExplainedModel, encoded: Encoded) -> Callable[[Tensor], Tensor]:
    return lambda keep: model.scores(encoded, keep.bool())
