"""An operation as a function call: the arguments it takes, typed, and the message that given ones stand for.

The API, the MCP server and the LangChain tools are all made from this, so an operation is declared once. Their descriptions
are for programs and the people who write them, hence English, as the help of the terminal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Union, get_args

from agent.state import Message
from core.dialogue import Call, Parse, Scalar, Span
from core.domains import Choice, Domain, Integer, Label, OneOf
from core.errors import UserError, unknown
from core.filters import ById, Filter
from core.languages import complete
from core.operation import DATASET, INSTANCES, ONE_INSTANCE, Operation, Slot
from core.reading import tasks
from models.catalog import catalog
from models.weights.memory import NAMES
from parsers.notation.canonical import read, write

AUTO = "auto"
SETTINGS = ("model", "precision", "dataset", "language")
CLASH = "to_{name}"  # a slot that is named like a setting: `compare` explains with `model` and compares it `to_model`
EXAMPLES = 2  # sample questions in a description


@dataclass(frozen=True)
class Parameter:
    """One argument: its type (str, int, dict[str, str] or a Literal), what it is for, and whether it must be given.

    `default` is what stands for "not given": None, or "" for a text.
    """

    name: str
    kind: object
    about: str
    required: bool = False

    @property
    def default(self) -> str | None:
        return "" if self.kind is str else None

    @property
    def annotation(self) -> object:
        """The type with what stands for "not given"."""
        return self.kind if self.required or self.kind is str else Union[self.kind, None]


def one_of(values: tuple[str, ...]) -> object:
    """The type of a string that is one of these."""
    return Literal[values]


TEXT = Parameter("text", str, "a text of your own to explain instead of a row of the data")
FIELDS = Parameter(
    "fields", dict[str, str], "a text of your own for tasks with several fields, by the names of the fields"
)
ID = Parameter("id", int, "the id of a row of the data set")
WHERE = Parameter(
    "where",
    str,
    'which rows, as a filter: id = 3 or id = 5; includes("battery"); label = negative; language = de; words > 20; not, and, or',
)


def settings() -> tuple[Parameter, ...]:
    """What every question may say beside itself."""
    models, data = ", ".join(catalog().names()), ", ".join(tasks())
    return (
        Parameter("model", str, f"the explained model: {models}, or hub:owner/name; by default that of the server"),
        Parameter("precision", one_of(NAMES), "the number format in which the model computes"),
        Parameter("dataset", str, f"the data set: {data}; by default that of the server"),
        Parameter("language", one_of((AUTO, *complete())), "the language of the answer; auto is that of the question"),
    )


def parameters(operation: Operation) -> tuple[Parameter, ...]:
    """The arguments of an operation: what must be given, what it is about, its slots, and the settings that matter to it."""
    one = (ID,) if operation.scope in (ONE_INSTANCE, INSTANCES) else ()
    own = (TEXT, FIELDS) if operation.text else ()
    narrowed = (WHERE,) if operation.scope in (INSTANCES, DATASET) else ()
    slots = tuple(_parameter(slot) for slot in operation.slots)
    rest = tuple(one for one in settings() if operation.needs or one.name not in ("model", "precision"))
    return tuple(sorted((*one, *own, *narrowed, *slots, *rest), key=lambda one: not one.required))


def description(operation: Operation) -> str:
    """What the operation is called, what it tells, and sample questions that it answers."""
    title, about = (operation.words.say(key, "en") for key in ("title", "about.user"))
    samples = " ".join(ask["text"] for ask in operation.words.get("ask", "en")[:EXAMPLES])
    return f"{title}. {about} Answers questions such as: {samples}"


def message_of(operation: Operation, given: Mapping[str, object], longest: int) -> Message:
    """The message that asks for this operation with these arguments; None and "" are as good as not given.

    Raises UserError: unknown_slot, bad_argument, only_one, too_long (all texts together, in characters), bad_query.
    """
    said = checked(parameters(operation), given)
    length = sum(len(part) for item in said.values() for part in _texts(item))
    if length > longest:
        raise UserError("too_long", length=length, limit=longest)
    language = str(said.get("language", AUTO))
    return Message(
        language=language,
        interface=language if language in complete() else "en",
        model=str(said.get("model", "")),
        precision=str(said.get("precision", "")),
        dataset=str(said.get("dataset", "")),
        query=_query(operation, said),
    )


def checked(known: tuple[Parameter, ...], given: Mapping[str, object]) -> dict[str, object]:
    """The arguments that were given, each of its type. Raises UserError: unknown_slot, bad_argument."""
    named = {one.name: one for one in known}
    for name in given:
        if name not in named:
            raise unknown("unknown_slot", str(name), named)
    said = {name: _typed(named[name], item) for name, item in given.items() if item is not None and item != ""}
    missing = [one for one in known if one.required and one.name not in said]
    if missing:
        raise UserError("bad_argument", name=missing[0].name, found="–", expected=missing[0].about)
    return said


def _typed(one: Parameter, item: object) -> object:
    """The argument in its own type: programs send numbers as text, and whole numbers as 3.0."""
    if one.kind is int and not isinstance(item, bool):
        number = item if isinstance(item, int) else _whole(item)
        if number is not None:
            return number
    elif isinstance(item, dict) and one.kind == dict[str, str]:
        if all(isinstance(part, str) for pair in item.items() for part in pair):
            return item
    elif isinstance(item, str) and (one.kind is str or item in get_args(one.kind)):
        return item
    allowed = ", ".join(map(str, get_args(one.kind))) if isinstance(item, str) else ""
    raise UserError("bad_argument", name=one.name, found=str(item)[:60], expected=allowed or one.about)


def _whole(item: object) -> int | None:
    if isinstance(item, float):
        return int(item) if item.is_integer() else None
    text = item.strip() if isinstance(item, str) else ""
    return int(text) if text.removeprefix("-").isdecimal() and len(text) < 19 else None


def _texts(item: object) -> tuple[str, ...]:
    if isinstance(item, dict):
        return tuple(str(part) for part in item.values())
    return (item,) if isinstance(item, str) else ()


def _query(operation: Operation, said: Mapping[str, object]) -> str:
    """The canonical query; texts are quoted in it, so nothing in them is read as a part of it."""
    about = [name for name in (ID.name, TEXT.name, FIELDS.name, WHERE.name) if name in said]
    if len(about) > 1:
        raise UserError("only_one", given=", ".join(about))
    slots = [(slot.name, said.get(_name(slot))) for slot in operation.slots]
    call = Call(operation.name, tuple(sorted((name, _scalar(item)) for name, item in slots if item is not None)))
    return write(Parse((call,), _filter(operation, said), _own(said)))


def _scalar(item: object) -> Scalar:
    return item if isinstance(item, int) else str(item)


def _filter(operation: Operation, said: Mapping[str, object]) -> Filter | None:
    if isinstance(number := said.get(ID.name), int):
        return ById(number)
    return read(f"{operation.name} where {said[WHERE.name]}").where if WHERE.name in said else None


def _own(said: Mapping[str, object]) -> tuple[Span, ...]:
    fields = said.get(FIELDS.name)
    given = list(fields.items()) if isinstance(fields, dict) else [("", said[TEXT.name])] if TEXT.name in said else []
    return tuple(Span(str(text), 0, len(str(text)), str(field)) for field, text in given)


def _name(slot: Slot) -> str:
    return CLASH.format(name=slot.name) if slot.name in SETTINGS else slot.name


def _parameter(slot: Slot) -> Parameter:
    kind, about = _kind(slot.domain)
    usual = "" if slot.default is None else f"; by default {slot.default}"
    return Parameter(_name(slot), kind, about + usual, slot.required)


def _kind(domain: Domain) -> tuple[object, str]:
    match domain:
        case Integer(low, high):
            return int, f"a whole number from {low} to {high}"
        case Choice(values):
            return one_of(values), f"one of {', '.join(values)}"
        case OneOf(names, _):
            return one_of(names()), f"one of {', '.join(names())}"
        case Label():
            return str, "a label of the data set, such as negative"
        case _:
            return str, "free text"
