"""Networks behind an encoder classifier: input embeddings and mask to label scores, and to attention where the label is decided."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel

from core.errors import UserError
from models.base import TRAIN
from models.encoder import mean_pool
from models.heads.value_changes import value_changes, value_layers
from models.quantization.quantize import kept_tensors


class Network(Protocol):
    """What a classifier needs. Embeddings are [row, position, hidden] fp32; the mask [row, position] is 0 on padding."""

    @property
    def model(self) -> PreTrainedModel: ...
    def scores(self, embeddings: Tensor, mask: Tensor, ids: Tensor) -> Tensor:
        """Label scores [row, label], fp32. `ids` only tell segments apart."""
        ...

    def vectors(self, embeddings: Tensor, mask: Tensor, ids: Tensor) -> Tensor:
        """What the label is decided from [row, hidden], fp32."""
        ...

    def attention(self, embeddings: Tensor, ids: Tensor) -> Tensor:
        """Of one row: attention [layer, head, from, to]."""
        ...

    def deciding(self, count: int) -> Tensor:
        """What part each of `count` positions has in the decision: [position], sums to 1."""
        ...

    @property
    def has_values(self) -> bool:
        """Whether the value vectors of every layer can be found."""
        ...

    def value_changes(self, embeddings: Tensor, ids: Tensor, between: Callable[[float], None]) -> Tensor:
        """Of one row: how much `from` turns without the value vector of `to` [layer, from, to]."""
        ...


class PooledNetwork:
    """The first layers of an encoder, the mean over positions, and a linear head [label, hidden] on it."""

    def __init__(self, encoder: PreTrainedModel, layers: int, weight: Tensor, bias: Tensor) -> None:
        self.model = shortened(encoder, layers)
        self._watched = twin(self.model)
        self._watched.set_attn_implementation("eager")
        device = next(encoder.parameters()).device
        self._weight, self._bias = weight.to(device), bias.to(device)

    @property
    def head(self) -> tuple[Tensor, Tensor]:
        """Weight [label, hidden] and bias [label]."""
        return self._weight, self._bias

    def with_head(self, weight: Tensor, bias: Tensor) -> PooledNetwork:
        """The same layers, which are shared, under another head; this one stays as it is."""
        made = copy.copy(self)
        made._weight, made._bias = weight.to(self._weight.device), bias.to(self._bias.device)
        return made

    def scores(self, embeddings: Tensor, mask: Tensor, ids: Tensor) -> Tensor:
        """Logits [row, label]."""
        return nn.functional.linear(self.vectors(embeddings, mask, ids), self._weight, self._bias)

    def vectors(self, embeddings: Tensor, mask: Tensor, ids: Tensor) -> Tensor:
        """Mean of the last layer used [row, hidden]."""
        states = self.model(inputs_embeds=embeddings.to(self.model.dtype), attention_mask=mask).last_hidden_state
        return mean_pool(states.float(), mask)

    def attention(self, embeddings: Tensor, ids: Tensor) -> Tensor:
        """Attention [layer, head, from, to] of one row."""
        made = self._watched(inputs_embeds=embeddings.to(self.model.dtype), output_attentions=True)
        return torch.stack([layer[0].float() for layer in made.attentions])

    def deciding(self, count: int) -> Tensor:
        """Every position has an equal part in the mean."""
        return torch.full((count,), 1 / count)

    @property
    def has_values(self) -> bool:
        """Whether the value vectors of every layer can be found."""
        return bool(value_layers(self.model))

    def value_changes(self, embeddings: Tensor, ids: Tensor, between: Callable[[float], None]) -> Tensor:
        """[layer, from, to] of one row, on a twin of its own."""
        return value_changes(twin(self.model), {"inputs_embeds": embeddings.to(self.model.dtype)}, between)


class SequenceNetwork:
    """A sequence classifier as its makers trained it. `order` [label] are the rows of its output to give."""

    def __init__(self, model: PreTrainedModel, order: list[int], separator: int | None) -> None:
        self.model = model
        self._watched = twin(model)
        self._watched.set_attn_implementation("eager")
        self._order = torch.tensor(order, device=model.device)
        self._separator = separator if getattr(model.config, "type_vocab_size", 0) > 1 else None

    def scores(self, embeddings: Tensor, mask: Tensor, ids: Tensor) -> Tensor:
        """Logits [row, label]."""
        made = self.model(**self._inputs(embeddings, ids), attention_mask=mask)
        scores: Tensor = made.logits.float().index_select(1, self._order)
        return scores

    def vectors(self, embeddings: Tensor, mask: Tensor, ids: Tensor) -> Tensor:
        """The last layer at the first position, or its mean where the model decides by the mean."""
        made = self.model(**self._inputs(embeddings, ids), attention_mask=mask, output_hidden_states=True)
        states: Tensor = made.hidden_states[-1].float()
        return mean_pool(states, mask) if self._by_mean else states[:, 0]

    def attention(self, embeddings: Tensor, ids: Tensor) -> Tensor:
        """Attention [layer, head, from, to] of one row."""
        made = self._watched(**self._inputs(embeddings, ids), output_attentions=True)
        return torch.stack([layer[0].float() for layer in made.attentions])

    def deciding(self, count: int) -> Tensor:
        """The first position, or all alike where the model decides by the mean."""
        return torch.full((count,), 1 / count) if self._by_mean else torch.eye(1, count)[0]

    @property
    def has_values(self) -> bool:
        """Whether the value vectors of every layer can be found."""
        return bool(value_layers(self.model))

    def value_changes(self, embeddings: Tensor, ids: Tensor, between: Callable[[float], None]) -> Tensor:
        """[layer, from, to] of one row, on a twin of its own."""
        return value_changes(twin(self.model), self._inputs(embeddings, ids), between)

    def final(self, embeddings: Tensor, mask: Tensor, ids: Tensor) -> Tensor:
        """What goes into the last linear layer, and the scores that come out [row, hidden + label], on a twin of its own.

        Raises UserError("missing_capability") for a model whose scores are not the output of such a layer.
        """
        model, seen = twin(self.model), []
        layers = [one for one in model.modules() if isinstance(one, nn.Linear) and one.out_features == len(self._order)]
        for layer in layers[-1:]:
            layer.register_forward_hook(lambda _, inputs, output: seen.append((inputs[0], output)))
        logits: Tensor = model(**self._inputs(embeddings, ids), attention_mask=mask).logits
        if len(seen) != 1 or seen[0][1].shape != logits.shape or not torch.equal(seen[0][1], logits):
            raise UserError("missing_capability", model=type(model).__name__, capability=TRAIN)
        return torch.cat([seen[0][0].float(), logits.float().index_select(1, self._order)], 1)

    @property
    def _by_mean(self) -> bool:
        return getattr(self.model.config, "classifier_pooling", "cls") == "mean"

    def _inputs(self, embeddings: Tensor, ids: Tensor) -> dict[str, Tensor]:
        """Segments are told by the separator: BERT's second segment begins after the first one."""
        inputs = {"inputs_embeds": embeddings.to(self.model.dtype)}
        if self._separator is not None:
            marks = (ids == self._separator).long()
            inputs["token_type_ids"] = (marks.cumsum(1) - marks).clamp(max=1)
        return inputs


