"""Filters: which instances a question is about. One class a filter; and, or, not combine them."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Protocol, Union

import regex

from core.data import Instance
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
_WORD = regex.compile(r"\p{Script=Han}|[\p{L}\p{M}\p{N}'’]+")
_SENTENCE = regex.compile(r"[^.!?。！？।॥]+[.!?。！？।॥]*")


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
    """Instances whose text holds the token, upper and lower case alike."""

    token: str

    def keeps(self, instance: Instance, world: World) -> bool:
        return self.token.casefold() in instance.text.casefold()


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


Filter = Union[ById, Includes, ByLabel, ByPrediction, ByLength, Previous, And, Or, Not]


def length(text: str, unit: str) -> int:
    """Length in characters, words (a Han character counts as one) or sentences."""
    if unit == "chars":
        return len(text)
    return len((_WORD if unit == "words" else _SENTENCE).findall(text))


def any_part(where: Filter | None, kind: type) -> bool:
    """Whether a filter of this class stands anywhere in `where`."""
    if isinstance(where, And | Or):
        return any(any_part(part, kind) for part in where.parts)
    return any_part(where.part, kind) if isinstance(where, Not) else isinstance(where, kind)


def settled(where: Filter, matched: tuple[int, ...]) -> Filter:
    """The filter with "those of the answer before" as their ids, so that it means the same in any conversation."""
    if isinstance(where, Previous) and matched:
        those = tuple(ById(number) for number in matched)
        return Or(those) if len(those) > 1 else those[0]
    if isinstance(where, And | Or):
        return type(where)(tuple(settled(part, matched) for part in where.parts))
    return Not(settled(where.part, matched)) if isinstance(where, Not) else where


def ids(where: Filter | None) -> tuple[int, ...]:
    """Every id that the filter names, in the order said."""
    if isinstance(where, ById):
        return (where.id,)
    if isinstance(where, And | Or):
        return tuple(dict.fromkeys(found for part in where.parts for found in ids(part)))
    return ()
