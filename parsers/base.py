"""What a parser is: from an utterance to a Parse; and the registry that builds one by its name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from core.data import Schema
from core.dialogue import Parse, Utterance
from core.progress import Progress
from core.registry import Registry
from models.base import Generator
from models.encoder import Encoder


class Parser(Protocol):
    """Reads utterances."""

    @property
    def name(self) -> str: ...

    def parse(self, utterance: Utterance, schema: Schema) -> Parse:
        """The reading, its confidence 0 to 1, and the next best ones. Raises UserError("empty_message")."""
        ...


@dataclass(frozen=True)
class Tools:
    """What parsers are built from: the sentence encoder, a folder for what is computed once, and progress of that.

    `generator` loads the language model for the parsers that ask one.
    """

    encoder: Encoder
    cache: Path
    progress: Progress = field(default_factory=Progress)
    generator: Callable[[], Generator] | None = None


@dataclass(frozen=True)
class ParserKind:
    """A parser that can be built."""

    name: str
    build: Callable[[Tools], Parser]


PARSERS: Registry[ParserKind] = Registry("unknown_parser")


def register(name: str) -> Callable[[Callable[[Tools], Parser]], ParserKind]:
    """Declare the function below as the way to build the parser `name`."""
    return lambda build: PARSERS.add(ParserKind(name, build))
