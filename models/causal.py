"""A causal language model as a classifier: a fixed few-shot prompt, and the labels' log-probabilities under their grammar."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

import torch
from torch import Tensor
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from core.data import Dataset, Instance, Schema
from core.dialogue import Alteration
from core.errors import UserError
from core.explanations import Prediction
from core.values import fingerprint
from models.base import ATTENTIONS, GENERATE, GRADIENTS, PREDICT, TRAIN, VALUE_VECTORS, Encoded, LayerMaps
from models.catalog import Row
from models.generation.generator import CausalGenerator
from models.labels.bias import calibrated, calibration_rows, label_bias
from models.labels.grammar import label_grammar
from models.labels.reader import LabelReader
from models.predictions.facts import facts_of
from models.predictions.predicted import predicted
from models.predictions.recall import Recall
from models.prompts.demonstrations import shown_after
from models.prompts.prompt_tokens import prompt_showing, prompt_tokens

__all__ = ["CausalClassifier", "CausalGenerator"]

REMEMBERED = 64  # instances whose tokens are kept: explaining and judging encode the same one several times
TEXT_LIMIT = 512  # tokens of the user's text: as many as the encoder reads; more would take minutes to explain on a CPU


class CausalClassifier:
    """models.base.ExplainedModel for a causal model: scores are log-probabilities of the labels, which sum to 1.

    The prompt before the user's text is the same for every instance and is read once, here; so is how much the model likes
    each label whatever the text says (`bias`), which is taken off all scores. The weights are frozen.
    """

    unit = "log_probability"
    capabilities: frozenset[str] = frozenset({PREDICT, GRADIENTS, ATTENTIONS, GENERATE, TRAIN})

    def __init__(
        self,
        row: Row,
        model: PreTrainedModel,
        tokenizer: PreTrainedTokenizerBase,
        precision: str,
        dataset: Dataset,
        seed: int,
        revision: str,
        shown: Sequence[Instance] | None = None,
    ) -> None:
        """`shown` are the demonstrations of the prompt where they are not to be drawn by the seed."""
        if len(dataset.schema.labels) < 2:
            raise UserError("no_labels", operation=PREDICT)
        self.name, self.precision, self.revision = row.name, precision, revision
        self.schema: Schema = dataset.schema
        self.labels: tuple[str, ...] = dataset.schema.labels
        self.limit = int(getattr(model.config.get_text_config(), "max_position_embeddings", 2048))
        self._made_of = (row, model, tokenizer, precision, dataset, seed)
        drawn = prompt_tokens(dataset, tokenizer, row.chat, seed, self.limit // 2)
        own = () if shown is None else tuple(shown)
        self.prompt = drawn if shown is None else prompt_showing(own, self.schema, tokenizer, row.chat, self.limit // 2)
        grammar = label_grammar(self.prompt.answers, self.prompt.end)
        self.reader = LabelReader(model.eval().requires_grad_(False), self.prompt.prefix, grammar)
        self.writer = CausalGenerator(row, model, tokenizer)
        self._neutral = neutral_id(tokenizer)
        self.neutral = str(tokenizer.convert_ids_to_tokens(self._neutral))
        self.encode = lru_cache(maxsize=REMEMBERED)(self._encode)
        self._recall = Recall(self._ask)
        measured = calibration_rows(dataset, len(drawn.shown), seed)
        self.bias = label_bias(self.reader.scores([self._own(self.encode(one)) for one in measured]))
        self.facts = (
            *facts_of(row, revision, precision),
            ("task", f"{dataset.name}@{dataset.revision}"),
            ("demonstrations", f"n = {len(self.prompt.shown)}, calibration n = {len(measured)}, seed {seed}"),
        )

    @property
    def calls(self) -> int:
        """Rows that went through the model since it was loaded."""
        return self.reader.calls

    def predict(self, instances: Sequence[Instance]) -> list[Prediction]:
        """One prediction an instance, in order."""
        encoded = [self.encode(instance) for instance in instances]
        scores = self._recall(instances) if encoded else self.bias.new_zeros(0, len(self.labels))
        chances = scores.double().softmax(-1).tolist()  # they sum to 1 in fp32 already
        return [predicted(self, one, chance) for one, chance in zip(encoded, chances, strict=True)]

    def showing(self, shown: Sequence[Instance], revision: str = "") -> CausalClassifier:
        """The same model with these demonstrations in its prompt. Raises UserError("prompt_full")."""
        return CausalClassifier(*self._made_of, revision or self.revision, shown)

    def altered(self, changes: Sequence[Alteration], dataset: Dataset) -> CausalClassifier:
        """A copy with other demonstrations; this one stays as it is. Raises UserError: not_shown, no_label_to_learn, prompt_full."""
        shown = shown_after(self.prompt.shown, dataset, changes)
        if shown == self.prompt.shown:
            return self
        return self.showing(shown, f"{self.revision}+{fingerprint(tuple(changes))[:8]}")

    def _ask(self, instances: Sequence[Instance]) -> Tensor:
        return calibrated(self.reader.scores([self._own(self.encode(one)) for one in instances]), self.bias)

    def _encode(self, instance: Instance) -> Encoded:
        """The whole prompt with the places of the user's own tokens. Raises UserError("empty_text")."""
        rest = self.prompt.rest(instance, min(TEXT_LIMIT, self.limit - self.prompt.fixed - self.reader.longest))
        if not rest.tokens:
            raise UserError("empty_text")
        before = len(self.prompt.prefix)
        return Encoded(
            instance=instance,
            ids=self.reader.ids((*self.prompt.prefix, *rest.ids)),
            places=self.reader.ids([before + place for place in rest.places]),
            tokens=rest.tokens,
            total=rest.total,
        )

    def scores(self, encoded: Encoded, keep: Tensor, delete: bool = False) -> Tensor:
        """Label log-probabilities [row, label] of variants of one input; see models.base."""
        own, places = self._own(encoded), self._places(encoded)
        rows = [self._variant(own, places[~kept.to(places.device)], delete) for kept in keep]
        return calibrated(self.reader.scores(rows), self.bias)

    def embeddings(self, encoded: Encoded) -> Tensor:
        """Input embeddings of the user's tokens [token, hidden]."""
        return self.reader.embed(encoded.ids[encoded.places]).float()

    def baseline(self, encoded: Encoded) -> Tensor:
        """The neutral token's embedding at each of the user's tokens [token, hidden]."""
        return self.reader.embed(torch.full_like(encoded.places, self._neutral)).float()

    def scores_of_embeddings(self, encoded: Encoded, embeddings: Tensor) -> Tensor:
        """Label log-probabilities [row, label] with gradient to `embeddings` [row, token, hidden]."""
        own = self.reader.embed(self._own(encoded)).expand(len(embeddings), -1, -1)
        filled = own.index_copy(1, self._places(encoded), embeddings.to(own.dtype))
        return calibrated(self.reader.scores_of_embeddings(filled, [own.shape[1]] * len(filled)), self.bias)

    def attentions(self, encoded: Encoded) -> Tensor:
        """Attention [layer, head, token] from where the label is decided, mean over the points where labels part."""
        return self.attention_maps(encoded).last

    def attention_maps(self, encoded: Encoded) -> LayerMaps:
        """Attention among all positions behind the constant beginning, which takes nothing from them itself."""
        maps, deciding = self.reader.attentions(self.reader.embed(self._own(encoded)))
        return LayerMaps(maps, deciding, self._places(encoded))

    def value_changes(self, encoded: Encoded, between: Callable[[float], None]) -> LayerMaps:
        """Not for this family: raises UserError("missing_capability")."""
        raise UserError("missing_capability", model=self.name, capability=VALUE_VECTORS)

    def generate(self, prompt: str, tokens: int, seed: int = 0) -> str:
        """What the same model writes after `prompt`; see models.base.Generator."""
        return self.writer.generate(prompt, tokens, seed)

    def _own(self, encoded: Encoded) -> Tensor:
        """What follows the constant beginning [position]."""
        return encoded.ids[len(self.prompt.prefix) :]

    def _places(self, encoded: Encoded) -> Tensor:
        """The user's tokens in it [token]."""
        return encoded.places - len(self.prompt.prefix)

    def _variant(self, own: Tensor, gone: Tensor, delete: bool) -> Tensor:
        if not delete:
            return own.index_fill(0, gone, self._neutral)
        stays = torch.ones(len(own), dtype=torch.bool, device=own.device).index_fill(0, gone, False)
        return own[stays]


def neutral_id(tokenizer: PreTrainedTokenizerBase) -> int:
    """The token that stands for "nothing here"."""
    return int(tokenizer.pad_token_id)
