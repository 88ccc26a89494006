"""An operation, declared once: its slots, what it works on, what it needs of a model, what it gives and what judges it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from core.data import Dataset, Instance
from core.dialogue import Alteration, Request, Scalar
from core.domains import Domain
from core.errors import unknown
from core.explanations import Explanation
from core.past import Asked
from core.progress import Progress
from core.registry import Registry
from core.words import Words, words

# scope: what an operation works on
ONE_INSTANCE, INSTANCES, DATASET, NOTHING = "one_instance", "instances", "dataset", "nothing"
PRECISION = "precision"  # the slot of every operation that asks a model


@dataclass(frozen=True)
class Slot:
    """A slot with its domain. `required`: it is asked back when it is missing.

    `variant`: the kind of question decides it ("how many mistakes": count), so the parser learns its values as kinds. `needs`: what
    a question that sets it asks of a model, where the operation else asks none.
    """

    name: str
    domain: Domain
    default: Scalar | None = None
    required: bool = False
    variant: bool = False
    needs: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Context:
    """What `run` may use beside the request: the explained model, the data, the instances asked about, and progress.

    `instances` are those that the request's ids, custom text or filter pick, in order. The model (a models.base.ExplainedModel,
    which core cannot name) is loaded when it is first asked for: questions about the data need none. `library` is the
    models.loading.Models of the process: sentence encoder, generators, other explained models. `dataset` and model are the
    session's copies with the request's changes; `copies` gives the same context with others, `others` another explained model
    by name and precision, on the same data with the same changes. `past` are the session's questions so far, for operations
    that declare it; `fitting` says how many instances a filter found, of which an operation on one takes the first.
    """

    load: Callable[[], Any]
    dataset: Dataset
    instances: tuple[Instance, ...]
    progress: Progress
    draws: int = 20
    library: Any = None
    copies: Callable[[tuple[Alteration, ...]], Context] | None = None
    others: Callable[[str, str], Any] | None = None
    past: tuple[Asked, ...] = ()
    fitting: int = 0

    @cached_property
    def model(self) -> Any:
        """The explained model."""
        return self.load()

    def other(self, model: str, precision: str) -> Any:
        """Another explained model, or the same in another precision."""
        if self.others is None:
            raise ValueError("this context knows no other models")
        return self.others(model, precision)

    def copy(self, changes: tuple[Alteration, ...]) -> Context:
        """The same context on the session's copy with these changes instead of the request's."""
        if self.copies is None:
            raise ValueError("this context knows no copies")
        return self.copies(changes)


Run = Callable[[Request, Context], Explanation]


@dataclass(frozen=True)
class Operation:
    """One thing that a user can ask for. `text` says whether a custom text can stand in for an instance, `past` whether it is
    about the conversation so far. `sides` are the slots that set two sides of one instance apart; where none of them is said, two
    instances of a question are the two sides of one request. Empty: every instance is a request of its own.
    """

    name: str
    group: str
    slots: tuple[Slot, ...]
    scope: str
    needs: frozenset[str]
    gives: type
    judged_by: tuple[str, ...]
    text: bool
    run: Run
    path: Path
    past: bool = False
    sides: tuple[str, ...] = ()

    @property
    def words(self) -> Words:
        """Its words in every language, from the TOML file beside its code."""
        return words(self.path.with_suffix(".toml"))

    @property
    def about(self) -> str:
        """First line of the docstring."""
        return (self.run.__doc__ or "").strip().splitlines()[0]

    def needs_of(self, request: Request) -> frozenset[str]:
        """What this question needs of the model: a slot that it sets may need more than the operation."""
        return self.needs.union(*(slot.needs for slot in self.slots if request.slot(slot.name) is not None))

    @property
    def has_precision(self) -> bool:
        """Whether it can be asked in a precision: it asks a model, and has no use of its own for the word."""
        return bool(self.needs) and PRECISION not in {slot.name for slot in self.slots}

    @property
    def slot_names(self) -> tuple[str, ...]:
        """Every slot that a question may set, sorted: those declared, and the precision of whatever asks a model."""
        own = (PRECISION,) if self.has_precision else ()
        return tuple(sorted((*own, *(slot.name for slot in self.slots))))

    def slot(self, name: str) -> Slot:
        """The slot of this name; raises UserError("unknown_slot")."""
        found = {slot.name: slot for slot in self.slots}
        if name not in found:
            raise unknown("unknown_slot", name, found or {"–": None})
        return found[name]


OPERATIONS: Registry[Operation] = Registry("unknown_operation")


def operation(
    *,
    group: str,
    scope: str,
    gives: type,
    slots: tuple[Slot, ...] = (),
    needs: frozenset[str] = frozenset(),
    judged_by: tuple[str, ...] = (),
    text: bool = False,
    past: bool = False,
    sides: tuple[str, ...] = (),
) -> Callable[[Run], Operation]:
    """Declare the function below as the operation of its name."""

    def declare(run: Run) -> Operation:
        path = Path(run.__code__.co_filename)
        return OPERATIONS.add(
            Operation(
                run.__name__, group, slots, scope, frozenset(needs), gives, judged_by, text, run, path, past, sides
            )
        )

    return declare