def label_order(named: Mapping[int, str], wanted: Sequence[str], model: str) -> tuple[tuple[str, ...], list[int]]:
    """Labels as the data spell them, others in lower case, and the rows of the output: in the data's order where both have the same.

    Raises UserError("no_classifier") for a single output, which is a number and no label.
    """
    spelled = {label.strip().casefold(): label for label in wanted}
    said = [str(named[place]).strip() for place in sorted(named)]
    own = [spelled.get(label.casefold(), label.lower()) for label in said]
    if len(own) < 2:
        raise UserError("no_classifier", name=model)
    if sorted(own) != sorted(wanted):
        return tuple(own), list(range(len(own)))
    return tuple(wanted), [own.index(label) for label in wanted]


def twin(model: PreTrainedModel) -> PreTrainedModel:
    """A model of its own structure and config on the same weights: changing how it computes changes no other."""
    shared = {id(tensor): tensor for tensor in (*model.parameters(), *model.buffers(), *kept_tensors(model))}
    return copy.deepcopy(model, shared)


def shortened(encoder: PreTrainedModel, layers: int) -> PreTrainedModel:
    """A twin that ends after its first `layers` layers."""
    made = twin(encoder)
    if layers < made.config.num_hidden_layers:
        made.encoder.layer = made.encoder.layer[:layers]
        made.config.num_hidden_layers = layers
    return made


def can_shorten(encoder: PreTrainedModel) -> bool:
    """Whether the layers stand in a row with nothing after the last one, as in BERT."""
    return isinstance(getattr(getattr(encoder, "encoder", None), "layer", None), nn.ModuleList)
