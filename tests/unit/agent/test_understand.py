"""The front door: what is refused before anything is read."""

from typing import cast

import pytest

from agent.state import Message
from agent.understand import Reader
from agent.words import WORDS, say
from core.data import Schema
from core.dialogue import Parse, Utterance
from core.errors import UserError
from core.languages import complete
from core.reading import load_dataset
from core.settings import Settings
from models.encoder import Encoder
from parsers.base import Tools
from parsers.notation.canonical import read
from parsers.rules.understanding import understand
from tests.parsing import REVIEWS


def no_encoder() -> Encoder:
    raise AssertionError("nothing is read")


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        (Message(text="x" * 101), "too_long"),
        (Message("why", fields=(("claim", "x" * 60), ("evidence", "y" * 60))), "too_long"),
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


def test_a_typed_query_is_in_the_language_of_the_conversation(monkeypatch: pytest.MonkeyPatch) -> None:
    class Stand:
        def build(self, tools: Tools) -> "Stand":
            return self

        def parse(self, utterance: Utterance, schema: Schema) -> Parse:
            return read(utterance.text)

    monkeypatch.setattr("agent.understand.PARSERS", {"encoder": Stand()})
    reader, query = Reader(lambda: cast(Encoder, "encoder"), Settings()), 'attribute on "The soup came cold and late"'
    assert reader(Message(query, interface="te"), load_dataset("reviews"))[0].language == "te"
    assert reader(Message(query, interface="te"), load_dataset("reviews"), "de")[0].language == "de"


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
    # A few words would load less than a question
    assert heard[0] == "encoder" and len(heard) == 2 and len(heard[1]) > 40


@pytest.mark.parametrize(
    ("words", "spoken", "language"),
    [
        ("Warum?", "de", "de"),
        ("Rückgängig", "de", "de"),
        ("Labels", "de", "de"),  # the same word in English
        ("Welche Wörter sprechen für „negativ“?", "en", "de"),  # a button further up
        ("反事实 · ID 12", "en", "zh"),
        ("Why?", "", "en"),
        ("", "de", "en"),  # an edited query has no words
    ],
)
def test_a_click_is_in_the_language_of_its_words(words: str, spoken: str, language: str) -> None:
    reader = Reader(no_encoder, Settings())
    utterance, _ = reader(Message(words, query="attribute where id = 1"), load_dataset("reviews"), spoken)
    assert utterance.language == language and utterance.text == "attribute where id = 1"


@pytest.mark.parametrize("code", complete())
def test_every_button_beneath_an_answer_keeps_its_language(code: str) -> None:
    facts = {"method": "integrated gradients", "other": "lime", "supposed": "negative", "id": 12}
    reader, data = Reader(no_encoder, Settings()), load_dataset("reviews")
    for key in WORDS.get("then", code):
        clicked = Message(say(f"then.{key}", code, **facts), query="undo")
        assert reader(clicked, data, code)[0].language == code, clicked.text


@pytest.mark.parametrize(
    ("language", "text", "courtesy"),
    [
        ("en", "ok thanks", "thanks"),
        ("en", "Thanks!!!", "thanks"),
        ("en", "thanks, perfect!", "thanks"),
        ("en", "thanks, bye", "thanks"),
        ("de", "danke, super", "thanks"),
        ("ru", "спасибо, понятно", "thanks"),
        ("zh", "谢谢，明白了", "thanks"),
        ("tr", "teşekkürler, harika", "thanks"),
        ("en", "thanks, undo", ""),
        ("en", "Thanks. Why?", ""),
        ("en", "hi, help", ""),
        ("es", "hola, ayuda", ""),
        ("de", "danke, nochmal", ""),
        ("fr", "merci, pourquoi ?", ""),
        ("en", "thanks undo", ""),
        ("es", "hola ayuda", ""),
        ("es", "reseñas buenas", ""),
        ("es", "buenas", "hello"),
        ("de", "danke klasse", "thanks"),
    ],
)
def test_a_courtesy_takes_no_request_with_it(language: str, text: str, courtesy: str) -> None:
    assert understand(Utterance(text, language), REVIEWS).courtesy == courtesy
