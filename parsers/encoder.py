"""The default parser: the tuned multilingual encoder says which operation and, where no quotes do, which words are the user's own text."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from core.data import Schema
from core.dialogue import Parse, Span, Utterance
from models.encoder import PREFIX
from parsers.base import Parser, Tools, register
from parsers.custom_text import find
from parsers.lessons import call_of
from parsers.masked import masked
from parsers.pipeline import Guess, parse
from parsers.quotes import pairs
from parsers.tuned import Tuned, load_tuned

NAME = "encoder"
ADAPTER = Path(__file__).with_name("adapter.safetensors")
LONGEST = 256  # tokens of a message that are read; a longer text in quotes is cut out before
GUESSES = 5
SURE = 4.0  # sum of inside − outside logits; on development rows 4 % of messages without an own text pass, 81 % of those with one


class EncoderParser:
    """Reads operations and unquoted texts with one network; slots, ids and filters stay with the rules."""

    name = NAME

    def __init__(self, tuned: Tuned) -> None:
        self._tuned = tuned
        self._lock = threading.Lock()

    def parse(self, utterance: Utterance, schema: Schema) -> Parse:
        """The reading of the utterance, with the next best ones."""
        return parse(utterance, schema, self, self.name, self.spans(utterance, schema))

    def spans(self, utterance: Utterance, schema: Schema) -> tuple[Span, ...] | None:
        """The user's own text: by its quotes, colon or line where there are some, else by the network; None leaves it to the rules."""
        text = utterance.text
        if utterance.fields or len(schema.fields) > 1 or pairs(text) or find(text, schema):
            return None
        found = self.own_text(text)
        return (Span(text[found[0] : found[1]], *found),) if found else None

    def own_text(self, text: str) -> tuple[int, int] | None:
        """The stretch [start, end) of an own text without delimiters, or None."""
        hidden = masked(text)
        made = self._tokens([hidden.text])
        spans = self._run(made["input_ids"])[1][0]
        inside = (spans[:, 1] - spans[:, 0]).tolist()
        offsets = [(start - len(PREFIX), end - len(PREFIX)) for start, end in made["offset_mapping"][0]]
        places = [place for place, (start, end) in enumerate(offsets) if end > max(start, 0)]
        best = best_run([inside[place] for place in places])
        if best is None or sum(inside[place] for place in places[best[0] : best[1]]) < SURE:
            return None
        start, end = offsets[places[best[0]]][0], offsets[places[best[1] - 1]][1]
        return _trimmed(text, *hidden.span(max(start, 0), end, text))

    def read(self, requests: Sequence[str]) -> list[list[Guess]]:
        """Guesses for each masked request, best first; calibrated probabilities."""
        logits = self._run(self._tokens(requests)["input_ids"])[0]
        shares = (logits / self._tuned.temperature).softmax(dim=-1)
        return [self._guesses(row) for row in shares]

    def _guesses(self, shares: Tensor) -> list[Guess]:
        top = shares.topk(min(GUESSES, len(shares)))
        classes = self._tuned.classes
        return [
            Guess(call_of(classes[at]), share)
            for share, at in zip(top.values.tolist(), top.indices.tolist(), strict=True)
        ]

    def _tokens(self, texts: Sequence[str]) -> Mapping[str, Any]:
        made: Mapping[str, Any] = self._tuned.tokenizer(
            [PREFIX + text for text in texts], truncation=True, max_length=LONGEST, return_offsets_mapping=True
        )
        return made

    def _run(self, rows: Sequence[Sequence[int]]) -> tuple[Tensor, list[Tensor]]:
        """Logits over operations [row, class], and over outside/inside [position, 2] of each row."""
        operations, spans = [], []
        for row in rows:  # one by one: a message has one to three requests, and no row waits for a longer one
            ids = torch.tensor([row])
            with torch.no_grad(), self._lock:
                made = self._tuned(ids, torch.ones_like(ids))
            operations.append(made.operations[0])
            spans.append(made.spans[0])
        return torch.stack(operations), spans


def best_run(scores: Sequence[float]) -> tuple[int, int] | None:
    """The contiguous run [start, end) with the highest sum, or None where no sum is above 0 (Kadane's algorithm)."""
    best, found = 0.0, None
    total, start = 0.0, 0
    for place, score in enumerate(scores):
        if total <= 0:
            total, start = 0.0, place
        total += score
        if total > best:
            best, found = total, (start, place + 1)
    return found


def _trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Without spaces at its borders."""
    inner = text[start:end]
    start += len(inner) - len(inner.lstrip())
    end -= len(inner) - len(inner.rstrip())
    return (start, end) if start < end else None


@register(NAME)
def build(tools: Tools) -> Parser:
    """The reader with the adapter that ships."""
    return EncoderParser(load_tuned(tools.encoder, ADAPTER))
