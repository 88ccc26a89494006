"""Texts to token ids by a causal model's tokenizer: words of ours, where control marks count, and data, where none does."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise, takewhile

from transformers import PreTrainedTokenizerBase

from core.explanations import Token
from models.prompts.prompting import Piece

Read = tuple[int, int, int]  # a token's id, and its first and last + 1 character in the text


class TextTokens:
    """Stateless, so one tokenizer serves several threads."""

    def __init__(self, tokenizer: PreTrainedTokenizerBase) -> None:
        self._tokenizer = tokenizer.backend_tokenizer
        self._marks = {id for id, token in tokenizer.added_tokens_decoder.items() if token.special}

    def ids(self, piece: Piece) -> list[int]:
        """The tokens of a piece of the prompt."""
        return [id for id, _, _ in self.data(piece.text)] if piece.data else self.words(piece.text)

    def words(self, text: str) -> list[int]:
        """The tokens of words of ours, marks of a chat template included."""
        found: list[int] = self._tokenizer.encode(text, add_special_tokens=False).ids
        return found

    def data(self, text: str) -> list[Read]:
        """The tokens of a text that is data: a mark such as `<|im_end|>` in it is characters like all others and ends no turn."""
        cuts = [0, len(text)]
        while True:
            found: list[Read] = []
            for start, end in pairwise(cuts):
                one = self._tokenizer.encode(text[start:end], add_special_tokens=False)
                spans = zip(one.ids, one.offsets, strict=True)
                found += [(id, start + first, start + last) for id, (first, last) in spans]
            marks = {first + 1 for id, first, last in found if id in self._marks and last - first > 1}
            if not marks:
                return found
            cuts = sorted({*cuts, *marks})

    def opening(self) -> list[int]:
        """What the tokenizer puts before every text: a beginning-of-text token, or nothing."""
        one = self._tokenizer.encode("a", add_special_tokens=True)
        marked = zip(one.ids, one.special_tokens_mask, strict=True)
        return [id for id, mark in takewhile(lambda pair: pair[1], marked)]


def locate(field: str, text: str, read: Sequence[Read]) -> list[Token | None]:
    """The token [token] behind each id, None where an id stands for nothing that can be seen.

    Spans lie inside the text, hold no space at their borders, come in order, and two of them are the same or apart: pieces
    of one character (by normalisation or by bytes) share its span.
    """
    found: list[Token | None] = []
    last: Token | None = None
    for _, start, end in read:
        start, end = _trim(text, start, end)
        if last and start < end and start < last.end:
            start, end = (last.start, last.end) if end <= last.end else _trim(text, last.end, end)
        last = Token(text[start:end], start, end, field) if start < end else last
        found.append(last if start < end else None)
    return found


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without the spaces at its borders."""
    said = text[start:end]
    return start + len(said) - len(said.lstrip()), start + len(said.rstrip())


def fitted(lengths: Sequence[int], room: int) -> list[int]:
    """How much of each is kept so that all fit: the longest is cut until it is no longer the longest."""
    kept = list(lengths)
    while sum(kept) > max(room, 0):
        kept[kept.index(max(kept))] -= 1
    return kept
