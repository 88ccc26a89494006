"""From an instance to an encoder's input: ids, and where the user's own tokens stand in their fields' texts."""

from __future__ import annotations

from itertools import groupby

import torch
from transformers import PreTrainedTokenizerBase

from core.data import Instance
from core.errors import UserError
from core.explanations import Token
from models.base import Encoded
from models.prompts.text_tokens import TextTokens, fitted, locate


class InputReader:
    """`prefix` stands before the text. Fields follow one another; with `pairs` the tokenizer's marks part two of them.

    Each field is tokenized by itself, so a token belongs to one field and the text around it changes nothing.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerBase, limit: int, prefix: str = "", pairs: bool = False) -> None:
        self.tokenizer = tokenizer
        self.limit = limit
        self.pairs = pairs
        self._text = TextTokens(tokenizer)
        self._prefix = self._text.words(prefix.strip()) if prefix else []
        self._frames = {count: _frame(tokenizer, count) for count in (1, 2)}

    def __call__(self, instance: Instance) -> Encoded:
        """The instance as the model reads it; long fields lose their ends first. Raises UserError("empty_text")."""
        read = [self._text.data(text) for _, text in instance.fields]
        spans = [locate(field, text, one) for (field, text), one in zip(instance.fields, read, strict=True)]
        frame = self._frame(len(read))
        room = self.limit - sum(map(len, frame)) - len(self._prefix)
        ids = [*frame[0], *self._prefix]
        places: list[int] = []
        tokens: list[Token] = []
        for number, kept in enumerate(fitted([len(one) for one in read], room)):
            ids += frame[1] if number else []
            for (id, _, _), token in list(zip(read[number], spans[number], strict=True))[:kept]:
                if token:
                    places.append(len(ids))
                    tokens.append(token)
                ids.append(id)
        if not tokens:
            raise UserError("empty_text")
        total = sum(token is not None for one in spans for token in one)
        return Encoded(instance, torch.tensor([*ids, *frame[-1]]), torch.tensor(places), tuple(tokens), total)

    def _frame(self, fields: int) -> tuple[list[int], list[int], list[int]]:
        """Special tokens before, between and after the fields."""
        if self.pairs and fields == 2:
            opening, between, closing = self._frames[2]
            return opening, between, closing
        opening, closing = self._frames[1]
        return opening, [], closing


def _frame(tokenizer: PreTrainedTokenizerBase, count: int) -> list[list[int]]:
    """The special tokens around `count` texts: before the first, after the first, and so on."""
    one = tokenizer.backend_tokenizer.encode(*["a", "b"][:count], add_special_tokens=True)
    marks = zip(one.ids, one.special_tokens_mask, strict=True)
    runs = [(bool(mark), [id for id, _ in run]) for mark, run in groupby(marks, key=lambda pair: pair[1])]
    frame: list[list[int]] = [[]]
    for mark, ids in runs:
        if mark:
            frame[-1] = ids
        else:
            frame.append([])
    return frame
