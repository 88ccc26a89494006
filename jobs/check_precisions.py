"""`python -m jobs check_precisions`: accuracy, perplexity, gradients, attributions, memory and time of a model in several precisions."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

import torch

from agent.registries import discover_all
from agent.replying.ask import say_error
from agent.running.cache import code_revision
from core.data import TEST, Dataset, Instance, labelled, new_to_models
from core.errors import UserError
from core.explanations import Attribution
from core.reading import load_dataset
from core.settings import read_settings
from core.statistics import mcnemar, wilson
from explainers.base import attribute
from explainers.side_by_side import compared
from jobs.shared.precisions import clock, compared_precisions
from jobs.shared.terminal import Names, add_dataset, add_model, progress_lines, writable
from models.base import GENERATE, GRADIENTS, ExplainedModel
from models.catalog import Row, find
from models.generation.generator import CausalGenerator
from models.generation.likelihood import Likelihood, perplexity
from models.loading import Models
from models.quantization.precisions import FULL
from models.quantization.quantize import weight_bytes
from models.weights.memory import device_of, release
from operations.attribute import DEFAULT_METHOD

Record = dict[str, str | int | float | None]


def main(argv: Sequence[str]) -> int:
    """Prints one JSON object a precision; the first is what the others are compared with. Exit status 0, 2 without labels.

    A precision that is refused is told with the reason; the first one ends the job.
    """
    asked, settings = _options(argv), read_settings()
    discover_all()
    data, device = load_dataset(asked.dataset), device_of(settings.device)
    sample = Sample.of(data, asked.limit, asked.texts)
    facts = _facts(find(asked.model), data, settings.seed)
    reference: Measured | None = None
    for name in compared_precisions(asked.precisions, device):
        release()
        try:
            found = _measured(Models(settings), asked.model, name, sample, reference)
        except UserError as error:
            if reference is None:
                raise
            print(f"{name} is left out: {say_error(error, 'en')}", file=sys.stderr, flush=True)
            _tell({"precision": name, "refused": error.kind, **facts}, asked.out)
            continue
        reference = reference or found
        _tell(found.record(reference) | facts, asked.out)
    return 0


def _facts(row: Row, data: Dataset, seed: int) -> Record:
    """What the figures are of: without it two lines of one file could not be told apart."""
    model: Record = {"model": row.name, "weights": row.key, "note": row.note}
    return model | {"dataset": data.name, "revision": data.revision, "seed": seed, "code": code_revision()}


def _tell(record: Record, out: Path | None) -> None:
    line = json.dumps(record, ensure_ascii=False)
    print(line, flush=True)
    if out:
        with out.open("a", encoding="utf-8") as file:
            file.write(line + "\n")


@dataclass(frozen=True)
class Sample:
    """What every precision is asked: labelled rows that can be right or wrong, and texts whose attributions are compared."""

    data: Dataset
    rows: tuple[Instance, ...]
    texts: tuple[Instance, ...]

    @classmethod
    def of(cls, data: Dataset, limit: int, texts: int) -> Sample:
        """The first `limit` rows (0: all), and texts spread over the split and so over its languages.

        No model here was trained on them. Raises UserError("no_labels").
        """
        new = new_to_models(data, TEST)
        rows = labelled(data, new)[: limit or None]
        if not rows:
            raise UserError("no_labels", operation="check_precisions")
        many = min(max(texts, 1), len(new))
        return cls(data, tuple(rows), tuple(new[place * len(new) // many] for place in range(many)))


@dataclass(frozen=True)
class Measured:
    """What one precision does with the same rows and texts: figures alone, so that the model can go before the next one comes."""

    precision: str
    right: tuple[bool, ...]
    perplexity: float | None
    seconds: float
    explained: tuple[Attribution, ...]
    gradients: tuple[torch.Tensor | None, ...]
    differentiable: bool
    weights_mb: float | None

    def record(self, reference: Measured) -> Record:
        """The figures, with the reference's where two are compared."""
        both = [pair for pair in zip(reference.explained, self.explained, strict=True) if _has_order(pair[0])]
        pairs = [compared("precision", ("", ""), *pair) for pair in both]
        low, high = wilson(sum(self.right), len(self.right))
        lost, won, chance = mcnemar(reference.right, self.right)
        return {
            "precision": self.precision,
            "reference": reference.precision,
            "n": len(self.right),
            "accuracy": round(mean(self.right), 4),
            "low": round(low, 4),
            "high": round(high, 4),
            "lost": lost,
            "won": won,
            "p": round(chance, 4),
            "perplexity": None if self.perplexity is None else round(self.perplexity, 2),
            "texts": len(pairs),
            "gradients": self.differentiable,
            "gradient_cosine": _cosine(reference.gradients, self.gradients),
            "tau": _rounded(mean, [pair.tau or 0.0 for pair in pairs]),
            "tau_least": _rounded(min, [pair.tau or 0.0 for pair in pairs]),
            "rho": _rounded(mean, [pair.rho or 0.0 for pair in pairs]),
            "overlap": _rounded(mean, [pair.shared / pair.k for pair in pairs]),
            "overlap_by_chance": _rounded(mean, [pair.chance / pair.k for pair in pairs]),
            "weights_mb": self.weights_mb,
            "seconds_a_text": round(self.seconds, 4),
        }


