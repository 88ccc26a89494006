"""The values of a conversation: what was said, how it was read, what is asked of the house, what is answered."""

from __future__ import annotations

from typing import Union

from core.blocks import Block
from core.filters import Filter
from core.values import value

Scalar = Union[str, int, float, bool]
SAME = "same"  # the operation of a follow-up: the last request again, with what the user changed


@value
class Utterance:
    """A message: NFC text, its language (ISO 639-1) with a confidence 0 to 1, and the form's fields for two-field tasks."""

    text: str
    language: str = "en"
    confidence: float = 1.0
    fields: tuple[tuple[str, str], ...] = ()


@value
class Span:
    """A custom text: characters [start, end) of the utterance; `field` names the task's field or is ""."""

    text: str
    start: int
    end: int
    field: str = ""


@value
class Call:
    """One operation with raw slots, in the order said."""

    operation: str
    slots: tuple[tuple[str, Scalar], ...] = ()

    def slot(self, name: str) -> Scalar | None:
        """The slot's value, or None where it was not said."""
        return dict(self.slots).get(name)


@value
class Parse:
    """A reading of an utterance; confidence 0 to 1. `alternatives` are the next best readings, best first.

    `supposed` is the label that a question for reasons takes to be the model's answer, "" for none; `language` that of the
    answer where one was asked for (ISO 639-1), "" where not.
    """

    calls: tuple[Call, ...]
    where: Filter | None = None
    custom: tuple[Span, ...] = ()
    confidence: float = 1.0
    parser: str = ""
    alternatives: tuple[Parse, ...] = ()
    supposed: str = ""
    language: str = ""


@value
class Alteration:
    """One change that a session made to its own copy of model and data. `kind` is edit_label, learn or unlearn.

    It concerns the row `id`, or with None the custom text `custom`. `label` is the new label of edit_label.
    """

    kind: str
    id: int | None = None
    label: str = ""
    custom: tuple[tuple[str, str], ...] = ()


@value
class Request:
    """One operation, complete: cache key, job row and share link. `ids` or `custom` say which instance, `where` narrows the data set.

    `changes` are those that the session had made to its copy of model and data by then, oldest first.
    """

    operation: str
    slots: tuple[tuple[str, Scalar], ...] = ()
    ids: tuple[int, ...] = ()
    custom: tuple[tuple[str, str], ...] = ()
    where: Filter | None = None
    dataset: str = ""
    split: str = "test"
    model: str = ""
    revision: str = ""
    precision: str = ""
    language: str = "en"
    seed: int = 0
    changes: tuple[Alteration, ...] = ()

    def slot(self, name: str) -> Scalar | None:
        """The slot's value, or None."""
        return dict(self.slots).get(name)


@value
class Clarification:
    """A question back: `reason` is a key of agent/words.toml under `ask`, `choices` are queries that the user can pick."""

    reason: str
    facts: tuple[tuple[str, str], ...] = ()
    choices: tuple[Parse, ...] = ()


@value
class Reply:
    """An answer: blocks in reading order, in one language. `parse` is the canonical query that the user may edit."""

    blocks: tuple[Block, ...]
    language: str = "en"
    parse: str = ""

    @property
    def plain(self) -> str:
        """The whole answer as text, for terminals, screen readers, exports and tests."""
        return "\n\n".join(text for text in (block.plain for block in self.blocks) if text)
