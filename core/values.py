"""Frozen values: compared by content, hashable, to JSON and back."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, TypeVar, dataclass_transform

from core.errors import UserError

T = TypeVar("T")
_CLASSES: dict[str, type] = {}
TAG = "is"


@dataclass_transform(frozen_default=True)
def value(cls: type[T]) -> type[T]:
    """A frozen, slotted dataclass that `dump` and `load` know by its class name; a second class of the name is refused."""
    made = dataclass(frozen=True, slots=True)(cls)
    if _CLASSES.setdefault(cls.__name__, made) is not made:
        raise ValueError(f"two value classes are named {cls.__name__!r}")
    return made


def classes() -> dict[str, type]:
    """All value classes by name (a checkpoint store allows these and no others)."""
    return dict(_CLASSES)


def dump(item: Any) -> Any:
    """`item` as plain JSON data; values carry their class name under "is"."""
    if is_dataclass(item) and not isinstance(item, type):
        return {TAG: type(item).__name__} | {field.name: dump(getattr(item, field.name)) for field in fields(item)}
    if isinstance(item, list | tuple):
        return [dump(part) for part in item]
    return item


def load(data: Any) -> Any:
    """The value that `dump` wrote; lists come back as tuples. Raises UserError("bad_record") for anything else."""
    if isinstance(data, list):
        return tuple(load(part) for part in data)
    if not isinstance(data, dict):
        return data
    name = data.get(TAG)
    if not isinstance(name, str) or name not in _CLASSES:
        raise UserError("bad_record", found=str(name)[:60])
    try:
        return _CLASSES[name](**{key: load(part) for key, part in data.items() if key != TAG})
    except (TypeError, ValueError) as error:
        raise UserError("bad_record", found=name) from error


def to_json(item: Any) -> str:
    """One line of JSON, keys in declaration order, text readable; a number that is not finite is refused."""
    return json.dumps(dump(item), ensure_ascii=False, allow_nan=False)


def from_json(text: str) -> Any:
    """The value in a line of `to_json`."""
    try:
        return load(json.loads(text))
    except json.JSONDecodeError as error:
        raise UserError("bad_record", found=text[:60]) from error


def fingerprint(item: Any) -> str:
    """A 16-digit hexadecimal name for a value's content, whatever its texts hold, the same on every machine."""
    return hashlib.sha256(to_json(item).encode("utf-8", "surrogatepass")).hexdigest()[:16]
