"""Which operations can be asked for, and what each takes: slots, ids, a text of the user's own, a filter."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from core.errors import unknown
from core.operation import DATASET, INSTANCES, ONE_INSTANCE, OPERATIONS, Operation

NONE, UNDO = "none", "undo"  # a request that fits nothing; taking back the last change


@dataclass(frozen=True)
class Shape:
    """What an operation takes. `variants` are slots that the kind of question decides ("how many mistakes": count).

    `pairs`: two instances of one question belong together, also a text of the user's own and an id.
    """

    name: str
    slots: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()
    ids: bool = False
    text: bool = False
    where: bool = False
    pairs: bool = False


def shape(name: str) -> Shape:
    """The shape of operation `name`: what `query.toml` and its code know. Raises UserError("unknown_operation")."""
    planned = _planned().get(name)
    if name not in OPERATIONS:
        if planned is None:
            raise unknown("unknown_operation", name, names())
        return planned
    return _declared(OPERATIONS[name], planned or Shape(name))


def names() -> tuple[str, ...]:
    """Every operation that can be asked for."""
    return tuple(sorted({*_planned(), *OPERATIONS.names()}))


def _declared(operation: Operation, planned: Shape) -> Shape:
    one = operation.scope in (ONE_INSTANCE, INSTANCES)
    narrowed = operation.scope in (INSTANCES, DATASET) if planned.name not in _planned() else planned.where
    return Shape(
        name=operation.name,
        slots=tuple(sorted({*planned.slots, *(slot.name for slot in operation.slots)})),
        variants=planned.variants,
        ids=planned.ids or one,
        text=planned.text or operation.text,
        where=narrowed,
        pairs=bool(operation.sides),
    )


@lru_cache(maxsize=1)
def _planned() -> dict[str, Shape]:
    with Path(__file__).with_suffix(".toml").open("rb") as file:
        table = tomllib.load(file)
    return {name: _shape(name, row) for name, row in table.items()}


def _shape(name: str, row: dict[str, Any]) -> Shape:
    slots, variants = tuple(row.get("slots", ())), tuple(row.get("variants", ()))
    return Shape(name, slots, variants, row.get("ids", False), row.get("text", False), row.get("where", False))
