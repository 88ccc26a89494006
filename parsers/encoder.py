"""The default parser: the tuned multilingual encoder says which operation and, where no quotes do, which words are the custom text."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from core.data import Schema
from core.dialogue import Parse, Span, Utterance
from models.encoder import PREFIX
from parsers.base import Parser, Tools, register
from parsers.prompting.sayable import whole
from parsers.rules.guesses import Guess
from parsers.rules.pipeline import parse
from parsers.rules.topics import only_asks
from parsers.texts.borders import about_an_id, from_the_start, impolite, snapped, tidy
from parsers.texts.custom_text import find
from parsers.texts.masked import masked
from parsers.texts.quotes import pairs
from parsers.texts.runs import best_run
from parsers.tuned.compact import Compact
from parsers.tuned.lessons import call_of
from parsers.tuned.network import Read, load_tuned
from parsers.words.lexicon import mentions

NAME = "encoder"
ADAPTER = Path(__file__).with_name("adapter.safetensors")
LONGEST = 256  # tokens of a message that are read; a longer text in quotes is cut out before
GUESSES = 5
REMEMBERED = 8  # readings of one message: the search for its custom text and the operation look at the same words


class EncoderParser:
    """Reads operations and unquoted texts with one network; slots, ids and filters stay with the rules."""

    name = NAME

    def __init__(self, tuned: Compact) -> None:
        self._tuned = tuned
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, Read] = OrderedDict()

    def parse(self, utterance: Utterance, schema: Schema) -> Parse:
        """The reading of the utterance, with the next best ones."""
        return parse(utterance, schema, self, self.name, self.spans(utterance, schema))

    def spans(self, utterance: Utterance, schema: Schema) -> tuple[Span, ...] | None:
        """The custom text: by its quotes, colon or line where there are some, else by the network; None leaves it to the rules."""
        text = utterance.text
        searched = pairs(text) and any(one.value.startswith("includes") for one in mentions("filters", text))
        if utterance.fields or len(schema.fields) > 1 or searched or find(text, schema):
            return None
        found = self.own_text(text)
        if found and (about_an_id(text, found, utterance.language) or only_asks(text[slice(*found)])):
            return None
        return (Span(text[found[0] : found[1]], *found),) if found else None

    def own_text(self, text: str) -> tuple[int, int] | None:
        """The stretch [start, end) of a custom text without delimiters, or None."""
        hidden = masked(text)
        made = self._tokens(hidden.text)
        offsets = [(start - len(PREFIX), end - len(PREFIX)) for start, end in made["offset_mapping"]]
        places = [place for place, (start, end) in enumerate(offsets) if end > max(start, 0)]
        found = best_run(self._run(hidden.text).spans[0][places])
        if found is None:
            return None
        start, end = offsets[places[found[0]]][0], offsets[places[found[1]]][1]
        grown = snapped(text, tidy(text, *hidden.span(max(start, 0), end, text)))
        return from_the_start(text, impolite(text, grown))

    def read(self, requests: Sequence[str]) -> list[list[Guess]]:
        """Guesses for each masked request, best first; calibrated probabilities."""
        logits = torch.cat([self._run(request).operations for request in requests])
        shares = (logits / self._tuned.temperature).softmax(dim=-1)
        return [self._guesses(row) for row in shares]

    def _guesses(self, shares: Tensor) -> list[Guess]:
        top = shares.topk(min(GUESSES, len(shares)))
        classes = self._tuned.classes
        return [
            Guess(call_of(classes[at]), share)
            for share, at in zip(top.values.tolist(), top.indices.tolist(), strict=True)
        ]

    def _tokens(self, text: str) -> Mapping[str, Any]:
        made: Mapping[str, Any] = self._tuned.tokenizer(
            PREFIX + whole(text), truncation=True, max_length=LONGEST, return_offsets_mapping=True
        )
        return made

    def _run(self, text: str) -> Read:
        """What the network says of one masked text; that of the last few texts is kept."""
        with self._lock:
            if text not in self._kept:
                self._kept[text] = self._tuned(torch.tensor(self._tokens(text)["input_ids"]))
                while len(self._kept) > REMEMBERED:
                    self._kept.popitem(last=False)
            return self._kept[text]


@register(NAME)
def build(tools: Tools) -> Parser:
    """The reader with the adapter that ships."""
    return EncoderParser(Compact(load_tuned(tools.encoder, ADAPTER)))
