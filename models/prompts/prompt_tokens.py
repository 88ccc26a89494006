"""A prompt in tokens: the constant beginning, and for each instance the rest, with the places of the user's own tokens."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from transformers import PreTrainedTokenizerBase

from core.data import Dataset, Instance, Schema
from core.errors import UserError
from core.explanations import Token
from models.prompts.demonstrations import demonstrations
from models.prompts.prompting import Prompt, chat_prompt, plain_prompt
from models.prompts.text_tokens import TextTokens, fitted, locate

DEMONSTRATIONS = 6
PROMPT_LIMIT = 2048  # tokens; read once a model and data set, at about 100 a second on a small CPU

logger = logging.getLogger("polylens")


@dataclass(frozen=True)
class Rest:
    """What follows the beginning for one instance: its ids, and the places in them of the user's tokens with their spans.

    `total` counts the tokens that the whole text would have.
    """

    ids: tuple[int, ...]
    places: tuple[int, ...]
    tokens: tuple[Token, ...]
    total: int


class PromptTokens:
    """Each piece is tokenized by itself, so the user's tokens are exactly those of the text, whatever stands around it."""

    def __init__(self, prompt: Prompt, tokenizer: PreTrainedTokenizerBase, shown: Sequence[Instance] = ()) -> None:
        self.shown = tuple(shown)
        self._text = TextTokens(tokenizer)
        first = next(number for number, piece in enumerate(prompt.pieces) if piece.field)
        opening = [] if prompt.chat else self._text.opening()
        constant = [id for piece in prompt.pieces[:first] for id in self._text.ids(piece)]
        self.prefix: tuple[int, ...] = (*opening, *constant)
        self._rest = [(piece.field, [] if piece.field else self._text.ids(piece)) for piece in prompt.pieces[first:]]
        self.fixed = len(self.prefix) + sum(len(ids) for _, ids in self._rest)
        self.answers = tuple(self._answer(prompt.pieces[-1].text, answer) for answer in prompt.answers)
        self.end = self._text.words(prompt.end)[0]

    def rest(self, instance: Instance, room: int) -> Rest:
        """The instance's part of the prompt, at most `room` tokens of the user's text; long fields lose their ends first."""
        texts = {field: dict(instance.fields).get(field, "") for field, _ in self._rest if field}
        read = {field: self._text.data(text) for field, text in texts.items()}
        spans = {field: locate(field, texts[field], read[field]) for field in texts}
        kept = dict(zip(read, fitted([len(one) for one in read.values()], room), strict=True))
        ids: list[int] = []
        found: list[tuple[int, Token]] = []
        for field, words in self._rest:
            if field:
                placed = enumerate(spans[field][: kept[field]], len(ids))
                found += [(place, token) for place, token in placed if token]
                words = [id for id, _, _ in read[field][: kept[field]]]
            ids += words
        total = sum(token is not None for tokens in spans.values() for token in tokens)
        return Rest(tuple(ids), tuple(place for place, _ in found), tuple(token for _, token in found), total)

    def _answer(self, cue: str, answer: str) -> tuple[int, ...]:
        """The tokens of an answer as they would follow the cue."""
        before, whole = self._text.words(cue), self._text.words(cue + answer)
        joined = whole[: len(before)] == before and len(whole) > len(before)
        return tuple(whole[len(before) :] if joined else self._text.words(answer))


def prompt_tokens(
    dataset: Dataset, tokenizer: PreTrainedTokenizerBase, chat: bool, seed: int, limit: int
) -> PromptTokens:
    """The prompt for a data set: in turns where the model has a chat template, else plain; at most `limit` tokens of ours.

    Demonstrations go by whole rounds, every label equally often, until the rest fits.
    """
    labels = len(dataset.schema.labels)
    rounds = max(1, round(DEMONSTRATIONS / labels))
    while True:
        shown = demonstrations(dataset, rounds * labels, seed)
        made = PromptTokens(_prompt(dataset.schema, shown, tokenizer, chat), tokenizer, shown)
        if not shown or made.fixed <= min(limit, PROMPT_LIMIT):
            return made
        rounds -= 1


def prompt_showing(
    shown: Sequence[Instance], schema: Schema, tokenizer: PreTrainedTokenizerBase, chat: bool, limit: int
) -> PromptTokens:
    """The prompt with exactly these demonstrations. Raises UserError("prompt_full") where they do not fit."""
    made = PromptTokens(_prompt(schema, shown, tokenizer, chat), tokenizer, shown)
    if made.fixed > min(limit, PROMPT_LIMIT):
        raise UserError("prompt_full", count=len(shown), tokens=made.fixed, limit=min(limit, PROMPT_LIMIT))
    return made


def _prompt(schema: Schema, shown: Sequence[Instance], tokenizer: PreTrainedTokenizerBase, chat: bool) -> Prompt:
    if chat and tokenizer.chat_template:
        try:
            return chat_prompt(schema, shown, tokenizer)
        except ValueError as error:
            logger.warning("plain prompt instead of chat turns: %s", error)
    return plain_prompt(schema, shown)
