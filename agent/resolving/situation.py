"""What a reading is resolved against: the message, what the session remembers, the data and the settings."""

from __future__ import annotations

from dataclasses import dataclass

from agent.state import Memory, Message
from core.data import Dataset
from core.dialogue import Parse
from core.settings import Settings


@dataclass(frozen=True)
class Situation:
    """One message in its conversation; `language` is that of the answer."""

    message: Message
    memory: Memory
    dataset: Dataset
    settings: Settings
    language: str

    @property
    def data(self) -> str:
        """The name of the data that the message is about."""
        return self.message.dataset or self.settings.dataset

    @property
    def model(self) -> str:
        """The name of the model that the message is about."""
        return self.message.model or self.settings.model

    @property
    def precision(self) -> str:
        """The precision of questions that name none."""
        return self.message.precision or self.settings.precision

    def own(self, parse: Parse) -> tuple[tuple[str, str], ...]:
        """The user's own text: what a form holds, else what stands in the message."""
        return self.message.fields or tuple((span.field, span.text) for span in parse.custom)
