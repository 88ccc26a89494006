"""From a message to an utterance and its reading: the front door of every turn."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from agent.resolving.query import of_request, parse_of
from agent.sharing.reopen import reopened
from agent.state import Message
from core.data import Dataset
from core.dialogue import Parse, Utterance
from core.errors import UserError
from core.languages import clean
from core.settings import Settings
from models.base import Generator
from models.encoder import Encoder
from parsers.base import PARSERS, Parser, Tools
from parsers.notation.canonical import is_query, read
from parsers.rules.understanding import understand
from parsers.texts.custom_text import NO_SCHEMA
from parsers.words.language_id import detect

# Long enough to load all that tells languages.
SAMPLE = "What does the model say about id 12, and how sure is it of that?"
CLEAR = 0.8  # a button has so few words that a title such as "Labels" seems to be in one language and is in several


class Reader:
    """Reads messages with one parser; the language counts before the parse, since words differ."""

    def __init__(
        self, encoder: Callable[[], Encoder], settings: Settings, generator: Callable[[], Generator] | None = None
    ) -> None:
        self._settings = settings
        self._encoder = encoder
        self._generator = generator

    @cached_property
    def _parser(self) -> Parser:
        return PARSERS[self._settings.parser].build(
            Tools(self._encoder(), self._settings.cache, generator=self._generator)
        )

    def warm(self) -> None:
        """Load the parser now rather than with the first message that needs it; clicks and edited queries need none.

        A first message also loads the tables of languages and makes the patterns of numbers (5 s), whatever it says.
        """
        _ = self._parser
        understand(Utterance(SAMPLE, *detect(SAMPLE)), NO_SCHEMA)

    def __call__(self, message: Message, data: Dataset, spoken: str = "") -> tuple[Utterance, Parse]:
        """A few words ("undo that") and typed queries are taken to be in the language `spoken` so far, else in the interface's; a query
        that was edited on the page is in the interface's.

        Raises UserError: empty_message, too_long, bad_query, and for a link bad_link.
        """
        if message.link:
            requests = reopened(message.link)
            return Utterance(of_request(requests), requests[0].language), parse_of(requests)
        if message.length > self._settings.max_characters:
            raise UserError("too_long", length=message.length, limit=self._settings.max_characters)
        if message.query:
            return Utterance(message.query, _clicked(message, spoken)), read(message.query)
        text = clean(message.text).strip()
        if not any(char.isalnum() for char in text):
            raise UserError("empty_message")
        hint = spoken or message.interface
        language, confidence = (hint, 1.0) if is_query(text) else detect(text, hint)
        utterance = Utterance(text, language, confidence, message.fields)
        return utterance, self._parser.parse(utterance, data.schema)


def _clicked(message: Message, spoken: str) -> str:
    """The language of a button's words; where these leave a doubt, the one `spoken` so far. A query alone is in the interface's."""
    said, hint = clean(message.text).strip(), spoken or message.interface
    if not said:
        return message.interface
    language, confidence = detect(said, hint)
    return language if confidence >= CLEAR else hint
