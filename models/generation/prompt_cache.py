"""The constant beginning of a prompt: its keys and values are computed once and shared by every row that follows."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from transformers import PreTrainedModel
from transformers.cache_utils import Cache, DynamicCache, DynamicLayer, DynamicSlidingWindowLayer

from models.heads.networks import twin

SHARED = (DynamicLayer, DynamicSlidingWindowLayer)  # layers that are nothing but keys and values: rows can share them


class SharedCache(Cache):  # type: ignore[misc]
    """Keys and values of a prefix [1, head, position, size]; `update` joins a row's own to them and stores nothing.

    So one cache serves batches of any size, from several threads, with and without gradients, and never grows.
    """

    def update(
        self, key_states: Tensor, value_states: Tensor, layer_idx: int, *_: Any, **__: Any
    ) -> tuple[Tensor, Tensor]:
        """The prefix's keys and values, then the given ones, for every row."""
        layer = self.layers[layer_idx]
        return _join(layer.keys, key_states), _join(layer.values, value_states)


def _join(past: Tensor, new: Tensor) -> Tensor:
    return torch.cat([past.expand(len(new), -1, -1, -1), new], dim=-2)


class Prefix:
    """What a causal model computes behind the constant beginning `ids` [position].

    Rows of unequal length are padded at their end. No mask is needed then: a causal model never looks ahead, and positions
    count from the beginning. A model whose layers keep more than keys and values runs over the prefix each time.
    """

    def __init__(self, model: PreTrainedModel, ids: Tensor) -> None:
        self.model = model
        self.ids = ids
        self.cache = shared_cache(model, ids)

    def states(self, embeddings: Tensor) -> Tensor:
        """Last hidden states of the rows' own positions, from their input embeddings: [row, position, hidden] both."""
        states: Tensor = self._run(self.model, embeddings).last_hidden_state
        return states[:, -embeddings.shape[1] :]

    def attentions(self, embeddings: Tensor) -> Tensor:
        """Attention among the rows' own positions [layer, row, head, from, to]; what goes to the prefix is left out.

        Computed on a twin with plain attention, so that the model itself is never switched while others use it.
        """
        own = embeddings.shape[1]
        watched = twin(self.model)
        watched.set_attn_implementation("eager")
        found = self._run(watched, embeddings, output_attentions=True).attentions
        return torch.stack([layer[..., -own:, -own:] for layer in found])

    def _run(self, model: PreTrainedModel, embeddings: Tensor, **wanted: bool) -> Any:
        if self.cache is not None:
            return model.base_model(inputs_embeds=embeddings, past_key_values=self.cache, use_cache=True, **wanted)
        before = self.model.get_input_embeddings()(self.ids).detach().expand(len(embeddings), -1, -1)
        whole = torch.cat([before, embeddings], dim=1)
        return model.base_model(inputs_embeds=whole, use_cache=False, **wanted)


def shared_cache(model: PreTrainedModel, ids: Tensor) -> SharedCache | None:
    """The cache of a prefix `ids` [position]; None where it is empty or the model keeps other states than keys and values."""
    filled = DynamicCache(config=model.config)
    if not len(ids) or not all(type(layer) in SHARED for layer in filled.layers):
        return None
    with torch.no_grad():
        model.base_model(input_ids=ids[None], past_key_values=filled, use_cache=True)
    if not all(layer.is_initialized for layer in filled.layers):
        return None
    return SharedCache(layers=filled.layers)
