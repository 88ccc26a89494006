"""The multilingual sentence encoder: texts to vectors, and a small index of nearest vectors."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence

import faiss
import numpy as np
import torch
from torch import Tensor, nn
from transformers import PreTrainedModel, PreTrainedTokenizerBase

PREFIX = "query: "  # what E5 puts before symmetric texts; without it neighbours are worse
POSITIONS_A_BATCH = 4096  # padded positions in one forward pass: about 100 MB of activations at hidden size 384


class Encoder:
    """Mean-pooled sentence vectors of an E5-like encoder, L2-normalised: dot product = cosine."""

    def __init__(self, name: str, revision: str, model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> None:
        self.name = name
        self.revision = revision
        self.model = model
        self.tokenizer = tokenizer
        self._lock = threading.Lock()

    @property
    def hidden(self) -> int:
        """Size of a vector."""
        return int(self.model.config.hidden_size)

    @property
    def limit(self) -> int:
        """Longest input in tokens, special tokens included."""
        return position_limit(self.model, self.tokenizer)

    @property
    def kind(self) -> str:
        """All that its vectors depend on: name, revision and number format."""
        return f"{self.name}-{self.revision}-{str(self.model.dtype).removeprefix('torch.')}"

    def embed(self, texts: Sequence[str], prefix: str = PREFIX) -> np.ndarray:
        """Vectors [text, hidden], fp32, of length 1; texts beyond the limit are cut at their end."""
        vectors = np.zeros((len(texts), self.hidden), dtype=np.float32)
        for places, ids, mask in self.batches([prefix + text.strip() for text in texts]):
            with torch.no_grad(), self._lock:
                states = self.model(input_ids=ids, attention_mask=mask).last_hidden_state
            pooled = nn.functional.normalize(mean_pool(states.float(), mask), dim=-1)
            vectors[places] = pooled.cpu().numpy()
        return vectors

    def states(self, ids: Tensor, layer: int) -> Tensor:
        """What stands at each position of one row of ids after a layer (0: the embeddings) [position, hidden], fp32."""
        row = ids[None].to(next(self.model.parameters()).device)
        with torch.no_grad(), self._lock:
            read = self.model(input_ids=row, attention_mask=torch.ones_like(row), output_hidden_states=True)
        states: Tensor = read.hidden_states[layer][0].float().cpu()
        return states

    def batches(self, texts: Sequence[str]) -> Iterator[tuple[list[int], Tensor, Tensor]]:
        """Places in `texts`, ids and mask [text, position] of batches of similar length."""
        if not texts:
            return
        yield from self.padded(self.tokenizer(list(texts), truncation=True, max_length=self.limit)["input_ids"])

    def padded(self, rows: Sequence[Sequence[int]]) -> Iterator[tuple[list[int], Tensor, Tensor]]:
        """The same for rows of ids."""
        device = next(self.model.parameters()).device
        for places in by_length([len(row) for row in rows], POSITIONS_A_BATCH):
            ids, mask = pad([rows[place] for place in places], self.tokenizer.pad_token_id or 0)
            yield places, ids.to(device), mask.to(device)


class VectorIndex:
    """Exact nearest neighbours by inner product."""

    def __init__(self, vectors: np.ndarray) -> None:
        self._index = faiss.IndexFlatIP(vectors.shape[1])
        self._index.add(np.ascontiguousarray(vectors, dtype=np.float32))

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def search(self, vectors: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
        """Scores and indices [query, min(k, size)], best first."""
        scores, indices = self._index.search(np.ascontiguousarray(vectors, dtype=np.float32), min(k, len(self)))
        return scores, indices


def mean_pool(states: Tensor, mask: Tensor) -> Tensor:
    """Mean over the positions that are no padding: [row, position, hidden] to [row, hidden]."""
    weights = mask.unsqueeze(-1).to(states.dtype)
    return (states * weights).sum(1) / weights.sum(1).clamp(min=1)


def by_length(lengths: Sequence[int], positions: int) -> Iterator[list[int]]:
    """Places of rows in batches of similar length, shortest first; rows times longest row is at most `positions`."""
    batch: list[int] = []
    for place in sorted(range(len(lengths)), key=lengths.__getitem__):
        if batch and (len(batch) + 1) * lengths[place] > positions:
            yield batch
            batch = []
        batch.append(place)
    if batch:
        yield batch


def pad(rows: Sequence[Sequence[int]], fill: int) -> tuple[Tensor, Tensor]:
    """Ids and mask [row, longest], filled up at the end."""
    longest = max(len(row) for row in rows)
    ids = torch.full((len(rows), longest), fill, dtype=torch.long)
    mask = torch.zeros((len(rows), longest), dtype=torch.long)
    for place, row in enumerate(rows):
        ids[place, : len(row)] = torch.as_tensor(row, dtype=torch.long)
        mask[place, : len(row)] = 1
    return ids, mask


def position_limit(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> int:
    """The most positions that both the network and its tokenizer take."""
    config = model.config
    room = int(getattr(config, "max_position_embeddings", 512))
    if config.model_type in {"roberta", "xlm-roberta", "camembert", "xlm-roberta-xl", "mpnet"}:
        room -= int(config.pad_token_id or 0) + 1  # their positions count from the padding id + 1
    return min(room, int(min(tokenizer.model_max_length, 1_000_000)))
