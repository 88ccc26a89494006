"""Decoding under a grammar: a causal model writes the likeliest text that the grammar accepts, and says how sure it was."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Protocol, runtime_checkable

import numpy as np
import torch
from llguidance import LLMatcher, LLTokenizer
from torch import Tensor
from transformers import PreTrainedModel, PreTrainedTokenizerBase
from transformers.cache_utils import DynamicCache, DynamicLayer

from models.generation.likelihood import all_logits
from models.prompts.prompting import Piece

KEPT = 2048  # positions of a prompt whose keys and values are kept for the next one (17 MB for 700 at 0.5 B parameters)
GRAMMARS = 8  # compiled ones that are kept


@dataclass(frozen=True)
class Written:
    """A text that the grammar accepts, "" where none was found within the limit.

    `choices` are the decisions: where in the text [character] the token begins, and its probability among the tokens that the
    grammar allowed there. Where only one could follow, nothing was decided. `rivals` are the other first tokens, likeliest first.
    """

    text: str
    choices: tuple[tuple[int, float], ...] = ()
    rivals: tuple[tuple[int, float], ...] = ()

    def probability(self, end: int | None = None) -> float:
        """The product of the choices that begin before character `end`."""
        return float(np.prod([share for start, share in self.choices if end is None or start < end]))


@runtime_checkable
class GrammarWriter(Protocol):
    """A generator that can be held to a grammar."""

    @property
    def name(self) -> str: ...
    def write(self, prompt: Sequence[Piece], grammar: str, tokens: int, first: int | None = None) -> Written:
        """The likeliest continuation of `prompt` as it stands (no chat template) in the language of `grammar` (Lark).

        At most `tokens` tokens; with `first` it begins with this token.
        """
        ...


@lru_cache(maxsize=1)
def _bytes() -> LLTokenizer:
    """A token a byte: enough to see whether a text is accepted."""
    return LLTokenizer("byte")


def accepts(grammar: str, text: str) -> bool:
    """Whether the grammar (Lark) accepts the whole text. Raises ValueError for a grammar that is none."""
    matcher = _matcher(_bytes(), grammar)
    ids = _bytes().tokenize_str(text)
    return bool(matcher.try_consume_tokens(ids) == len(ids) and matcher.is_accepting())


def _matcher(tokenizer: LLTokenizer, grammar: str) -> LLMatcher:
    made = LLMatcher(tokenizer, grammar, log_level=0)
    if made.is_error():
        raise ValueError(f"no grammar: {made.get_error()}")
    return made


class GrammarDecoder:
    """Greedy decoding with a mask by llguidance; the keys and values of what two prompts begin with are computed once."""

    def __init__(self, model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, ends: frozenset[int]) -> None:
        self._model = model
        self._vocabulary = int(model.get_output_embeddings().weight.shape[0])
        self._tokenizer = LLTokenizer(
            tokenizer.backend_tokenizer.to_str(), n_vocab=self._vocabulary, eos_token=sorted(ends), slices=[]
        )
        self._ends = ends
        self._kept: tuple[tuple[int, ...], DynamicCache] = ((), DynamicCache(config=model.config))
        self._lock = threading.Lock()
        self._compiled = lru_cache(maxsize=GRAMMARS)(partial(_matcher, self._tokenizer))

    def write(self, prompt: Sequence[int], grammar: str, tokens: int, first: int | None = None) -> Written:
        """The continuation of `prompt`, at most `tokens` tokens, in the language of `grammar` (Lark); with `first` it begins so.

        Cut at the limit, it is the longest beginning that the grammar accepts. Raises ValueError for a grammar that is none.
        """
        return _Decoding(self, self._compiled(grammar).deep_copy(), prompt).run(tokens, first)

    def filled(self, prompt: Sequence[int]) -> DynamicCache:
        """A cache of the caller's own that holds all of `prompt` but its last token."""
        ids = tuple(prompt[:-1])
        with self._lock:
            known, cache = self._kept
            shared = _shared(known, ids)
            cut = shared < len(known) and not all(type(layer) is DynamicLayer for layer in cache.layers)
            made = DynamicCache(config=self._model.config) if cut or not shared else deepcopy(cache)
            if not cut and 0 < shared < len(known):
                made.crop(shared - len(known))  # how many to remove, as a negative number
            rest = ids if cut else ids[shared:]
            if rest:
                self.states(rest, made)
            if len(ids) <= KEPT:
                self._kept = (ids, deepcopy(made))
        return made

    def states(self, ids: Sequence[int], cache: DynamicCache) -> Tensor:
        """The last hidden state [hidden] behind `ids`, which are added to the cache."""
        step = torch.tensor([list(ids)], device=self._model.device)
        with torch.no_grad():
            run = self._model.base_model(input_ids=step, past_key_values=cache, use_cache=True)
        state: Tensor = run.last_hidden_state[0, -1]
        return state

    def shares(self, state: Tensor, mask: Tensor) -> Tensor:
        """Probabilities [token] among the allowed ones, fp32."""
        with torch.no_grad():
            logits = all_logits(self._model, state[None])[0]
        shares: Tensor = logits.masked_fill(~mask.to(logits.device), -torch.inf).softmax(-1)
        return shares.cpu()

    def allowed(self, matcher: LLMatcher) -> Tensor:
        """Which tokens may follow: [token], boolean."""
        bits = np.frombuffer(matcher.compute_bitmask(), dtype=np.uint8)
        return torch.from_numpy(np.unpackbits(bits, bitorder="little")[: self._vocabulary].astype(bool))

    def is_end(self, token: int) -> bool:
        """Whether the token ends a text."""
        return token in self._ends

    def text(self, ids: Sequence[int]) -> bytes:
        """The bytes of tokens; a character may still lack its last ones."""
        return bytes(self._tokenizer.decode_bytes(list(ids)))


