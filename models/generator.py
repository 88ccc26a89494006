"""A causal language model as a writer: the most likely continuation, token by token, stopped at any time."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase
from transformers.cache_utils import DynamicCache

from models.catalog import Row
from models.prompting import Piece, chat_turn
from models.text_tokens import TextTokens

# marks that end a turn: a converted file may not say which it has
ENDS = ("<|im_end|>", "<end_of_turn>", "<|eot_id|>", "<|end|>", "<|endoftext|>")
BROKEN = "\ufffd"  # what a decoder writes for a character whose last bytes are still to come


def _never() -> bool:
    return False


class CausalGenerator:
    """models.base.Generator for a causal model; greedy, so the seed changes nothing."""

    def __init__(self, row: Row, model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> None:
        self.name = row.name
        self.model: PreTrainedModel = model.eval()
        self.tokenizer = tokenizer
        self.chat = row.chat and bool(tokenizer.chat_template)
        self.limit = int(getattr(model.config.get_text_config(), "max_position_embeddings", 2048))
        self.ends = frozenset(_ends(model, tokenizer))

    def generate(self, prompt: str, tokens: int, seed: int = 0) -> str:
        """The continuation of `prompt`, at most `tokens` tokens."""
        return "".join(self.stream(prompt, tokens, seed))

    def stream(self, prompt: str, tokens: int, seed: int = 0, stop: Callable[[], bool] = _never) -> Iterator[str]:
        """The same in parts as they are written; ends before the next token once `stop()` is true."""
        said, ids = "", []
        for token in self._tokens(self._ids(prompt, tokens), tokens):
            ids.append(token)
            text = self.tokenizer.decode(ids, skip_special_tokens=True)
            if not text.endswith(BROKEN):
                yield text[len(said) :]
                said = text
            if stop():
                return
        if ids and (rest := self.tokenizer.decode(ids, skip_special_tokens=True)[len(said) :]):
            yield rest

    def _ids(self, prompt: str, tokens: int) -> list[int]:
        """The prompt as the model reads it; of one that is too long the end."""
        text = TextTokens(self.tokenizer)
        pieces = chat_turn(prompt, self.tokenizer) if self.chat else (Piece(prompt, data=True),)
        opening = [] if self.chat else text.opening()
        ids = [*opening, *(id for piece in pieces for id in text.ids(piece))]
        return ids[-max(1, self.limit - tokens) :]

    def _tokens(self, ids: list[int], count: int) -> Iterator[int]:
        """The most likely next token, again and again, until one ends the turn."""
        cache = DynamicCache(config=self.model.config)
        step = torch.tensor([ids], device=self.model.device)
        for _ in range(count):
            with torch.no_grad():
                states = self.model.base_model(input_ids=step, past_key_values=cache, use_cache=True).last_hidden_state
                token = int(self.model.get_output_embeddings()(states[:, -1].contiguous()).argmax())
            if token in self.ends:
                return
            yield token
            step = torch.tensor([[token]], device=self.model.device)


def _ends(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> Iterator[int]:
    """Ids that end a text or a turn, from everywhere that names one."""
    for named in (model.config.eos_token_id, model.generation_config.eos_token_id, tokenizer.eos_token_id):
        yield from named if isinstance(named, list) else [] if named is None else [named]
    known = tokenizer.get_vocab()
    yield from (known[mark] for mark in ENDS if mark in known)
