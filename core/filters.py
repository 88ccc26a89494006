"""Filters: which instances a question is about. One class a filter; and, or, not combine them."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Protocol, Union

from core.data import Instance
from core.script import mentions, sentences, words
from core.values import value

UNITS = ("chars", "words", "sents")
COMPARISONS: dict[str, Callable[[int, int], bool]] = {
    "less": operator.lt,
    "less equal": operator.le,
    "greater": operator.gt,
    "greater equal": operator.ge,
    "equal": operator.eq,
    "not equal": operator.ne,
}


class World(Protocol):
    """What a filter may ask beyond the instance itself."""

    def prediction(self, instance: Instance) -> str:
        """The explained model's label for the instance."""
        ...

    def previous(self) -> frozenset[int]:
        """Ids of the instances of the answer before."""
        ...


@value
class ById:
    """The instance of this id."""

    id: int

    def keeps(self, instance: Instance, world: World) -> bool:
        return instance.id == self.id


@value
class Includes:
    """Instances that mention the token: a word begins with it, or is it where it has up to three letters; case does not count."""

    token: str

    def keeps(self, instance: Instance, world: World) -> bool:
        return mentions(instance.text, self.token)


@value
class ByLabel:
    """Instances with this gold label."""

    label: str

    def keeps(self, instance: Instance, world: World) -> bool:
        return instance.label == self.label


@value
class ByPrediction:
    """Instances that the explained model gives this label."""

    label: str

    def keeps(self, instance: Instance, world: World) -> bool:
        return world.prediction(instance) == self.label


@value
class ByLength:
    """Instances whose length in `unit` (chars, words, sents) compares so with `number`."""

    unit: str
    comparison: str
    number: int

    def keeps(self, instance: Instance, world: World) -> bool:
        return COMPARISONS[self.comparison](length(instance.text, self.unit), self.number)


@value
class ByLanguage:
    """Instances whose text is in this language, an ISO 639-1 code."""

    language: str

    def keeps(self, instance: Instance, world: World) -> bool:
        return instance.language == self.language


@value
class Previous:
    """The instances of the answer before ("among those")."""

    def keeps(self, instance: Instance, world: World) -> bool:
        return instance.id in world.previous()


@value
class And:
    """All parts hold."""

    parts: tuple[Filter, ...]

    def keeps(self, instance: Instance, world: World) -> bool:
        return all(part.keeps(instance, world) for part in self.parts)


@value
class Or:
    """At least one part holds."""

    parts: tuple[Filter, ...]

    def keeps(self, instance: Instance, world: World) -> bool:
        return any(part.keeps(instance, world) for part in self.parts)


@value
class Not:
    """The part does not hold."""

    part: Filter

    def keeps(self, instance: Instance, world: World) -> bool:
        return not self.part.keeps(instance, world)


Filter = Union[ById, Includes, ByLabel, ByPrediction, ByLength, ByLanguage, Previous, And, Or, Not]
ORDER = (
    Previous,
    ById,
    ByLanguage,
    ByLabel,
    ByPrediction,
    Includes,
    ByLength,
    Or,
    Not,
    And,
)  # of the parts of an "and"


def length(text: str, unit: str) -> int:
    """Length in characters, words (a sign of a script without spaces counts as one) or sentences."""
    if unit == "chars":
        return len(text)
    return len(words(text)) if unit == "words" else len(sentences(text))


def any_part(where: Filter | None, kind: type) -> bool:
    """Whether a filter of this class stands anywhere in `where`."""
    if isinstance(where, And | Or):
        return any(any_part(part, kind) for part in where.parts)
    return any_part(where.part, kind) if isinstance(where, Not) else isinstance(where, kind)


def settled(where: Filter, those: Filter) -> Filter:
    """The filter with `those` in place of "those of the answer before", so that it means the same in any conversation."""
    if isinstance(where, Previous):
        return those
    if isinstance(where, And | Or):
        return type(where)(tuple(settled(part, those) for part in where.parts))
    return Not(settled(where.part, those)) if isinstance(where, Not) else where


def ordered(where: Filter) -> Filter:
    """The same filter with the parts of every "and" in one order, whatever order a language says them in."""
    if isinstance(where, And):
        return And(tuple(sorted(map(ordered, where.parts), key=lambda part: (ORDER.index(type(part)), repr(part)))))
    if isinstance(where, Or):  # ids are answered in the order said
        return Or(tuple(map(ordered, where.parts)))
    return Not(ordered(where.part)) if isinstance(where, Not) else where


def by_ids(numbers: tuple[int, ...]) -> Filter | None:
    """The filter that keeps these instances; None for no ids."""
    parts = tuple(ById(number) for number in numbers)
    return Or(parts) if len(parts) > 1 else parts[0] if parts else None


def ids(where: Filter | None) -> tuple[int, ...]:
    """Every id that the filter names, in the order said."""
    if isinstance(where, ById):
        return (where.id,)
    if isinstance(where, And | Or):
        return tuple(dict.fromkeys(found for part in where.parts for found in ids(part)))
    return ()


def tokens(where: Filter | None) -> tuple[str, ...]:
    """Every word that the filter looks for in the texts."""
    if isinstance(where, Includes):
        return (where.token,)
    parts = where.parts if isinstance(where, And | Or) else (where.part,) if isinstance(where, Not) else ()
    return tuple(found for part in parts for found in tokens(part))


def listed(where: Filter | None) -> tuple[int, ...]:
    """The ids of a filter that only lists ids; () for any other filter."""
    plain = isinstance(where, ById) or (isinstance(where, Or) and all(isinstance(part, ById) for part in where.parts))
    return ids(where) if plain else ()


def among(where: Filter | None) -> tuple[int, ...]:
    """The ids that an "and" keeps at most, since a part of it only lists ids; () for any other filter."""
    return next(filter(None, map(listed, where.parts)), ()) if isinstance(where, And) else ()
