"""The tuned reader: the sentence encoder with a low-rank adapter, a head for the operation and a head for the custom text."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self, TypeVar

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from core.errors import UserError
from models.encoder import Encoder, mean_pool

RANK = 16
FROZEN = 4  # lower layers that stay as they are: words and scripts are read there
SCALE = 2.0  # alpha / rank, the usual 32 / 16
RANGE = "range."  # what the names of the inputs' ranges begin with in the adapter's file
LOW = (".up", ".down")  # what the names of an adapter's two products end with
HEADS = ("operation.", "span.")
INSIDE, FIRST, LAST = range(3)  # what the span head scores at each position of the custom text
PAIR = 48  # numbers in each of the two vectors by which its first and last position know of each other
Part = TypeVar("Part", bound=nn.Module)


class Adapted(nn.Module):
    """x → x Wᵀ + b + scale · x Aᵀ Bᵀ, with A [rank, in] and B [out, rank]. Hu et al. 2021, arXiv 2106.09685, eq. 3.

    The two small products stay apart from W while they learn: no gradient as large as W is ever computed.
    """

    def __init__(self, plain: nn.Linear, rank: int) -> None:
        super().__init__()
        self.plain = plain
        self.down = nn.Parameter(torch.randn(rank, plain.in_features) / plain.in_features**0.5)
        self.up = nn.Parameter(torch.zeros(plain.out_features, rank))

    def forward(self, inputs: Tensor) -> Tensor:
        """Inputs […, in]; the result is […, out]."""
        made: Tensor = self.plain(inputs)
        return made + SCALE * nn.functional.linear(nn.functional.linear(inputs, self.down), self.up)

    def merged(self) -> nn.Linear:
        """The plain layer with the two products folded into its weights."""
        with torch.no_grad():
            self.plain.weight += SCALE * (self.up @ self.down)
        return self.plain


@dataclass(frozen=True)
class Read:
    """What the network says of a batch: logits over operations [row, class], and of a custom text's inside, first and last position
    [row, position, 3 + 2·PAIR], see parsers.texts.runs.
    """

    operations: Tensor
    spans: Tensor
    vectors: Tensor


def read_states(states: Tensor, mask: Tensor, operation: nn.Module, span: nn.Module) -> Read:
    """What the two heads make of the last states [row, position, hidden]."""
    vectors = nn.functional.normalize(mean_pool(states, mask), dim=-1)
    return Read(operation(vectors), span(states), vectors)


class Tuned(nn.Module):
    """A copy of the encoder's network with its two heads; `classes` name the rows of the first."""

    def __init__(self, encoder: Encoder, classes: Sequence[str]) -> None:
        super().__init__()
        self.classes = tuple(classes)
        self.tokenizer = encoder.tokenizer
        self.revision = encoder.revision
        # Most of the memory, and never changed: shared, but only where the next line need not convert it in place.
        plain = encoder.model.dtype == torch.float32 and encoder.model.device.type == "cpu"
        shared = {id(part): part for part in encoder.model.embeddings.parameters()} if plain else {}
        self.network = copy.deepcopy(encoder.model, shared).to("cpu", torch.float32).requires_grad_(False)
        self.operation = nn.Linear(encoder.hidden, len(self.classes))
        self.span = nn.Linear(encoder.hidden, LAST + 1 + 2 * PAIR)
        self.temperature = 1.0
        self.ranges: dict[str, Tensor] = {}  # of the inputs of every product, for parsers.tuned.compact

    def forward(self, ids: Tensor, mask: Tensor) -> Read:
        """Ids and mask [row, position]."""
        layers = self.network.encoder.layer
        with torch.no_grad():
            states = self._through(layers[:FROZEN], self.network.embeddings(input_ids=ids), mask)
        return read_states(self._through(layers[FROZEN:], states, mask), mask, self.operation, self.span)

    def train(self, mode: bool = True) -> Self:
        """The lower layers never learn, so nothing is dropped in them either."""
        super().train(mode)
        self.network.embeddings.eval()
        self.network.encoder.layer[:FROZEN].eval()
        return self

    def _through(self, layers: Iterable[nn.Module], states: Tensor, mask: Tensor) -> Tensor:
        allowed = mask[:, None, None, :].bool()
        for layer in layers:
            made = layer(states, allowed)
            states = made[0] if isinstance(made, tuple) else made
        return states

    def adapt(self, rank: int = RANK) -> None:
        """Put a fresh low-rank adapter on every linear layer of the upper blocks; only adapters and heads learn."""
        self._replace(nn.Linear, lambda layer: Adapted(layer, rank))

    def merge(self) -> None:
        """Fold the adapters into the weights: reading costs no more than the bare encoder."""
        self._replace(Adapted, Adapted.merged)
        self.requires_grad_(False)
        self.eval()

    def _replace(self, kind: type[Part], make: Callable[[Part], nn.Module]) -> None:
        """Put what `make` returns in the place of every module of this kind in the upper blocks."""
        upper = self.network.encoder.layer[FROZEN:]
        for name, part in [(name, part) for name, part in upper.named_modules() if isinstance(part, kind)]:
            upper.set_submodule(name, make(part))

    def learned(self) -> dict[str, Tensor]:
        """All tensors that training made, by name."""
        return {name: part for name, part in self.state_dict().items() if name.endswith(LOW) or name.startswith(HEADS)}

    def save(self, path: Path, facts: dict[str, str]) -> None:
        """Write the adapter and heads in fp16 with what they belong to."""
        meta = facts | {
            "classes": json.dumps(self.classes),
            "revision": self.revision,
            "temperature": repr(self.temperature),
        }
        path.parent.mkdir(parents=True, exist_ok=True)
        tensors = self.learned() | {RANGE + name: part for name, part in self.ranges.items()}
        save_file({name: part.half().contiguous() for name, part in tensors.items()}, path, meta)


def load_tuned(encoder: Encoder, path: Path) -> Tuned:
    """The reader in `path`, merged and ready. Raises UserError("wrong_adapter") when it was trained on another encoder."""
    with safe_open(path, framework="pt") as file:
        meta = file.metadata()
        tensors = {name: file.get_tensor(name).float() for name in file.keys()}  # noqa: SIM118 - it is no dict
    if meta["revision"] != encoder.revision:
        raise UserError("wrong_adapter", file=path.name, wanted=meta["revision"], found=encoder.revision)
    made = Tuned(encoder, json.loads(meta["classes"]))
    made.ranges = {name.removeprefix(RANGE): tensors.pop(name) for name in list(tensors) if name.startswith(RANGE)}
    made.adapt(rank=next(part.shape[0] for name, part in tensors.items() if name.endswith(".down")))
    missing = made.load_state_dict(tensors, strict=False)
    if missing.unexpected_keys:
        raise UserError(
            "wrong_adapter", file=path.name, wanted=meta["revision"], found=", ".join(missing.unexpected_keys[:2])
        )
    made.temperature = float(meta["temperature"])
    made.merge()
    return made
