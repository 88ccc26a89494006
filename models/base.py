"""What a model can do: the protocol that explainers and operations rely on, and its capabilities."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from core.data import Dataset, Instance, Schema
from core.dialogue import Alteration
from core.explanations import Prediction, Token

# capabilities: stated by a model, needed by an explainer
PREDICT, GRADIENTS, ATTENTIONS, EMBED, GENERATE = "predict", "gradients", "attentions", "embed", "generate"
TRAIN = "train"  # a head or a prompt of ours: it can be made again from other rows in a moment
VALUE_VECTORS = "value_vectors"  # each position's value vectors can be taken out, layer by layer


@dataclass(frozen=True)
class Encoded:
    """One instance as the model reads it.

    `ids` [position] holds the whole input that is computed for this instance; `places` [token] are the positions in `ids`
    that carry the user's own text, in reading order, and `tokens` [token] are their spans. All other positions (template,
    demonstrations, prefixes, special tokens) are never attributed and never masked.
    `kept`/`total` tell how many of the user's tokens were kept when the text was too long for the model.
    `groups` are tokens that perturbation methods move together (a word's, a sentence's); none: each token by itself.
    """

    instance: Instance
    ids: Tensor
    places: Tensor
    tokens: tuple[Token, ...]
    total: int
    groups: tuple[tuple[int, ...], ...] = ()

    @property
    def truncated(self) -> bool:
        """Whether a part of the text did not fit and is not explained."""
        return len(self.tokens) < self.total


@dataclass(frozen=True, eq=False)
class LayerMaps:
    """How much each position takes from each, in every layer: maps [point, layer, head, from, to].

    A point is where a label is decided: one, or several where the labels of a causal model part. `deciding` [point, from] says
    what part each position has in the decision (sums to 1), `places` [token] which positions are the user's tokens.
    """

    maps: Tensor
    deciding: Tensor
    places: Tensor

    @property
    def last(self) -> Tensor:
        """From the deciding positions to the user's tokens, mean over the points: [layer, head, token]."""
        seen = torch.einsum("plhft,pf->plht", self.maps, self.deciding).mean(0)
        return seen[..., self.places]


class ExplainedModel(Protocol):
    """A model applied to one task's labels. Scores are logits for an encoder and label log-probabilities for a causal model."""

    @property
    def name(self) -> str: ...
    @property
    def revision(self) -> str: ...
    @property
    def precision(self) -> str: ...
    @property
    def capabilities(self) -> frozenset[str]: ...
    @property
    def labels(self) -> tuple[str, ...]: ...
    @property
    def schema(self) -> Schema: ...
    @property
    def unit(self) -> str:
        """The unit of `scores`: "logit" or "log_probability"."""
        ...

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """The model card: keys of operations/model_card.toml under `fact` (source, weights, accuracy, …) and their texts."""
        ...

    @property
    def calls(self) -> int:
        """Rows that went through the model since it was loaded (forward passes times batch), for Provenance."""
        ...

    def predict(self, instances: Sequence[Instance]) -> list[Prediction]:
        """One prediction an instance, in order; two in a batch equal two alone up to rounding."""
        ...

    def encode(self, instance: Instance) -> Encoded:
        """The instance as the model reads it, with the places of the user's own tokens. Raises UserError("empty_text")."""
        ...

    def scores(self, encoded: Encoded, keep: Tensor, delete: bool = False) -> Tensor:
        """Label scores [row, label], no gradient, fp32, for variants of one input.

        `keep` [row, token] is boolean. A token that is not kept is replaced by the model's neutral token, position unchanged;
        with `delete` it is cut out and the rest moves up (ERASER's removal, and shorter rows are cheaper).
        """
        ...

    def embeddings(self, encoded: Encoded) -> Tensor:
        """Input embeddings of the user's tokens [token, hidden], fp32, detached."""
        ...

    def baseline(self, encoded: Encoded) -> Tensor:
        """Embeddings of the neutral input [token, hidden]: every user token replaced by the neutral token, the rest kept."""
        ...

    @property
    def neutral(self) -> str:
        """The neutral token as the vocabulary writes it ("<pad>", "<mask>"), shown beside path methods."""
        ...

    def scores_of_embeddings(self, encoded: Encoded, embeddings: Tensor) -> Tensor:
        """Label scores [row, label] with gradient, the user's tokens embedded as given [row, token, hidden]."""
        ...

    def attentions(self, encoded: Encoded) -> Tensor:
        """Attention from the position(s) that decide the label to the user's tokens [layer, head, token], rows sum to at most 1."""
        ...

    def altered(self, changes: Sequence[Alteration], dataset: Dataset) -> ExplainedModel:
        """A copy that learned from other rows; this model stays as it is. `dataset` is the one without the changes.

        Raises UserError: missing_capability (TRAIN), not_in_training, no_label_to_learn.
        """
        ...

    def attention_maps(self, encoded: Encoded) -> LayerMaps:
        """Attention among all positions that are computed for this input; rows sum to at most 1, what a prefix gets is left out."""
        ...

    def value_changes(self, encoded: Encoded, between: Callable[[float], None]) -> LayerMaps:
        """How much the output of `from` turns (cosine distance) when the value vector of `to` is zeroed in a layer; one head.

        `between` is told the share that is done.
        """
        ...


class Generator(Protocol):
    """A model that writes text."""

    @property
    def name(self) -> str: ...
    def generate(self, prompt: str, tokens: int, seed: int) -> str:
        """The continuation of `prompt` (chat template applied where the model has one), at most `tokens` tokens, greedy."""
        ...
