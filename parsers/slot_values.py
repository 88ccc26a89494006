"""The values that a slot may take, read from the operations' declared domains, or from what the demonstrations show."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache

from core.data import Schema
from core.dialogue import Scalar
from core.operation import OPERATIONS, Choice, Domain, Integer, Label, OneOf
from parsers.examples import rows
from parsers.said import Said


@dataclass(frozen=True)
class Values:
    """The values by which a slot is limited, or `open`: any word."""

    known: tuple[str | int, ...] = ()
    open: bool = False


def values_of(operation: str, slot: str, schema: Schema, said: Said | None = None) -> Values:
    """What the slot may hold: of a domain that can be listed all values, with `said` those that the check would keep."""
    found = _listed(_domain(operation, slot), schema) or Values(shown().get((operation, slot), ()))
    if said is None:
        return found
    if found.open:
        ruled = said.ruled(operation, slot)
        return Values((str(ruled),) if ruled is not None else ())
    kept = said.counts(operation) if all(isinstance(one, int) for one in found.known) else found.known
    return Values(tuple(one for one in kept if one in found.known and said.allows(operation, slot, one)))


def _domain(operation: str, slot: str) -> Domain | None:
    """The declared domain; of an operation without code that of another one's slot of the same name."""
    own = [OPERATIONS[operation]] if operation in OPERATIONS else []
    declared: list[Domain] = [one.domain for known in (*own, *OPERATIONS) for one in known.slots if one.name == slot]
    return declared[0] if declared else None


def _listed(domain: Domain | None, schema: Schema) -> Values | None:
    match domain:
        case Integer(low, high):
            return Values(tuple(range(low, high + 1)))
        case Choice(values):
            return Values(values)
        case OneOf(names, _):
            return Values(names())
        case Label():
            return Values(schema.labels)
        case None:
            return None
        case _:
            return Values(open=True)


@lru_cache(maxsize=1)
def shown() -> dict[tuple[str, str], tuple[str | int, ...]]:
    """The values of every slot in the demonstrations, for operations whose code is still to come."""
    found: dict[tuple[str, str], dict[str | int, None]] = defaultdict(dict)
    for _, parse in rows():
        for call in parse.calls:
            for slot, value in call.slots:
                found[call.operation, slot][_plain(value)] = None
    return {key: tuple(sorted(values, key=str)) for key, values in found.items()}


def _plain(value: Scalar) -> str | int:
    return value if isinstance(value, int) and not isinstance(value, bool) else str(value)
