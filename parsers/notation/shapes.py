"""Which operations can be asked for, and what each takes: slots, ids, a custom text, a filter."""

from __future__ import annotations

from dataclasses import dataclass

from core.dialogue import SAME
from core.operation import DATASET, INSTANCES, ONE_INSTANCE, OPERATIONS, Operation

NONE = "none"  # a request that fits nothing


@dataclass(frozen=True)
class Shape:
    """What an operation takes. `variants` are slots that the kind of question decides ("how many mistakes": count).

    `where`: words such as "negative" or "longer than 20 words" narrow the data for it (in "make it negative" they do not).
    `single`: it works on one instance, so that a text of the user's own, taken or not, is what is meant and not the instance before.
    `pairs`: two instances of one question belong together, also a custom text and an id.
    """

    name: str
    slots: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()
    ids: bool = False
    text: bool = False
    where: bool = False
    pairs: bool = False
    single: bool = False


# the slots that a follow-up may change in the question before it
FOLLOW_UP = (
    "audience",
    "contrast",
    "granularity",
    "k",
    "kind",
    "label",
    "method",
    "metric",
    "precision",
    "refine",
    "topic",
)
PSEUDO = {  # operations without code: the last question again, and no question at all
    SAME: Shape(SAME, FOLLOW_UP, ids=True, text=True, where=True),
    NONE: Shape(NONE, ("courtesy",)),
}


def shape(name: str) -> Shape:
    """The shape of operation `name`, from its declaration. Raises UserError("unknown_operation")."""
    return PSEUDO.get(name) or _declared(OPERATIONS[name])


def names() -> tuple[str, ...]:
    """Every operation that can be asked for."""
    return tuple(sorted((*PSEUDO, *OPERATIONS.names())))


def _declared(operation: Operation) -> Shape:
    return Shape(
        name=operation.name,
        slots=operation.slot_names,
        variants=tuple(slot.name for slot in operation.slots if slot.variant),
        ids=operation.scope in (ONE_INSTANCE, INSTANCES),
        text=operation.text,
        where=operation.scope in (INSTANCES, DATASET),
        pairs=bool(operation.sides),
        single=operation.scope == ONE_INSTANCE,
    )
