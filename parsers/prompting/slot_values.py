"""The values that a slot may take, read from the operations' declared domains."""

from __future__ import annotations

from dataclasses import dataclass

from core.data import Schema
from core.domains import Choice, Domain, Integer, Label, OneOf
from core.operation import OPERATIONS
from parsers.prompting.sayable import Said


@dataclass(frozen=True)
class Values:
    """The values by which a slot is limited, or `open`: any word."""

    known: tuple[str | int, ...] = ()
    open: bool = False


def values_of(operation: str, slot: str, schema: Schema, said: Said | None = None) -> Values:
    """What the slot may hold: of a domain that can be listed all values, with `said` those that the check would keep."""
    found = _listed(_domain(operation, slot), schema)
    if said is None:
        return found
    if found.open:
        ruled = said.ruled(operation, slot)
        return Values((str(ruled),) if ruled is not None else ())
    kept = said.counts(operation) if all(isinstance(one, int) for one in found.known) else found.known
    return Values(tuple(one for one in kept if one in found.known and said.allows(operation, slot, one)))


def _domain(operation: str, slot: str) -> Domain | None:
    """The declared domain, of a follow-up that of any operation's slot of this name; None where rules alone fill the slot."""
    own = [OPERATIONS[operation]] if operation in OPERATIONS else []
    declared: list[Domain] = [one.domain for known in (*own, *OPERATIONS) for one in known.slots if one.name == slot]
    return declared[0] if declared else None


def _listed(domain: Domain | None, schema: Schema) -> Values:
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
            return Values()
        case _:
            return Values(open=True)
