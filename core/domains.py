"""The values that a slot may take: numbers, choices, names of registered things, labels, words, languages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from core.data import Schema
from core.dialogue import Scalar
from core.errors import UserError, unknown
from core.languages import code_of


class Domain(Protocol):
    """The values that a slot may take."""

    @property
    def about(self) -> str:
        """What they are, in English, for the documentation."""
        ...

    def check(self, raw: Scalar, schema: Schema) -> Scalar:
        """The value in its own type; raises UserError with what would work."""
        ...


@dataclass(frozen=True)
class Integer:
    """A whole number from `low` to `high`."""

    low: int
    high: int

    @property
    def about(self) -> str:
        return f"a whole number from {self.low} to {self.high}"

    def check(self, raw: Scalar, schema: Schema) -> int:
        try:
            number = int(raw)
        except ValueError as error:
            raise UserError("not_a_number", value=raw, low=self.low, high=self.high) from error
        if not self.low <= number <= self.high:
            raise UserError("out_of_range", value=raw, low=self.low, high=self.high)
        return number


@dataclass(frozen=True)
class Choice:
    """One of some words."""

    values: tuple[str, ...]

    @property
    def about(self) -> str:
        return " or ".join(f"`{value}`" for value in self.values)

    def check(self, raw: Scalar, schema: Schema) -> str:
        if str(raw) not in self.values:
            raise unknown("unknown_choice", str(raw), self.values)
        return str(raw)


@dataclass(frozen=True)
class OneOf:
    """The name of a registered thing, known only at run time: a method, say."""

    names: Callable[[], tuple[str, ...]]
    error: str

    @property
    def about(self) -> str:
        return "one of " + ", ".join(f"`{name}`" for name in self.names())

    def check(self, raw: Scalar, schema: Schema) -> str:
        if str(raw) not in self.names():
            raise unknown(self.error, str(raw), self.names())
        return str(raw)


@dataclass(frozen=True)
class Label:
    """A label of the task, canonical or in any language's words."""

    @property
    def about(self) -> str:
        return "a label of the task"

    def check(self, raw: Scalar, schema: Schema) -> str:
        said = str(raw).strip().casefold()
        for label in schema.labels:
            words_of = [text.casefold() for _, text in dict(schema.label_words).get(label, ())]
            if said == label.casefold() or said in words_of:
                return label
        raise unknown("unknown_label", str(raw), schema.labels)


@dataclass(frozen=True)
class OwnWords:
    """Words of the user's own, at most `longest` characters."""

    longest: int

    @property
    def about(self) -> str:
        return f"words of your own, at most {self.longest} characters"

    def check(self, raw: Scalar, schema: Schema) -> str:
        said = str(raw).strip()
        if len(said) > self.longest:
            raise UserError("too_long", length=len(said), limit=self.longest)
        return said


@dataclass(frozen=True)
class Tongue:
    """A language, by its code or by a name; the data say which there are."""

    @property
    def about(self) -> str:
        return "a language"

    def check(self, raw: Scalar, schema: Schema) -> str:
        return code_of(str(raw))
