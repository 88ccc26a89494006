"""Values from foreign text: whether everything in them has the type that its class declares."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

DEEPEST = 40  # values in values; a filter that people write has three or four


def conforms(item: object, kind: Any, depth: int = 0) -> bool:
    """Whether `item` is of the declared type `kind`, and so is everything in it; a bool is no int, an int does as a float."""
    if depth > DEEPEST:
        return False
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        return any(conforms(item, one, depth) for one in get_args(kind))
    if origin is tuple:
        return isinstance(item, tuple) and _parts(item, get_args(kind), depth)
    if is_dataclass(kind):
        return type(item) is kind and all(
            conforms(getattr(item, name), part, depth + 1) for name, part in _declared(kind)
        )
    if kind is float:
        return type(item) in (int, float)
    return type(item) is (NoneType if kind is None else kind)


def _parts(item: tuple[object, ...], kinds: tuple[Any, ...], depth: int) -> bool:
    """The parts of a tuple: all of one type (`tuple[X, ...]`), or one type a place."""
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        return all(conforms(part, kinds[0], depth + 1) for part in item)
    return len(item) == len(kinds) and all(
        conforms(part, kind, depth + 1) for part, kind in zip(item, kinds, strict=True)
    )


@cache
def _declared(kind: type) -> tuple[tuple[str, Any], ...]:
    """The fields of a value class with their types."""
    hints = get_type_hints(kind)
    return tuple((field.name, hints[field.name]) for field in fields(kind))
