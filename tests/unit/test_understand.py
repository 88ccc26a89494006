"""The front door: what is refused before anything is read."""

from types import SimpleNamespace

import pytest

from agent.state import Message
from agent.understand import Reader
from core.errors import UserError
from core.reading import load_dataset
from core.settings import Settings
from models.encoder import Encoder


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
    read: list[str] = []
    monkeypatch.setattr("agent.understand.detect", lambda text: (read.append(text), ("en", 1.0))[1])
    built: list[object] = []
    monkeypatch.setattr(
        "agent.understand.PARSERS", {"encoder": SimpleNamespace(build=lambda tools: built.append(tools) or "parser")}
    )
    Reader(lambda: "encoder", Settings()).warm()  # type: ignore[arg-type, return-value]
    assert len(built) == 1 and len(read) == 1 and len(read[0]) > 40  # a few words would load less than a real question
