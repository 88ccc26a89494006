"""Demonstrations for a prompt: the utterances most like the question, each with its whole canonical query."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.encoder import Encoder
from parsers.base import Tools
from parsers.nearest import LONGEST, demonstration_vectors
from parsers.notation.canonical import write
from parsers.prompting.directions import directions
from parsers.prompting.examples import Example, examples, hidden, kind_of, rows

LONGEST_SHOWN = 100  # characters: prompts are paid by the token
ALIKE = 4  # of the same kind of call in one prompt, so that near misses are shown too


@dataclass(frozen=True)
class Demonstration:
    """What somebody said, its canonical query, and its operations."""

    text: str
    query: str
    operations: tuple[str, ...]
    example: Example


class Demonstrations:
    """Finds demonstrations by the sentence encoder, numbers and custom texts masked; vectors [demonstration, hidden]."""

    def __init__(self, encoder: Encoder, known: Sequence[Demonstration], vectors: np.ndarray) -> None:
        self._encoder = encoder
        self._known = known
        self._turn = directions(vectors, [one.example.call for one in known])
        self._vectors = self._turn(vectors)

    def near(self, request: str, count: int, operations: Sequence[str] = ()) -> list[Demonstration]:
        """The `count` nearest to a masked request, the nearest last; only those of exactly these operations where given."""
        half = LONGEST // 2
        asked = request if len(request) <= LONGEST else f"{request[:half]} … {request[-half:]}"
        scores = self._vectors @ self._turn(self._encoder.embed([asked]))[0]
        found: list[Demonstration] = []
        alike: Counter[object] = Counter()
        for place in np.argsort(-scores, kind="stable"):
            one = self._known[int(place)]
            if operations and one.operations != tuple(operations):
                continue
            alike[one.example.call] += 1
            if (operations or alike[one.example.call] <= ALIKE) and one not in found:
                found.append(one)
            if len(found) == count:
                break
        return found[::-1]


def demonstrations(tools: Tools) -> Demonstrations:
    """All that are short enough to be shown."""
    known = [
        Demonstration(
            text, write(parse), tuple(call.operation for call in parse.calls), Example(masked, kind_of(parse.calls[0]))
        )
        for text, parse in rows()
        if len(text) <= LONGEST_SHOWN
        for masked in [hidden(text, parse)]
    ]
    # `nearest` keeps its vectors in the same file
    every = dict.fromkeys([*examples(), *(one.example for one in known)])
    made = demonstration_vectors(tools, list(every))
    places = {example: place for place, example in enumerate(every)}
    return Demonstrations(tools.encoder, known, made[[places[one.example] for one in known]])
