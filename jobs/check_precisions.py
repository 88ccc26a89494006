"""`python -m jobs check_precisions`: accuracy, perplexity, gradients, attributions, memory and time of a model in several precisions."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Sequence
from statistics import mean

import torch

from core.data import TEST, Dataset, Instance, new_to_models
from core.errors import UserError
from core.explanations import Attribution
from core.reading import load_dataset
from core.settings import read_settings
from core.statistics import mcnemar, wilson
from explainers.base import attribute
from explainers.side_by_side import compared
from jobs.common import discover_all, progress_lines, writable
from models.base import GENERATE, GRADIENTS, ExplainedModel
from models.generator import CausalGenerator
from models.likelihood import Likelihood, perplexity
from models.loading import Models
from models.memory import runnable_here
from models.precisions import FULL
from models.quantize import weight_bytes
from operations.attribute import DEFAULT_METHOD

Record = dict[str, str | int | float | None]


def main(argv: Sequence[str]) -> int:
    """Prints one JSON object a precision; full precision first, which the others are compared with. Exit status 0, 2 without labels."""
    asked = _options(argv)
    discover_all()
    data, models = load_dataset(asked.dataset), Models(read_settings())
    texts = _texts(data, asked.texts)
    rows = [row for row in new_to_models(data, TEST) if row.label][: asked.limit or None]
    if not rows:
        raise UserError("no_labels", operation="check_precisions")
    reference: Measured | None = None
    for name in dict.fromkeys((FULL, *(asked.precisions or runnable_here()))):
        model = models.explained(asked.model, name, data, progress_lines())
        likelihood = _likelihood(models, asked.model, name) if GENERATE in model.capabilities else None
        found = Measured(model, rows, texts, reference.explained if reference else (), likelihood)
        reference = reference or found
        line = json.dumps(found.record(reference), ensure_ascii=False)
        print(line, flush=True)
        if asked.out:
            with asked.out.open("a", encoding="utf-8") as file:
                file.write(line + "\n")
    return 0


class Measured:
    """What one precision does with the same rows and texts."""

    def __init__(
        self,
        model: ExplainedModel,
        rows: Sequence[Instance],
        texts: Sequence[Instance],
        like: Sequence[Attribution],
        likelihood: Likelihood | None = None,
    ) -> None:
        """`like` are full precision's attributions, whose targets are taken; `likelihood` is the same causal model's."""
        self.model = model
        self.perplexity = perplexity(likelihood.log_probs([row.text for row in rows])) if likelihood else None
        self.right = [made.label == made.instance.label for made in model.predict(rows)]
        self.seconds = _seconds(model, texts)
        targets = [one.target for one in like] or [made.label for made in model.predict(texts)]
        self.explained = tuple(
            attribute(model, text, DEFAULT_METHOD, target_label=target, fallback=True)
            for text, target in zip(texts, targets, strict=True)
        )
        self.gradients = [_gradient(model, text, target) for text, target in zip(texts, targets, strict=True)]

    def record(self, full: Measured) -> Record:
        """The figures, with full precision's where two are compared."""
        both = [pair for pair in zip(full.explained, self.explained, strict=True) if _has_order(pair[0])]
        pairs = [compared("precision", ("", ""), *pair) for pair in both]
        low, high = wilson(sum(self.right), len(self.right))
        lost, won, chance = mcnemar(full.right, self.right)
        network = getattr(getattr(self.model, "network", None) or getattr(self.model, "reader", None), "model", None)
        return {
            "precision": self.model.precision,
            "n": len(self.right),
            "accuracy": round(mean(self.right), 4),
            "low": round(low, 4),
            "high": round(high, 4),
            "lost": lost,
            "won": won,
            "p": round(chance, 4),
            "perplexity": None if self.perplexity is None else round(self.perplexity, 2),
            "texts": len(pairs),
            "gradients": GRADIENTS in self.model.capabilities,
            "gradient_cosine": _cosine(full.gradients, self.gradients),
            "tau": _rounded(mean, [pair.tau or 0.0 for pair in pairs]),
            "tau_least": _rounded(min, [pair.tau or 0.0 for pair in pairs]),
            "rho": _rounded(mean, [pair.rho or 0.0 for pair in pairs]),
            "overlap": _rounded(mean, [pair.shared / pair.k for pair in pairs]),
            "overlap_by_chance": _rounded(mean, [pair.chance / pair.k for pair in pairs]),
            "weights_mb": round(weight_bytes(network) / 1e6, 1) if network is not None else None,
            "seconds_a_text": round(self.seconds, 4),
        }


def _has_order(made: Attribution) -> bool:
    """Whether there are words to order: not in "!!!", nor in a text of one word."""
    return compared("precision", ("", ""), made, made).tau is not None


def _rounded(figure: Callable[[list[float]], float], numbers: list[float]) -> float | None:
    """A figure of the numbers; None where there are none."""
    return round(figure(numbers), 3) if numbers else None


def _likelihood(models: Models, name: str, precision: str) -> Likelihood | None:
    """The causal model as a reader of plain text; it shares the weights of the one that is explained."""
    writer = models.generator(name, precision)
    return Likelihood(writer.model, writer.tokenizer) if isinstance(writer, CausalGenerator) else None


def _seconds(model: ExplainedModel, texts: Sequence[Instance]) -> float:
    """Processor seconds of one text alone through the network; `predict` would remember the rows that a head was trained beside."""
    inputs = [model.encode(text) for text in texts]
    for _turn in range(2):  # the first turn warms up
        begun = time.process_time()
        for encoded in inputs:
            model.scores(encoded, torch.ones(1, len(encoded.tokens), dtype=torch.bool))
    return (time.process_time() - begun) / len(texts)


def _gradient(model: ExplainedModel, text: Instance, target: str) -> torch.Tensor | None:
    """Gradient of the target's score at the input embeddings [token · hidden]; None where there is none."""
    if GRADIENTS not in model.capabilities:
        return None
    encoded = model.encode(text)
    with torch.enable_grad():
        inputs = model.embeddings(encoded)[None].detach().requires_grad_(True)
        score = model.scores_of_embeddings(encoded, inputs)[0, model.labels.index(target)]
        (gradient,) = torch.autograd.grad(score, inputs)
    return gradient.flatten().double()


def _cosine(full: Sequence[torch.Tensor | None], own: Sequence[torch.Tensor | None]) -> float | None:
    """Mean cosine over the texts."""
    pairs = [(one, two) for one, two in zip(full, own, strict=True) if one is not None and two is not None]
    return round(mean(float(torch.cosine_similarity(one, two, dim=0)) for one, two in pairs), 4) if pairs else None


def _texts(data: Dataset, count: int) -> list[Instance]:
    """The same few rows each time that no model here was trained on, spread over the split and so over its languages."""
    rows = new_to_models(data, TEST)
    many = min(max(count, 1), len(rows))
    return [rows[place * len(rows) // many] for place in range(many)]


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m jobs check_precisions", description=__doc__)
    parser.add_argument("--model", default="e5-small")
    parser.add_argument("--dataset", default="reviews")
    parser.add_argument("--precisions", nargs="*", help="all that this machine can do, unless said")
    parser.add_argument("--limit", type=int, default=0, help="labelled test rows for the accuracy; 0: all")
    parser.add_argument("--texts", type=int, default=12, help="texts whose attributions are compared")
    parser.add_argument("--out", type=writable, help="a JSON Lines file to add the rows to")
    return parser.parse_args(argv)
