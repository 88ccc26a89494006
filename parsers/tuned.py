"""The tuned reader: the sentence encoder with a low-rank adapter, a head for the operation and a head for the user's own text."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn.utils import parametrize

from core.errors import UserError
from models.encoder import Encoder, mean_pool

RANK = 16
FROZEN = 4  # lower layers that stay as they are: words and scripts are read there; their states are computed once in training
SCALE = 2.0  # alpha / rank, the usual 32 / 16
RANGE = "range."  # what the names of the inputs' ranges begin with in the adapter's file
INSIDE, FIRST, LAST = range(3)  # what the span head scores at each position of the own text


class LowRank(nn.Module):
    """W → W + scale · B A, with A [rank, in] and B [out, rank]. Hu et al. 2021, arXiv 2106.09685, eq. 3."""

    def __init__(self, rows: int, columns: int, rank: int) -> None:
        super().__init__()
        self.down = nn.Parameter(torch.randn(rank, columns) / columns**0.5)
        self.up = nn.Parameter(torch.zeros(rows, rank))

    def forward(self, weight: Tensor) -> Tensor:
        """The adapted weight [out, in]."""
        return weight + SCALE * (self.up @ self.down)


@dataclass(frozen=True)
class Read:
    """What the network says of a batch: logits over operations [row, class], and of an own text's inside, first and last position
    [row, position, 3].
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
        table = {
            id(part): part for part in encoder.model.embeddings.parameters()
        }  # most of the memory, and never changed
        self.network = copy.deepcopy(encoder.model, table).float().requires_grad_(False)
        self.operation = nn.Linear(encoder.hidden, len(self.classes))
        self.span = nn.Linear(encoder.hidden, 3)
        self.temperature = 1.0
        self.ranges: dict[str, Tensor] = {}  # of the inputs of every product, for parsers.compact

    def forward(self, ids: Tensor, mask: Tensor) -> Read:
        """Ids and mask [row, position]."""
        return self.upper(self.lower(ids, mask), mask)

    def lower(self, ids: Tensor, mask: Tensor) -> Tensor:
        """States [row, position, hidden] after the frozen layers; the same before and after training."""
        with torch.no_grad():
            return self._through(self.network.encoder.layer[:FROZEN], self.network.embeddings(input_ids=ids), mask)

    def upper(self, states: Tensor, mask: Tensor) -> Read:
        """What the adapted layers and the heads make of the states after the frozen ones."""
        states = self._through(self.network.encoder.layer[FROZEN:], states, mask)
        return read_states(states, mask, self.operation, self.span)

    def _through(self, layers: Iterable[nn.Module], states: Tensor, mask: Tensor) -> Tensor:
        allowed = mask[:, None, None, :].bool()
        for layer in layers:
            made = layer(states, allowed)
            states = made[0] if isinstance(made, tuple) else made
        return states

    def layers(self) -> Iterator[nn.Linear]:
        """The linear layers of the adapted blocks: query, key, value and the three dense ones."""
        for block in self.network.encoder.layer[FROZEN:]:
            yield from (module for module in block.modules() if isinstance(module, nn.Linear))

    def adapt(self, rank: int = RANK) -> None:
        """Put a fresh low-rank adapter on every layer; only adapters and heads learn."""
        for layer in list(self.layers()):
            rows, columns = layer.weight.shape
            parametrize.register_parametrization(layer, "weight", LowRank(rows, columns, rank))

    def merge(self) -> None:
        """Fold the adapters into the weights: reading costs no more than the bare encoder."""
        for layer in list(self.layers()):
            if parametrize.is_parametrized(layer):
                parametrize.remove_parametrizations(layer, "weight", leave_parametrized=True)
        self.requires_grad_(False)
        self.eval()

    def learned(self) -> dict[str, Tensor]:
        """All tensors that training made, by name."""
        found = {name: part for name, part in self.state_dict().items() if ".parametrizations.weight.0." in name}
        heads = {name: part for name, part in self.state_dict().items() if name.startswith(("operation.", "span."))}
        return found | heads

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
