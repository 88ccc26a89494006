"""Attribution on a small causal model: occlusion against Captum, both methods against Inseq (requirements-bench.txt).

Captum computes the whole few-shot prompt at every evaluation. Inseq attributes every token of a prompt, so it gets one without
demonstrations; the prompt's own tokens, which ours keeps apart, are a part of its work that no option takes away.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from typing import Any

import torch
from captum.attr import FeatureAblation
from torch import Tensor

from explainers.base import Target
from models.base import Encoded, ExplainedModel
from models.causal import CausalClassifier, neutral_id
from models.labels.bias import calibrated
from models.labels.reader import LabelReader
from tests.benchmarks.measure import (
    REPEATS,
    Method,
    Row,
    Scores,
    compared,
    in_precisions,
    mixed,
    one_thread,
    ours,
    skipped,
)

MODEL = "smollm2-135m"
TEXTS = 2
TOKENS = (15, 30)
STEPS = 50  # Inseq's default too
ROUNDS = 3  # a round takes a minute


def rows(repeats: int = REPEATS) -> Iterator[Row]:
    """CPU time on one thread, both sides in turn in one run, median of the rounds."""
    with one_thread():
        for model, found in in_precisions(MODEL):
            if not isinstance(model, CausalClassifier):
                raise TypeError(model.name)
            texts = mixed(model, [row for row in found if row.language == "en"], TOKENS, TEXTS)
            yield _captum(model, texts, min(repeats, ROUNDS))
            if find_spec("inseq"):
                yield from _inseq(model.showing(()), texts, min(repeats, ROUNDS))
    if not find_spec("inseq"):
        why = "inseq is not installed: pip install -r requirements-bench.txt"
        yield skipped("integrated_gradients and occlusion", "Inseq 0.7", why)


def _captum(model: CausalClassifier, texts: Sequence[Encoded], repeats: int) -> Row:
    plain = LabelReader(model.reader.model, [], model.reader.grammar)
    neutral = neutral_id(model._made_of[2])

    def whole(encoded: Encoded, keep: Tensor) -> Tensor:
        gone = encoded.places[~keep.bool()[0]]
        row = encoded.ids.index_fill(0, gone, neutral)
        return calibrated(plain.scores([row]), model.bias)

    def theirs(_: ExplainedModel, encoded: Encoded, target: Target) -> Scores:
        method = FeatureAblation(lambda keep: whole(encoded, keep))
        found = method.attribute(torch.ones(1, len(encoded.tokens)), target=target.label, perturbations_per_eval=1)
        return [float(score) for score in found[0]]

    against = "Captum, one evaluation a call, whole prompt"
    positions = {"prompt_tokens": len(model.prompt.prefix)}
    return compared(model, texts, "occlusion", against, ours("occlusion"), theirs, repeats, **positions)


def _inseq(model: CausalClassifier, texts: Sequence[Encoded], repeats: int) -> Iterator[Row]:
    shorter = [model.encode(one.instance) for one in texts]
    positions = {"prompt_tokens": len(shorter[0].ids) - len(shorter[0].tokens)}
    for method, options in (("integrated_gradients", {"n_steps": STEPS}), ("occlusion", {})):
        theirs = inseq_method(model, method, options)
        against = "Inseq 0.7.1, 50 steps" if options else "Inseq 0.7.1"
        yield compared(model, shorter, method, against, ours(method), theirs, repeats, **positions)


def inseq_method(model: CausalClassifier, method: str, options: dict[str, int]) -> Method:
    """Inseq's scores of the text's tokens for the first token of the predicted label."""
    import inseq

    tokenizer = model._made_of[2]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        peer: Any = inseq.load_model(model.reader.model, method, tokenizer=tokenizer)

    def run(_: ExplainedModel, encoded: Encoded, target: Target) -> Scores:
        label = model.prompt.answers[target.label][:1]
        prompt, whole = tokenizer.decode(encoded.ids), tokenizer.decode([*encoded.ids.tolist(), *label])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = peer.attribute(prompt, whole, show_progress=False, attributed_fn="probability", **options)
        scores = found.sequence_attributions[0].target_attributions[:, 0]
        scores = scores if scores.ndim == 1 else scores.sum(-1)
        return [float(scores[place]) for place in encoded.places]

    return run
