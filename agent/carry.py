"""What is said once and holds for the questions that follow: the precision."""

from __future__ import annotations

from dataclasses import replace

from core.dialogue import Request, Scalar
from core.operation import OPERATIONS, Operation

PRECISION = "precision"


def has_precision(operation: Operation) -> bool:
    """Whether the operation can be asked in a precision: it asks a model, and has no use of its own for the word."""
    return bool(operation.needs) and PRECISION not in {slot.name for slot in operation.slots}


def carried(slots: tuple[tuple[str, Scalar], ...], before: str, operation: str) -> tuple[tuple[str, Scalar], ...]:
    """What of the slots of the operation `before` holds for another operation, too."""
    both = all(has_precision(OPERATIONS[name]) for name in (before, operation))
    return tuple((name, said) for name, said in slots if both and name == PRECISION)


def turned(request: Request, operation: str, **slots: Scalar) -> Request:
    """Another operation asked of the same instance, with these slots and what holds on."""
    kept = carried(request.slots, request.operation, operation)
    return replace(request, operation=operation, slots=tuple(sorted((*kept, *slots.items()))))