class _Decoding:
    """One text in the making: `said` are its tokens, `pending` those that the model has not read yet."""

    def __init__(self, decoder: GrammarDecoder, matcher: LLMatcher, prompt: Sequence[int]) -> None:
        self._decoder, self._matcher = decoder, matcher
        self._prompt = prompt
        self._cache: DynamicCache | None = None  # filled at the first decision: a grammar of one text needs no model
        self._pending: list[int] = [prompt[-1]]
        self._said: list[int] = []
        self._accepted = 0
        self._choices: list[tuple[int, float]] = []
        self._rivals: tuple[tuple[int, float], ...] = ()

    def run(self, tokens: int, first: int | None) -> Written:
        """Token by token until the grammar or the model ends."""
        if first is not None:
            self._take([first])
        while len(self._said) < tokens and not self._matcher.is_stopped():
            forced = self._matcher.compute_ff_tokens()
            if forced:
                self._take(forced)
            elif not self._choose():
                break
        text = self._decoder.text(self._said[: self._accepted]).decode("utf-8", "replace")
        return Written(text, tuple(self._choices), self._rivals)

    def _choose(self) -> bool:
        """Add the likeliest token that is allowed; False where the text ends instead."""
        mask = self._decoder.allowed(self._matcher)
        if int(mask.sum()) == 1:
            token, share = int(mask.nonzero()[0]), 1.0
        else:
            shares = self._decoder.shares(self._state(), mask)
            token = int(shares.argmax())
            share = float(shares[token])
            self._choices.append((len(self._decoder.text(self._said).decode("utf-8", "ignore")), share))
            if not self._rivals:
                best = shares.topk(min(4, len(shares)))
                self._rivals = tuple(zip(best.indices.tolist()[1:], best.values.tolist()[1:], strict=True))
        if self._decoder.is_end(token):
            return False
        self._take([token])
        return True

    def _state(self) -> Tensor:
        """The hidden state behind everything that was said."""
        if self._cache is None:
            self._cache = self._decoder.filled(self._prompt)
        state = self._decoder.states(self._pending, self._cache)
        self._pending = []
        return state

    def _take(self, tokens: Sequence[int]) -> None:
        for token in tokens:
            self._matcher.consume_token(token)
            self._said.append(token)
            self._pending.append(token)
            if not self._matcher.is_error() and self._matcher.is_accepting():
                self._accepted = len(self._said)


def _shared(one: Sequence[int], other: Sequence[int]) -> int:
    """How many tokens both begin with."""
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count