def _measured(models: Models, name: str, precision: str, sample: Sample, reference: Measured | None) -> Measured:
    """The figures of the model in this precision; its attributions are of the reference's answers."""
    model = models.explained(name, precision, sample.data, progress_lines())
    rows, texts = sample.rows, sample.texts
    likelihood = _likelihood(models, name, precision) if GENERATE in model.capabilities else None
    targets = (
        [one.target for one in reference.explained] if reference else [made.label for made in model.predict(texts)]
    )
    asked = list(zip(texts, targets, strict=True))
    network = getattr(getattr(model, "network", None) or getattr(model, "reader", None), "model", None)
    return Measured(
        precision=model.precision,
        right=tuple(made.label == made.instance.label for made in model.predict(rows)),
        perplexity=perplexity(likelihood.log_probs([row.text for row in rows])) if likelihood else None,
        seconds=_seconds(model, texts, models.device),
        explained=tuple(
            attribute(model, text, DEFAULT_METHOD, target_label=said, fallback=True) for text, said in asked
        ),
        gradients=tuple(_gradient(model, text, said) for text, said in asked),
        differentiable=GRADIENTS in model.capabilities,
        weights_mb=round(weight_bytes(network) / 1e6, 1) if network is not None else None,
    )


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


def _seconds(model: ExplainedModel, texts: Sequence[Instance], device: torch.device) -> float:
    """Seconds of one text alone through the network; `predict` would remember the rows that a head was trained beside."""
    inputs = [model.encode(text) for text in texts]
    for _turn in range(2):  # the first turn warms up
        begun = clock(device)
        for encoded in inputs:
            model.scores(encoded, torch.ones(1, len(encoded.tokens), dtype=torch.bool))
    return (clock(device) - begun) / len(texts)


def _gradient(model: ExplainedModel, text: Instance, target: str) -> torch.Tensor | None:
    """Gradient of the target's score at the input embeddings [token · hidden]; None where there is none."""
    if GRADIENTS not in model.capabilities:
        return None
    encoded = model.encode(text)
    with torch.enable_grad():
        inputs = model.embeddings(encoded)[None].detach().requires_grad_(True)
        score = model.scores_of_embeddings(encoded, inputs)[0, model.labels.index(target)]
        (gradient,) = torch.autograd.grad(score, inputs)
    return gradient.flatten().double().cpu()


def _cosine(full: Sequence[torch.Tensor | None], own: Sequence[torch.Tensor | None]) -> float | None:
    """Mean cosine over the texts."""
    pairs = [(one, two) for one, two in zip(full, own, strict=True) if one is not None and two is not None]
    return round(mean(float(torch.cosine_similarity(one, two, dim=0)) for one, two in pairs), 4) if pairs else None


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m jobs check_precisions", description=__doc__)
    add_model(parser, "e5-small")
    add_dataset(parser, default="reviews")
    parser.add_argument(
        "--precisions",
        "--precision",
        action=Names,
        nargs="*",
        default=[],
        help=f"with commas between; {FULL}, else the first, is what the others are compared with",
    )
    parser.add_argument("--limit", type=int, default=0, help="labelled test rows for the accuracy; 0: all")
    parser.add_argument("--texts", type=int, default=12, help="texts whose attributions are compared")
    parser.add_argument("--out", type=writable, help="a JSON Lines file to add the rows to")
    return parser.parse_args(argv)
