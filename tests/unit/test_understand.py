"""The front door: what is refused before anything is read."""

from typing import cast

import pytest

from agent.state import Message
from agent.understand import Reader
from core.errors import UserError
from core.reading import load_dataset
from core.settings import Settings
from models.encoder import Encoder
from parsers.base import Tools


def no_encoder() -> Encoder:
    raise AssertionError("nothing is read")


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        (Message(text="x" * 101), "too_long"),
        (Message(query='predict on "' + "x" * 100 + '"'), "too_long"),
        (Message(text="  \n"), "empty_message"),
        (Message(query="predict where"), "bad_query"),
        (Message(link="1broken"), "bad_link"),
    ],
)
def test_refused_at_the_door(message: Message, kind: str) -> None:
    reader = Reader(no_encoder, Settings(max_characters=100))
    with pytest.raises(UserError) as caught:
        reader(message, load_dataset("reviews"))
    assert caught.value.kind == kind


def test_what_a_first_message_would_load_is_loaded_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[str] = []

    def listen(text: str) -> tuple[str, float]:
        heard.append(text)
        return "en", 1.0

    class Stand:
        def build(self, tools: Tools) -> str:
            heard.append(str(tools.encoder))
            return "parser"

    monkeypatch.setattr("agent.understand.detect", listen)
    monkeypatch.setattr("agent.understand.PARSERS", {"encoder": Stand()})
    Reader(lambda: cast(Encoder, "encoder"), Settings()).warm()
    assert (
        heard[0] == "encoder" and len(heard) == 2 and len(heard[1]) > 40
    )  # a few words would load less than a question
