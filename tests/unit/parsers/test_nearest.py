"""Nearest demonstrations: votes, the cache of vectors, and the rows of every operation on the default encoder."""

from collections.abc import Sequence
from pathlib import Path
from typing import cast

import numpy as np
import pytest

from core.dialogue import Call, Utterance
from core.settings import Settings
from models.encoder import Encoder
from parsers.base import PARSERS, Tools
from parsers.nearest import NearestParser, demonstration_vectors
from parsers.notation.canonical import write
from parsers.prompting.directions import directions
from parsers.prompting.examples import Example
from tests.parsing import PARSES, REVIEWS, LetterEncoder

ENCODER = cast(Encoder, LetterEncoder())
KNOWN = (
    Example("How many instances are there?", Call("count")),
    Example("How many rows are there?", Call("count")),
    Example("Show me id 0", Call("show")),
    Example("Predict id 0", Call("predict")),
)


def _parser() -> NearestParser:
    return NearestParser(ENCODER, KNOWN, ENCODER.embed([example.text for example in KNOWN]))


def test_the_nearest_demonstration_decides() -> None:
    found = _parser().parse(Utterance("Show me id 12"), REVIEWS)
    assert (write(found), found.parser) == ("show where id = 12", "nearest")
    assert found.confidence > 0.9
    assert {call.operation for one in found.alternatives for call in one.calls} == {"count", "predict"}


def test_votes_add_up_to_one() -> None:
    (guesses,) = _parser().read(["How many are there?"])
    assert guesses[0].call == Call("count")
    assert sum(guess.probability for guess in guesses) == pytest.approx(1.0)
    assert [guess.probability for guess in guesses] == sorted((guess.probability for guess in guesses), reverse=True)


class CountingEncoder(LetterEncoder):
    """Counts the texts it embeds."""

    def __init__(self) -> None:
        self.embedded = 0

    def embed(self, texts: Sequence[str], prefix: str = "") -> np.ndarray:
        self.embedded += len(texts)
        return super().embed(texts, prefix)


def test_every_text_is_embedded_once(tmp_path: Path) -> None:
    encoder = CountingEncoder()
    tools = Tools(cast(Encoder, encoder), tmp_path)
    first = demonstration_vectors(tools, KNOWN[:3])
    second = demonstration_vectors(tools, KNOWN)
    assert encoder.embedded == len(KNOWN)
    np.testing.assert_allclose(first, second[:3], atol=1e-3)
    (kept,) = (tmp_path / "parsers").iterdir()
    kept.write_bytes(b"broken")
    np.testing.assert_allclose(demonstration_vectors(tools, KNOWN), second, atol=1e-3)


def test_directions_spread_classes() -> None:
    noise = np.random.default_rng(0).normal(size=(200, 20))
    classes = ["a", "b"] * 100
    noise[::2, 3] += 1.0  # the classes differ in one direction only, in which they are noisy as in all others
    turn = directions(noise, classes)
    assert turn.matrix.shape == (20, 1)
    assert abs(turn.matrix[3, 0]) == abs(turn.matrix[:, 0]).max()
    assert np.linalg.norm(turn(noise), axis=1) == pytest.approx(np.ones(200), abs=1e-5)


def test_the_parser_is_registered() -> None:
    assert "nearest" in PARSERS


@pytest.mark.slow  # embeds thousands of demonstrations once
@pytest.mark.real
def test_most_rows_are_read_right(real_settings: Settings) -> None:
    from models.loading import Models

    parser = PARSERS["nearest"].build(Tools(Models(real_settings).encoder(), real_settings.cache))
    read = [write(parser.parse(Utterance(row["text"], row["lang"]), REVIEWS)) == row["parse"] for row in PARSES]
    assert sum(read) / len(read) >= 0.8
