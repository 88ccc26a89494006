"""What the parser tests share: the reviews and claims schemas, a reader that knows the answer, and a small encoder."""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence

import numpy as np

from core.data import Schema
from core.dialogue import Call, Parse, Span, Utterance
from core.reading import read_schema
from core.settings import ROOT
from parsers.notation.canonical import write
from parsers.rules.guesses import Guess
from parsers.rules.pipeline import compose
from parsers.rules.understanding import understand

REVIEWS: Schema = read_schema(ROOT / "datasets" / "tasks" / "reviews" / "schema.toml")
CLAIMS: Schema = read_schema(ROOT / "datasets" / "tasks" / "claims" / "schema.toml")
PARSES = [json.loads(line) for line in (ROOT / "tests" / "data" / "parses.jsonl").read_text("utf-8").splitlines()]


def composed(
    text: str, *operations: str, language: str = "en", schema: Schema = REVIEWS, spans: Sequence[Span] | None = None
) -> str:
    """The canonical query that the rules make of `text` once the operations are known."""
    seen = understand(Utterance(text, language), schema, spans)
    return write(compose(seen, [Call(name) for name in operations], 1.0, "rules"))


class Oracle:
    """A reader that answers what it was told, for every request."""

    def __init__(self, *calls: Call, probability: float = 0.9) -> None:
        self.guesses = [Guess(call, probability) for call in calls]
        self.asked: list[str] = []

    def read(self, requests: Sequence[str]) -> list[list[Guess]]:
        self.asked += requests
        return [self.guesses for _ in requests]


class LetterEncoder:
    """Vectors [text, 256] of counted letter triples: near where the wording is near, and nothing has to be loaded."""

    name, revision, kind = "letters", "1", "letters-1"

    def embed(self, texts: Sequence[str], prefix: str = "") -> np.ndarray:
        vectors = np.full((len(texts), 256), 1e-6, dtype=np.float32)
        for row, text in enumerate(texts):
            padded = f"  {text.lower()}  "
            for place in range(len(padded) - 2):
                vectors[row, zlib.crc32(padded[place : place + 3].encode("utf-8", "replace")) % 256] += 1
        made: np.ndarray = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return made


def texts_of(parse: Parse) -> list[str]:
    """The own texts of a parse."""
    return [span.text for span in parse.custom]
