"""Toys: models so small that the right explanation can be worked out on paper."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import torch
from torch import Tensor
from transformers import BertConfig, BertModel

from core.data import Instance, Schema
from core.errors import UserError
from core.explanations import Prediction, Token
from models.base import ATTENTIONS, GRADIENTS, PREDICT, VALUE_VECTORS, Encoded, LayerMaps

ALL = frozenset({PREDICT, GRADIENTS, ATTENTIONS, VALUE_VECTORS})
VALUES = {"great": 3.0, "good": 2.0, "fine": 1.0, "dull": -1.0, "bad": -2.0, "awful": -3.0}
STRENGTHS = {"very": 1.0, "quite": 0.5}
SMALL = BertConfig(
    vocab_size=1,
    hidden_size=16,
    num_hidden_layers=2,
    num_attention_heads=2,
    intermediate_size=32,
    max_position_embeddings=64,
    initializer_range=0.4,
)
OTHER = "film"  # stands for every word that has neither value nor strength
EDGE, NEUTRAL, FIRST = 0, 1, 2  # ids: both ends of the text, the neutral token, the first word


class Toy:
    """A model of words in hidden dimensions (value, strength): labels negative and positive with logits −f and f.

    Ends of the text and the neutral token are zero vectors, so replacing a word and deleting it come to the same. The
    parameter wants gradients, so that a method that leaves some behind is caught. `broken` makes every forward pass fail.
    """

    name = "toy"
    revision = "1"
    precision = "fp32"
    unit = "logit"
    neutral = "<none>"
    labels = ("negative", "positive")
    schema = Schema("toys", ("text",), labels)
    facts = (("title", "toy"),)

    def __init__(self, capabilities: frozenset[str] = ALL) -> None:
        self.capabilities = capabilities
        self.words = [*sorted({*VALUES, *STRENGTHS}), OTHER]
        rows = [[VALUES.get(word, 0.0), STRENGTHS.get(word, 0.0)] for word in self.words]
        self.table = torch.nn.Parameter(torch.tensor([[0.0, 0.0]] * FIRST + rows))
        self.calls = 0
        self.broken = False
        self.limit = 1000

    def f(self, inputs: Tensor) -> Tensor:
        """[row, position, hidden] → [row]: the logit of "positive"."""
        raise NotImplementedError

    def logits(self, inputs: Tensor) -> Tensor:
        """[row, position, hidden] → [row, label]."""
        self.calls += len(inputs)
        if self.broken:
            raise RuntimeError("the forward pass failed")
        found = self.f(inputs)
        return torch.stack([-found, found], dim=-1)

    def predict(self, instances: Sequence[Instance]) -> list[Prediction]:
        found = []
        for instance in instances:
            encoded = self.encode(instance)
            scores = self.scores(encoded, torch.ones(1, len(encoded.tokens), dtype=torch.bool))
            found.append(Prediction(instance, self.labels, tuple(scores.softmax(-1)[0].tolist())))
        return found

    def encode(self, instance: Instance) -> Encoded:
        spans = [match.span() for match in re.finditer(r"\w+|[^\w\s]", instance.text)]
        if not spans:
            raise UserError("empty_text")
        tokens = tuple(Token(instance.text[start:end], start, end) for start, end in spans)[: self.limit]
        known = {word: FIRST + place for place, word in enumerate(self.words)}
        ids = [EDGE, *(known.get(token.text, known[OTHER]) for token in tokens), EDGE]
        return Encoded(instance, torch.tensor(ids), torch.arange(1, 1 + len(tokens)), tokens, len(spans))

    def scores(self, encoded: Encoded, keep: Tensor, delete: bool = False) -> Tensor:
        rows = [self._ids(encoded, row, delete) for row in keep]
        found = torch.empty(len(rows), len(self.labels))
        with torch.no_grad():
            for length in {len(row) for row in rows}:  # rows of one length together: methods that ask often stay quick
                places = [place for place, row in enumerate(rows) if len(row) == length]
                found[places] = self.logits(self.table[torch.stack([rows[place] for place in places])])
        return found

    def _ids(self, encoded: Encoded, row: Tensor, delete: bool) -> Tensor:
        ids = encoded.ids.clone()
        ids[encoded.places[~row]] = NEUTRAL
        return ids[ids != NEUTRAL] if delete else ids

    def embeddings(self, encoded: Encoded) -> Tensor:
        self._need(GRADIENTS)
        return self.table[encoded.ids[encoded.places]].detach()

    def baseline(self, encoded: Encoded) -> Tensor:
        self._need(GRADIENTS)
        return self.table[NEUTRAL].detach().expand(len(encoded.places), -1)

    def scores_of_embeddings(self, encoded: Encoded, embeddings: Tensor) -> Tensor:
        self._need(GRADIENTS)
        whole = self.table[encoded.ids].expand(len(embeddings), -1, -1)
        return self.logits(whole.index_copy(1, encoded.places, embeddings))

    def attentions(self, encoded: Encoded) -> Tensor:
        """From the mean over all positions."""
        return self.attention_maps(encoded).last

    def attention_maps(self, encoded: Encoded) -> LayerMaps:
        """One layer of two heads: one looks everywhere alike, one as strongly as a word has value (1 of its weight looks nowhere)."""
        self._need(ATTENTIONS)
        self.logits(self.table[encoded.ids][None].detach())
        value = self.table[encoded.ids, 0].detach().abs()
        heads = torch.stack([torch.full_like(value, 1 / len(value)), value / (1 + value.sum())])
        return self._maps(heads[None], encoded)

    def value_changes(self, encoded: Encoded, between: Callable[[float], None]) -> LayerMaps:
        """Two layers: positions turn as much as a word has value in the first, by 1 for every word in the second."""
        self._need(VALUE_VECTORS)
        between(0.0)
        self.logits(self.table[encoded.ids][None].detach())
        value = self.table[encoded.ids, 0].detach().abs()
        return self._maps(torch.stack([value, torch.ones_like(value)])[:, None], encoded)

    def _maps(self, found: Tensor, encoded: Encoded) -> LayerMaps:
        """[layer, head, to] for every position alike; all positions decide."""
        count = len(encoded.ids)
        maps = found[:, :, None].expand(-1, -1, count, -1)[None]
        return LayerMaps(maps, torch.full((1, count), 1 / count), encoded.places)

    def embeddings_of(self, encoded: Encoded) -> Tensor:
        """[token, hidden] for the toy's own use."""
        return self.table[encoded.ids[encoded.places]].detach()

    def _need(self, capability: str) -> None:
        """A method that uses what it does not declare fails here."""
        if capability not in self.capabilities:
            raise AssertionError(f"{capability} was used without being declared")


