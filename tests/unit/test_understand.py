"""The front door: what is refused before anything is read."""

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
