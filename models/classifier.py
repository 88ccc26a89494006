"""An encoder as a classifier that can be explained: with a head of ours, or a sequence classifier as it is."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from transformers import PreTrainedTokenizerBase

from core.changes import stepwise
from core.data import Dataset, Instance, Schema
from core.dialogue import Alteration
from core.errors import UserError
from core.explanations import EDIT_LABEL, Prediction
from core.values import fingerprint
from models.base import ATTENTIONS, EMBED, GRADIENTS, PREDICT, TRAIN, VALUE_VECTORS, Encoded, LayerMaps
from models.encoder import POSITIONS_A_BATCH, by_length, pad
from models.heads.input_reader import InputReader
from models.heads.networks import Network, PooledNetwork, SequenceNetwork
from models.heads.training import Training, known_scores
from models.predictions.predicted import predicted
from models.predictions.recall import Recall
from models.weights.checkpoints import Stage

Compute = Callable[[Tensor, Tensor, Tensor], Tensor]  # embeddings, mask and ids to one result a row
FINALS = 64  # batches whose last layer is kept: the check of an influence asks for the same rows again
REMEMBERED = 64  # instances whose tokens are kept: explaining and judging encode the same one several times


class Final(NamedTuple):
    """What goes into the last linear layer [instance, hidden], and the scores that come out [instance, label]."""

    inputs: np.ndarray
    scores: np.ndarray


class EncoderClassifier:
    """models.base.ExplainedModel for an encoder; scores are logits. The weights are frozen, several threads may ask at once."""

    unit = "logit"

    def __init__(
        self,
        name: str,
        revision: str,
        precision: str,
        network: Network,
        reader: InputReader,
        schema: Schema,
        labels: tuple[str, ...],
        facts: tuple[tuple[str, str], ...] = (),
        training: Training | None = None,
        stages: tuple[Stage[EncoderClassifier], ...] = (),
    ) -> None:
        """`training` is what a head of ours was fitted on; None for a classifier that is used as its makers trained it.

        `stages` are checkpoints of its fine-tuning, where there are any.
        """
        self.name, self.revision, self.precision = name, revision, precision
        self.schema, self.labels, self.facts = schema, labels, facts
        self.network = network
        self.training, self.stages = training, stages
        self.capabilities = frozenset(
            {
                *(PREDICT, GRADIENTS, ATTENTIONS, EMBED),
                *([VALUE_VECTORS] if network.has_values else []),
                *([TRAIN] if training else []),
            }
        )
        self.reader = reader
        self._neutral = neutral_id(reader.tokenizer)
        self.neutral = str(reader.tokenizer.convert_ids_to_tokens(self._neutral))
        self._pad = int(reader.tokenizer.pad_token_id or 0)
        self._device = network.model.device
        self._table = network.model.get_input_embeddings()
        self._lock = threading.Lock()
        self._calls = 0
        self.encode = lru_cache(maxsize=REMEMBERED)(reader)
        self.final = lru_cache(maxsize=FINALS)(self._final)
        # of our own head's rows the features are kept, so their scores need no forward pass
        head = network.head if training and training.own and isinstance(network, PooledNetwork) else None
        self._recall = Recall(self._ask, known_scores(training, *head) if training and head else ())

    @property
    def calls(self) -> int:
        """Rows that went through the model since it was loaded."""
        return self._calls

    def predict(self, instances: Sequence[Instance]) -> list[Prediction]:
        """One prediction an instance, in order."""
        encoded = [self.encode(instance) for instance in instances]
        chances = self._recall(instances).double().softmax(-1).tolist() if encoded else []
        return [predicted(self, one, chance) for one, chance in zip(encoded, chances, strict=True)]

    def scores(self, encoded: Encoded, keep: Tensor, delete: bool = False) -> Tensor:
        """Logits [row, label] of variants of one input; see models.base."""
        rows = []
        for kept in keep.cpu():
            gone = encoded.places[~kept]
            if delete:
                stays = torch.ones(len(encoded.ids), dtype=torch.bool).index_fill(0, gone, False)
                rows.append(encoded.ids[stays])
            else:
                rows.append(encoded.ids.index_fill(0, gone, self._neutral))
        return self._scores(rows)

    def embeddings(self, encoded: Encoded) -> Tensor:
        """Input embeddings of the user's tokens [token, hidden]."""
        return self._embed(encoded.ids[encoded.places])

    def baseline(self, encoded: Encoded) -> Tensor:
        """The neutral token's embedding at each of the user's tokens [token, hidden]."""
        return self._embed(torch.full_like(encoded.places, self._neutral))

    def scores_of_embeddings(self, encoded: Encoded, embeddings: Tensor) -> Tensor:
        """Logits [row, label] with gradient to `embeddings` [row, token, hidden]."""
        rows = len(embeddings)
        whole = self._embed(encoded.ids).expand(rows, -1, -1)
        filled = whole.index_copy(1, encoded.places.to(self._device), embeddings.to(self._device, torch.float32))
        ids = encoded.ids.to(self._device).expand(rows, -1)
        self._count(rows)
        return self.network.scores(filled, torch.ones_like(ids), ids)

    def attentions(self, encoded: Encoded) -> Tensor:
        """Attention [layer, head, token] from the position(s) that decide the label."""
        return self.attention_maps(encoded).last

    def attention_maps(self, encoded: Encoded) -> LayerMaps:
        """Attention among all positions of the input."""
        ids = encoded.ids.to(self._device)
        self._count(1)
        with torch.no_grad():
            return self._maps(self.network.attention(self._embed(ids)[None], ids[None]), encoded)

    def value_changes(self, encoded: Encoded, between: Callable[[float], None]) -> LayerMaps:
        """How much every position's output turns when another's value vector is zeroed; see models.base."""
        ids = encoded.ids.to(self._device)
        with torch.no_grad():
            found = self.network.value_changes(self._embed(ids)[None], ids[None], between)
        self._count(1 + len(ids))
        return self._maps(found[:, None], encoded)

    def _maps(self, found: Tensor, encoded: Encoded) -> LayerMaps:
        """[layer, head, from, to] with the part that each position has in the decision."""
        deciding = self.network.deciding(len(encoded.ids)).to(found.device)
        return LayerMaps(found[None], deciding[None], encoded.places.to(found.device))

    def embed(self, instances: Sequence[Instance]) -> Tensor:
        """What the label is decided from, normalised [instance, hidden]: near vectors are alike for this classifier."""
        return torch.nn.functional.normalize(self.vectors(instances), dim=-1)

    def vectors(self, instances: Sequence[Instance]) -> Tensor:
        """What the label is decided from [instance, hidden], fp32: the features of a head of ours."""
        return self._batched([self.encode(instance).ids for instance in instances], self.network.vectors)

    def _final(self, instances: tuple[Instance, ...]) -> Final:
        """The last linear layer of a classifier as its makers trained it. Raises UserError("missing_capability") for any other."""
        if not isinstance(self.network, SequenceNetwork):
            raise UserError("missing_capability", model=self.name, capability=TRAIN)
        found = self._batched([self.encode(one).ids for one in instances], self.network.final).double().cpu().numpy()
        return Final(found[:, : -len(self.labels)], found[:, -len(self.labels) :])

    def altered(self, changes: Sequence[Alteration], dataset: Dataset) -> EncoderClassifier:
        """A copy whose head is fitted anew after these changes; this one stays as it is.

        A classifier without a head of ours can have labels of rows edited, which leaves it as it is. Raises UserError:
        missing_capability, not_in_training, no_label_to_learn.
        """
        if self.training is None or not isinstance(self.network, PooledNetwork):
            if any(change.kind != EDIT_LABEL or change.id is None for change in changes):
                raise UserError("missing_capability", model=self.name, capability=TRAIN)
            return self
        training = self.training
        for change, row in stepwise(dataset, changes):
            training = training.altered(change, row, self._read)
        weight, bias = (torch.from_numpy(part) for part in training.fit())
        revision = f"{self.revision}+{fingerprint(tuple(changes))[:8]}"
        network = self.network.with_head(weight, bias)
        names = (self.name, revision, self.precision)
        return EncoderClassifier(*names, network, self.reader, self.schema, self.labels, self.facts, training)

    def _read(self, instance: Instance) -> np.ndarray:
        found: np.ndarray = self.vectors([instance])[0].cpu().numpy()
        return found

    def _ask(self, instances: Sequence[Instance]) -> Tensor:
        return self._scores([self.encode(instance).ids for instance in instances])

    def _scores(self, rows: Sequence[Tensor]) -> Tensor:
        return self._batched(rows, self.network.scores)

    def _batched(self, rows: Sequence[Tensor], compute: Compute) -> Tensor:
        """Rows of any length in batches of similar length, results in the rows' order."""
        if not rows:
            return torch.zeros(0, len(self.labels))
        results: list[Tensor] = []
        order: list[int] = []
        with torch.no_grad():
            for places in by_length([len(row) for row in rows], POSITIONS_A_BATCH):
                ids, mask = (
                    part.to(self._device) for part in pad([rows[place].tolist() for place in places], self._pad)
                )
                results.append(compute(self._embed(ids), mask, ids))
                order += places
                self._count(len(places))
        back = torch.tensor(order, device=self._device).argsort()
        return torch.cat(results)[back]

    def _embed(self, ids: Tensor) -> Tensor:
        """The embedding table's rows in fp32: ids [...] to [..., hidden]. Positions are added inside the network."""
        with torch.no_grad():
            found: Tensor = self._table(ids.to(self._device)).float()
        return found

    def _count(self, rows: int) -> None:
        with self._lock:
            self._calls += rows


def neutral_id(tokenizer: PreTrainedTokenizerBase) -> int:
    """The token that stands for "nothing here": the mask token, or padding where a model has none.

    Measured with e5-small on 12 reviews in six languages: integrated gradients from <mask> had comprehensiveness .40 and sufficiency
    .00, from <pad> .32 and .04, from <unk> .35 and .02 (random: .12 and .26); texts of <pad> alone are "neutral" at .99, of <mask> .88.
    """
    mask = tokenizer.mask_token_id
    return int(tokenizer.pad_token_id if mask is None else mask)
