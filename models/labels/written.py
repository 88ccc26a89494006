"""What a causal model writes after a text, as something to explain: how likely a stretch of it is, given the text."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from weakref import WeakKeyDictionary

import torch
from torch import Tensor
from transformers import PreTrainedTokenizerBase

from core.data import Instance
from core.errors import UserError
from core.script import SIGN
from models.base import GENERATE, TRAIN, ExplainedModel
from models.causal import REMEMBERED, TEXT_LIMIT, CausalClassifier
from models.generation.likelihood import chosen_log_probs
from models.labels.grammar import Branch, LabelGrammar
from models.labels.reader import LabelReader
from models.predictions.recall import Recall
from models.prompts.prompt_tokens import PromptTokens
from models.prompts.prompting import Piece, writing_prompt
from models.prompts.text_tokens import TextTokens

TOKENS = 16  # written when no stretch is named: one clause
ALL = "*"  # stands for whatever the model writes first
OTHERWISE = "…"  # the second label: anything else
STOPS = "\n.!?。！？।"  # what the first clause ends with
KEPT = 8  # texts with what is written after them
SURE = -1e-6  # log-probability above which "anything else" would have no logarithm


@dataclass(frozen=True)
class Writing:
    """`ids` behind the prompt, of which [first, last) are asked about; `text` is what the model itself writes there."""

    ids: tuple[int, ...]
    first: int
    last: int
    text: str
    span: str


class SpanReader(LabelReader):
    """Two scores a row: the mean log-probability of the asked tokens, and that of anything else.

    The mean over tokens, so that long stretches do not vanish: its exponential is the probability of one token, on average.
    """

    def __init__(self, asked: LabelReader, prefix: Sequence[int], writing: Writing) -> None:
        points = tuple(Branch(0, depth, ()) for depth in range(writing.first, writing.last))
        super().__init__(asked.model, prefix, LabelGrammar((writing.ids[: writing.last - 1],), points, ((), ())))
        self._asked = asked
        self._said = self.ids(writing.ids[writing.first : writing.last])

    def _decided(self, states: Tensor, last: Tensor) -> Tensor:
        depths = torch.tensor([branch.depth for branch in self.grammar.branches])
        points = states[0, torch.arange(len(last))[:, None], last[:, None] + depths]  # [row, point, hidden]
        said = chosen_log_probs(self.model, points.flatten(0, 1), self._said.repeat(len(last)))
        mean = said.reshape(len(last), -1).mean(-1)
        return torch.stack([mean, torch.log(-torch.expm1(mean.clamp(max=SURE)))], dim=-1)

    def _count(self, rows: int) -> None:
        super()._count(rows)
        self._asked._count(rows)


class WrittenSpan(CausalClassifier):
    """models.base.ExplainedModel whose first label is a stretch of what the model writes after one text, and whose second is the rest.

    The prompt is the text alone, in a turn of the user where the model knows turns: no task, no demonstrations, no calibration.
    """

    def __init__(self, asked: CausalClassifier, instance: Instance, span: str) -> None:
        """`span` is looked for in what the model writes; what is not there is put behind the text as if it had been.

        Raises UserError("nothing_written"), UserError("empty_text").
        """
        self.name, self.precision, self.revision, self.facts = asked.name, asked.precision, asked.revision, asked.facts
        self.capabilities = asked.capabilities - {TRAIN}
        self.schema, self.limit, self.writer = asked.schema, asked.limit, asked.writer
        self._neutral, self.neutral = asked._neutral, asked.neutral
        tokenizer = self.writer.tokenizer
        self.prompt = PromptTokens(writing_prompt(asked.schema, tokenizer if self.writer.chat else None), tokenizer)
        self.writing = self._written(instance, span)
        self.reader = SpanReader(asked.reader, self.prompt.prefix, self.writing)
        self.labels = (self.writing.span, OTHERWISE)
        self.bias = torch.zeros(2)
        self.encode = lru_cache(maxsize=REMEMBERED)(self._encode)
        self._recall = Recall(self._ask)

    def _written(self, instance: Instance, span: str) -> Writing:
        rest = self.prompt.rest(instance, min(TEXT_LIMIT, self.limit - self.prompt.fixed - TOKENS))
        ids = self.writer.continued([*self.prompt.prefix, *rest.ids], TOKENS)
        ends = ends_of(self.writer.tokenizer, ids)
        text = str(self.writer.tokenizer.decode(ids, skip_special_tokens=True))
        if span in ("", ALL):
            first, last = _clause(text, ends)
        elif (start := _place(text, span)) is not None:
            first = sum(end <= start for end in ends)
            last = 1 + next(place for place, end in enumerate(ends) if end >= start + len(span))
        else:
            own = _after(self.writer.tokenizer, span, self.writer.chat or SIGN.match(span) is not None)
            return Writing(own, 0, len(own), text.strip(), span)
        said = str(self.writer.tokenizer.decode(ids[first:last], skip_special_tokens=True)).strip()
        if not said:
            raise UserError("nothing_written", model=self.name)
        return Writing(tuple(ids[:last]), first, last, text.strip(), said)


def ends_of(tokenizer: PreTrainedTokenizerBase, ids: Sequence[int]) -> list[int]:
    """How many characters are written after each token."""
    return [len(tokenizer.decode(ids[: place + 1], skip_special_tokens=True)) for place in range(len(ids))]


def _place(text: str, span: str) -> int | None:
    """Where the stretch begins, in any case of its letters; None where it is not written."""
    found = re.search(re.escape(span), text) or re.search(re.escape(span), text, re.IGNORECASE)
    return found.start() if found else None


def _clause(text: str, ends: Sequence[int]) -> tuple[int, int]:
    """The tokens of the first clause: up to and without the sign that ends it, leading empty lines left out."""
    begun = len(text) - len(text.lstrip())
    stop = next((place for place in range(begun, len(text)) if text[place] in STOPS), len(text))
    inside = [place for place, end in enumerate(ends) if begun < end <= stop]
    return (inside[0], inside[-1] + 1) if inside else (0, len(ends))


def _after(tokenizer: PreTrainedTokenizerBase, span: str, joined: bool) -> tuple[int, ...]:
    """The tokens of a stretch behind a text; with a space between them unless they are `joined`."""
    return tuple(TextTokens(tokenizer).ids(Piece(span if joined else f" {span}", data=True)))


_KNOWN: WeakKeyDictionary[CausalClassifier, OrderedDict[tuple[object, str], WrittenSpan]] = WeakKeyDictionary()
_LOCK = Lock()


def writing_of(model: ExplainedModel, instance: Instance, span: str = ALL) -> WrittenSpan:
    """The model as one whose answer is what it writes after this text. Raises UserError: missing_capability, nothing_written."""
    if not isinstance(model, CausalClassifier):
        raise UserError("missing_capability", model=model.name, capability=GENERATE)
    with _LOCK:
        known = _KNOWN.setdefault(model, OrderedDict())
        found = known.get((instance.fields, span))
    if found is None:
        found = WrittenSpan(model, instance, span)
        with _LOCK:
            known[instance.fields, span] = known[instance.fields, found.writing.span] = found
            while len(known) > KEPT:
                known.popitem(last=False)
    return found