class Additive(Toy):
    """f = sum of values: every word's part is its value, by gradients and by occlusion."""

    name = "additive"

    def f(self, inputs: Tensor) -> Tensor:
        return inputs[..., 0].sum(-1)


class Product(Toy):
    """f = (sum of values) × (sum of strengths): neither counts without the other.

    Integrated gradients from zero give word i ½ (value_i · strengths + strength_i · values); occlusion and input × gradient
    give both partners the whole product.
    """

    name = "product"

    def f(self, inputs: Tensor) -> Tensor:
        return inputs[..., 0].sum(-1) * inputs[..., 1].sum(-1)


class Saturating(Toy):
    """f = 1 − exp(−4 · sum of values), flat at the input: input × gradient sees nothing.

    Integrated gradients give word i value_i / sum · f.
    """

    name = "saturating"

    def f(self, inputs: Tensor) -> Tensor:
        return 1 - torch.exp(-4 * inputs[..., 0].sum(-1))


class Squares(Toy):
    """f = half the sum of value × |value|: its gradient at a word is |value|, so sensitivity is importance."""

    name = "squares"

    def f(self, inputs: Tensor) -> Tensor:
        return (inputs[..., 0] * inputs[..., 0].abs()).sum(-1) / 2


class Deaf(Toy):
    """f = 3 whatever the text: nothing can be explained."""

    name = "deaf"

    def f(self, inputs: Tensor) -> Tensor:
        return 3 + 0 * inputs.sum((-1, -2))


class Network(Toy):
    """A real two-layer BERT of random weights over random vectors, under 10,000 parameters: nothing is known, all is smooth."""

    name = "network"

    def __init__(self, capabilities: frozenset[str] = ALL) -> None:
        super().__init__(capabilities)
        with torch.random.fork_rng():
            torch.manual_seed(0)
            self.bert = BertModel(SMALL, add_pooling_layer=False).eval()
            self.table = torch.nn.Parameter(torch.randn(len(self.table), SMALL.hidden_size))
            self.head = torch.nn.Parameter(torch.randn(SMALL.hidden_size))
        if sum(weights.numel() for weights in self.bert.parameters()) > 10_000:
            raise ValueError("the tiny model is not tiny: a field of its config is misspelt")

    def f(self, inputs: Tensor) -> Tensor:
        return self.bert(inputs_embeds=inputs).last_hidden_state.mean(1) @ self.head


TOYS = {toy.name: toy for toy in (Additive, Product, Saturating, Squares, Deaf, Network)}


def instance(text: str) -> Instance:
    """A user's own text."""
    return Instance((("text", text),), language="en")
