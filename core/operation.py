"""An operation, declared once: its slots, what it works on, what it needs of a model, what it gives and what judges it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from core.data import Dataset, Instance, Schema
from core.dialogue import Alteration, Request, Scalar
from core.errors import UserError, unknown
from core.explanations import Explanation
from core.languages import code_of
from core.past import Asked
from core.progress import Progress
from core.registry import Registry
from core.words import Words, words

# scope: what an operation works on
ONE_INSTANCE, INSTANCES, DATASET, NOTHING = "one_instance", "instances", "dataset", "nothing"


class Domain(Protocol):
    """The values that a slot may take."""

    @property
    def about(self) -> str:
        """What they are, in English, for the documentation."""
        ...

    def check(self, raw: Scalar, schema: Schema) -> Scalar:
        """The value in its own type; raises UserError with what would work."""
        ...


@dataclass(frozen=True)
class Integer:
    """A whole number from `low` to `high`."""

    low: int
    high: int

    @property
    def about(self) -> str:
        return f"a whole number from {self.low} to {self.high}"

    def check(self, raw: Scalar, schema: Schema) -> int:
        try:
            number = int(raw)
        except ValueError as error:
            raise UserError("not_a_number", value=raw, low=self.low, high=self.high) from error
        if not self.low <= number <= self.high:
            raise UserError("out_of_range", value=raw, low=self.low, high=self.high)
        return number


@dataclass(frozen=True)
class Choice:
    """One of some words."""

    values: tuple[str, ...]

    @property
    def about(self) -> str:
        return " or ".join(f"`{value}`" for value in self.values)

    def check(self, raw: Scalar, schema: Schema) -> str:
        if str(raw) not in self.values:
            raise unknown("unknown_choice", str(raw), self.values)
        return str(raw)


@dataclass(frozen=True)
class OneOf:
    """The name of a registered thing, known only at run time: a method, say."""

    names: Callable[[], tuple[str, ...]]
    error: str

    @property
    def about(self) -> str:
        return "one of " + ", ".join(f"`{name}`" for name in self.names())

    def check(self, raw: Scalar, schema: Schema) -> str:
        if str(raw) not in self.names():
            raise unknown(self.error, str(raw), self.names())
        return str(raw)


@dataclass(frozen=True)
class Label:
    """A label of the task, canonical or in any language's words."""

    @property
    def about(self) -> str:
        return "a label of the task"

    def check(self, raw: Scalar, schema: Schema) -> str:
        said = str(raw).strip().casefold()
        for label in schema.labels:
            words_of = [text.casefold() for _, text in dict(schema.label_words).get(label, ())]
            if said == label.casefold() or said in words_of:
                return label
        raise unknown("unknown_label", str(raw), schema.labels)


@dataclass(frozen=True)
class OwnWords:
    """Words of the user's own, at most `longest` characters."""

    longest: int

    @property
    def about(self) -> str:
        return f"words of your own, at most {self.longest} characters"

    def check(self, raw: Scalar, schema: Schema) -> str:
        said = str(raw).strip()
        if len(said) > self.longest:
            raise UserError("too_long", length=len(said), limit=self.longest)
        return said


@dataclass(frozen=True)
class Tongue:
    """A language, by its code or by a name; the data say which there are."""

    @property
    def about(self) -> str:
        return "a language"

    def check(self, raw: Scalar, schema: Schema) -> str:
        return code_of(str(raw))


@dataclass(frozen=True)
class Slot:
    """A slot with its domain; a slot without a default is asked back when it is missing."""

    name: str
    domain: Domain
    default: Scalar | None = None
    required: bool = False


@dataclass(frozen=True)
class Context:
    """What `run` may use beside the request: the explained model, the data, the instances asked about, and progress.

    `instances` are those that the request's ids, custom text or filter pick, in order. The model (a models.base.ExplainedModel,
    which core cannot name) is loaded when it is first asked for: questions about the data need none. `library` is the
    models.loading.Models of the process: sentence encoder, generators, other explained models. `dataset` and model are the
    session's copies with the request's changes; `copies` gives the same context with others, `others` another explained model
    by name and precision, on the same data with the same changes. `past` are the session's questions so far, for operations
    that declare it.
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
    """One thing that a user can ask for. `text` says whether a user's own text can stand in for an instance, `past` whether it is
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
