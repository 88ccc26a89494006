"""What a causal model has read of a conversation: keys and values that are kept between turns, so that only what is new is read."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from transformers import PreTrainedModel
from transformers.cache_utils import DynamicCache, DynamicLayer


class Heard:
    """The cache of one conversation, for one thread at a time. Tens of kilobytes a token, so it should go when the conversation does."""

    def __init__(self) -> None:
        self._ids: list[int] = []
        self._cache: DynamicCache | None = None

    def begin(self, model: PreTrainedModel, ids: Sequence[int]) -> tuple[DynamicCache, list[int]]:
        """The cache of the longest beginning of `ids` that was read before, and the ids still to be read, at least one."""
        same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(self._ids, ids, strict=False)))
        known = min(same, len(ids) - 1)
        if self._cache is None or not known or not _crop(self._cache, known):
            self._cache, known = DynamicCache(config=model.config), 0
        self._ids = list(ids[:known])
        return self._cache, list(ids[known:])

    def read(self, ids: Sequence[int]) -> None:
        """These went through the model with the cache."""
        self._ids += ids


def _crop(cache: DynamicCache, length: int) -> bool:
    """Cut the cache to so many tokens; False where it cannot be cut, or does not hold as many (a turn was broken off)."""
    surplus = cache.get_seq_length() - length
    if surplus < 0 or not all(type(layer) is DynamicLayer for layer in cache.layers):
        return False
    if surplus:
        cache.crop(-surplus)
    return True
