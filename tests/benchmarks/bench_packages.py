"""LIME and KernelSHAP on the default model against the packages `lime` and `shap`, at as many samples; words, not tokens.

The peers are in requirements-bench.txt. What is not installed is skipped with a line that says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec

import numpy as np
import torch

from explainers.base import Target, attribute
from explainers.lime import SAMPLES
from models.base import Encoded, ExplainedModel
from models.classifier import EncoderClassifier
from models.encoder import PREFIX
from tests.benchmarks.bench_explainers import FEW, TOKENS
from tests.benchmarks.measure import (
    REPEATS,
    Row,
    Scores,
    compared,
    in_precisions,
    mixed,
    one_thread,
    ours,
    skipped,
)

BATCH = 32  # texts a forward pass of the plain pipeline that `lime` asks
WORDS = re.compile(r"\w+")


def rows(repeats: int = REPEATS) -> Iterator[Row]:
    """CPU time on one thread, both sides in turn in one run, median of the rounds, texts of about 50 tokens."""
    with one_thread():
        for model, found in in_precisions():
            texts = mixed(model, found, TOKENS, FEW)
            if find_spec("lime"):
                yield compared(
                    model,
                    texts,
                    "lime, words",
                    "lime 0.2.0.1, as many samples",
                    our_words,
                    lime_words,
                    repeats,
                )
            if find_spec("shap"):
                against = "shap 0.51 KernelExplainer, as many samples, our batched forward passes"
                yield compared(model, texts, "kernel_shap", against, ours("kernel_shap"), shap_kernel, repeats)
    yield from (
        skipped(name, f"{name} {version}", f"{name} is not installed: pip install -r requirements-bench.txt")
        for name, version in (("lime", "0.2.0.1"), ("shap", "0.51"))
        if not find_spec(name)
    )
    why = "needs an environment of its own (transformers 4.57, pyarrow 17)"
    yield skipped("attribution on an encoder", "ferret 0.4", why)


def our_words(model: ExplainedModel, encoded: Encoded, target: Target) -> Scores:
    """Our LIME on words; those that `lime` splits too."""
    made = attribute(model, encoded.instance, "lime")
    scores = {token.start: score for token, score in zip(made.tokens, made.scores, strict=True)}
    return [scores.get(found.start(), 0.0) for found in WORDS.finditer(encoded.instance.text)]


def lime_words(model: ExplainedModel, encoded: Encoded, target: Target) -> Scores:
    """The authors' package; removed words become the mask token."""
    from lime.lime_text import LimeTextExplainer

    text = encoded.instance.text
    words = list(WORDS.finditer(text))
    explainer = LimeTextExplainer(bow=False, mask_string=model.neutral, random_state=0)
    count = max(SAMPLES, len(words))
    asked = {"labels": (target.label,), "num_features": len(words), "num_samples": count}
    found = explainer.explain_instance(text, pipeline(model), **asked)
    places = found.domain_mapper.indexed_string
    scores = {
        int(np.ravel(places.string_position(one))[0]): float(score) for one, score in found.as_map()[target.label]
    }
    return [scores.get(word.start(), 0.0) for word in words]


def pipeline(model: ExplainedModel) -> Callable[[Sequence[str]], np.ndarray]:
    """Texts to probabilities [text, label]: tokenize, pad, forward, as a user of `lime` writes it."""
    if not isinstance(model, EncoderClassifier):
        raise TypeError(model.name)
    tokenizer, network = model.reader.tokenizer, model.network

    def read(texts: Sequence[str]) -> np.ndarray:
        found = []
        for first in range(0, len(texts), BATCH):
            batch = tokenizer(
                [PREFIX + text for text in texts[first : first + BATCH]], padding=True, return_tensors="pt"
            )
            with torch.no_grad():
                ids = batch["input_ids"]
                embedded = network.model.get_input_embeddings()(ids).float()
                found.append(network.scores(embedded, batch["attention_mask"], ids).softmax(-1))
        made: np.ndarray = torch.cat(found).numpy()
        return made

    return read


def shap_kernel(model: ExplainedModel, encoded: Encoded, target: Target) -> Scores:
    """The package's KernelExplainer over which tokens stay."""
    import shap

    def ask(keep: np.ndarray) -> np.ndarray:
        scores: np.ndarray = model.scores(encoded, torch.from_numpy(keep > 0.5))[:, target.label].numpy()
        return scores

    count = len(encoded.tokens)
    explainer = shap.KernelExplainer(ask, np.zeros((1, count)), silent=True)
    np.random.seed(0)
    found = explainer.shap_values(np.ones((1, count)), nsamples=max(SAMPLES, 4 * count), l1_reg=False, silent=True)
    return [float(score) for score in np.ravel(found)]
