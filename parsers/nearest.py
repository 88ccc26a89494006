"""The plain parser: the operation of the nearest demonstrations under the multilingual encoder; rules for all the rest."""

from __future__ import annotations

import hashlib
import os
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from core.data import Schema
from core.dialogue import Call, Parse, Utterance
from core.languages import clean
from models.encoder import Encoder, VectorIndex
from parsers.base import Parser, Tools, register
from parsers.prompting.directions import directions
from parsers.prompting.examples import Example, examples
from parsers.rules.guesses import Guess
from parsers.rules.pipeline import parse

NAME = "nearest"
# Of the softmax over cosines; most likely development rows of 12 to 100 and .03 to .08
NEIGHBOURS, TEMPERATURE = 60, 0.06
LONGEST = 400  # characters that are embedded: what is asked stands in the first or the last sentence
GUESSES = 4
BATCH = 256  # demonstrations between two reports of progress


class NearestParser:
    """Votes of the nearest demonstrations, weighted by a softmax over their similarity where operations differ."""

    name = NAME

    def __init__(self, encoder: Encoder, known: Sequence[Example], vectors: np.ndarray) -> None:
        self._encoder = encoder
        self._calls = [example.call for example in known]
        self._directions = directions(vectors, self._calls)
        self._index = VectorIndex(self._directions(vectors))

    def parse(self, utterance: Utterance, schema: Schema) -> Parse:
        """The reading of the utterance, with the next best ones."""
        return parse(utterance, schema, self, self.name)

    def read(self, requests: Sequence[str]) -> list[list[Guess]]:
        """Guesses for each masked request, best first."""
        vectors = self._directions(self._encoder.embed([_shortened(clean(request)) for request in requests]))
        scores, places = self._index.search(vectors, NEIGHBOURS)
        return [self._vote(row, at) for row, at in zip(scores, places, strict=True)]

    def _vote(self, scores: np.ndarray, places: np.ndarray) -> list[Guess]:
        weights = np.exp((scores - scores.max()) / TEMPERATURE)
        votes: dict[Call, float] = defaultdict(float)
        for weight, place in zip(weights / weights.sum(), places, strict=True):
            votes[self._calls[place]] += float(weight)
        ranked = sorted(votes.items(), key=lambda vote: -vote[1])
        return [Guess(call, min(share, 1.0)) for call, share in ranked[:GUESSES]]


def _shortened(text: str) -> str:
    """The head and the tail of a long request."""
    half = LONGEST // 2
    return text if len(text) <= LONGEST else f"{text[:half]} … {text[-half:]}"


def demonstration_vectors(tools: Tools, known: Sequence[Example]) -> np.ndarray:
    """Vectors [demonstration, hidden]; each text is embedded once for this encoder and kept in the cache."""
    path = tools.cache / "parsers" / f"nearest-{_digest(tools.encoder.kind):016x}.safetensors"
    kept, keys = _kept(path), [_digest(example.text) for example in known]
    missing = [place for place, key in enumerate(keys) if key not in kept]
    for start in range(0, len(missing), BATCH):
        tools.progress("parser", start / len(missing))
        places = missing[start : start + BATCH]
        made = tools.encoder.embed([_shortened(known[place].text) for place in places])
        kept |= {keys[place]: vector for place, vector in zip(places, made.astype(np.float16), strict=True)}
        _keep(path, {key: kept[key] for key in keys if key in kept})  # an interrupted start goes on from here
    return np.stack([kept[key] for key in keys]).astype(np.float32)


def _kept(path: Path) -> dict[int, np.ndarray]:
    """Vectors by the digest of their text; none where the file is not there or broken: they are computed again."""
    try:
        stored = load_file(path)
        return dict(zip(stored["keys"].tolist(), stored["vectors"], strict=True))
    except (OSError, KeyError, ValueError, SafetensorError):
        return {}


def _keep(path: Path, kept: dict[int, np.ndarray]) -> None:
    """Write under a temporary name first: two processes may do so at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(f".{os.getpid()}.partial")
    save_file(
        {"keys": np.array([*kept], dtype=np.int64), "vectors": np.stack([*kept.values()]).astype(np.float16)}, partial
    )
    os.replace(partial, path)


def _digest(text: str) -> int:
    """63 bits of the text's SHA-256."""
    return int.from_bytes(hashlib.sha256(text.encode("utf-8", "replace")).digest()[:8]) >> 1


@register(NAME)
def build(tools: Tools) -> Parser:
    """The parser over all demonstrations there are."""
    known = examples()
    return NearestParser(tools.encoder, known, demonstration_vectors(tools, known))
