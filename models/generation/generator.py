"""A causal language model as a writer: the most likely continuation, token by token, stopped at any time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property

import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from models.catalog import Row
from models.generation.grammar_decoder import GrammarDecoder, Written
from models.generation.heard import Heard
from models.prompts.prompting import Piece, chat_turn
from models.prompts.text_tokens import TextTokens

# marks that end a turn: a converted file may not say which it has
ENDS = ("<|im_end|>", "<end_of_turn>", "<|eot_id|>", "<|end|>", "<|endoftext|>")
BROKEN = "\ufffd"  # what a decoder writes for a character whose last bytes are still to come


def never() -> bool:
    """A stop that never comes."""
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

    def stream(
        self, prompt: str, tokens: int, seed: int = 0, stop: Callable[[], bool] = never, opening: str = ""
    ) -> Iterator[str]:
        """The same in parts as they are written; ends before the next token once `stop()` is true.

        `opening` is how the answer begins: the model reads it as its own words and goes on, and it is not written again.
        """
        yield from self._said(self._ids(prompt, tokens, opening), tokens, stop)

    def go_on(
        self, prompt: Sequence[Piece], tokens: int, stop: Callable[[], bool] = never, heard: Heard | None = None
    ) -> Iterator[str]:
        """What follows a prompt in pieces, such as a filled chat template, in parts as they are written.

        What was `heard` before of the same conversation is not read again.
        """
        return self._said(self._read(prompt, tokens), tokens, stop, heard)

    def continued(self, ids: Sequence[int], tokens: int) -> list[int]:
        """The ids of the most likely continuation of a prompt in ids, at most `tokens`; empty where it ends at once."""
        return list(self._tokens(self._end(list(ids), tokens), tokens))

    def _said(
        self, prompt: list[int], tokens: int, stop: Callable[[], bool], heard: Heard | None = None
    ) -> Iterator[str]:
        """The decoded parts of the answer; a character whose bytes are not all there yet waits for them."""
        said, ids = "", []
        for token in self._tokens(prompt, tokens, heard):
            ids.append(token)
            text = self.tokenizer.decode(ids, skip_special_tokens=True)
            if not text.endswith(BROKEN):
                yield text[len(said) :]
                said = text
            if stop():
                return
        if ids and (rest := self.tokenizer.decode(ids, skip_special_tokens=True)[len(said) :]):
            yield rest

    def write(self, prompt: Sequence[Piece], grammar: str, tokens: int, first: int | None = None) -> Written:
        """models.generation.grammar_decoder.GrammarWriter: the likeliest continuation that the grammar accepts, at most `tokens` tokens."""
        return self._decoder.write(self._read(prompt, tokens), grammar, tokens, first)

    def read(self, prompt: str, tokens: int, opening: str = "") -> list[int]:
        """The ids of a prompt as the model reads it, with room for `tokens` more; of one that is too long the end."""
        return self._ids(prompt, tokens, opening)

    def ids_of(self, text: str) -> list[int]:
        """The ids of a text that is data, by itself."""
        return TextTokens(self.tokenizer).ids(Piece(text, data=True))

    @cached_property
    def _decoder(self) -> GrammarDecoder:
        return GrammarDecoder(self.model, self.tokenizer, self.ends)

    def _ids(self, prompt: str, tokens: int, opening: str = "") -> list[int]:
        """The prompt as the model reads it, as a turn of the user where the model knows turns, and how the answer begins."""
        begun = (Piece(opening, data=True),) if opening else ()
        if not self.chat:
            return self._read((Piece(prompt, data=True), *begun), tokens)
        text = TextTokens(self.tokenizer)
        return self._end(list(_piece_ids(text, (*chat_turn(prompt, self.tokenizer), *begun))), tokens)

    def _read(self, prompt: Sequence[Piece], tokens: int) -> list[int]:
        """The tokens of a prompt that is no turn."""
        text = TextTokens(self.tokenizer)
        return self._end([*text.opening(), *_piece_ids(text, prompt)], tokens)

    def _end(self, ids: list[int], tokens: int) -> list[int]:
        """Of a prompt that is too long the end."""
        return ids[-max(1, self.limit - tokens) :]

    def _tokens(self, ids: list[int], count: int, heard: Heard | None = None) -> Iterator[int]:
        """The most likely next token, again and again, until one ends the turn."""
        heard = heard or Heard()
        cache, rest = heard.begin(self.model, ids)
        step = torch.tensor([rest], device=self.model.device)
        for _ in range(count):
            heard.read(step[0].tolist())
            with torch.no_grad():
                states = self.model.base_model(input_ids=step, past_key_values=cache, use_cache=True).last_hidden_state
                token = int(self.model.get_output_embeddings()(states[:, -1].contiguous()).argmax())
            if token in self.ends:
                return
            yield token
            step = torch.tensor([[token]], device=self.model.device)


def _piece_ids(text: TextTokens, pieces: Sequence[Piece]) -> Iterator[int]:
    """The tokens of the pieces, one after the other."""
    return (id for piece in pieces for id in text.ids(piece))


def _ends(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> Iterator[int]:
    """Ids that end a text or a turn, from everywhere that names one."""
    for named in (model.config.eos_token_id, model.generation_config.eos_token_id, tokenizer.eos_token_id):
        yield from named if isinstance(named, list) else [] if named is None else [named]
    known = tokenizer.get_vocab()
    yield from (known[mark] for mark in ENDS if mark in known)
