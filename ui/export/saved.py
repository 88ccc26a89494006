"""What every format writes: the turns, the language of the words around them, and the day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from agent.sharing.links import needed_file
from agent.state import Turn
from core.blocks import Block, Choices
from core.dialogue import Request
from core.words import words
from ui.turns import SchemaOf

WORDS = words(Path(__file__).with_name("words.toml"))


@dataclass(frozen=True)
class Saved:
    """A conversation to be written."""

    turns: tuple[Turn, ...]
    language: str
    schema_of: SchemaOf
    date: str

    def say(self, key: str, /, **facts: object) -> str:
        """A word around the conversation."""
        return WORDS.say(key, self.language, **facts)

    @property
    def summary(self) -> str:
        """When it was saved, and how much there is."""
        return self.say("summary", date=self.date, total=len(self.turns))


def question(turn: Turn) -> str:
    """What was said; a clicked or edited query stands for itself, and a form's fields stand below."""
    said = turn.message.text or turn.message.query or turn.reply.parse
    fields = [f"{name}: {text}" for name, text in turn.message.fields if text.strip()]
    return "\n".join([said, *fields])


def answer_blocks(turn: Turn) -> tuple[Block, ...]:
    """The answer without buttons: nobody can press them in a file."""
    return tuple(block for block in turn.reply.blocks if not isinstance(block, Choices))


def files(requests: Sequence[Request]) -> tuple[str, ...]:
    """The uploaded files that the requests are about, each once."""
    return tuple(dict.fromkeys(file for one in requests if (file := needed_file(one))))
