"""What is said once and holds for the questions that follow: the precision."""

from __future__ import annotations

from dataclasses import replace

from core.dialogue import Request, Scalar
from core.operation import OPERATIONS, PRECISION
from operations.attribute import DEFAULT_METHOD

METHOD = "method"


def carried(slots: tuple[tuple[str, Scalar], ...], before: str, operation: str) -> tuple[tuple[str, Scalar], ...]:
    """What of the slots of the operation `before` holds for another operation, too."""
    both = all(OPERATIONS[name].has_precision for name in (before, operation))
    return tuple((name, said) for name, said in slots if both and name == PRECISION)


def by_method(request: Request, method: str) -> Request:
    """The same question by another method; the usual one is not named, so that a model that cannot run it gets the nearest."""
    rest = {name: said for name, said in request.slots if name != METHOD}
    slots = rest if method == DEFAULT_METHOD else rest | {METHOD: method}
    return replace(request, slots=tuple(sorted(slots.items())))


def turned(request: Request, operation: str, **slots: Scalar) -> Request:
    """Another operation asked of the same instance, with these slots and what holds on."""
    kept = carried(request.slots, request.operation, operation)
    return replace(request, operation=operation, slots=tuple(sorted((*kept, *slots.items()))))
