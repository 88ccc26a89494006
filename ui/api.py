"""The programming interface: endpoints for gradio_client, and with `--mcp` every operation as a tool, all from declarations.

A call is a session of its own, forgotten afterwards, unless it names one; sessions of programs and of page visitors never meet.
"""

from __future__ import annotations

import inspect
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import gradio as gr
from anyio import CapacityLimiter, to_thread

from agent.arguments import AUTO, Parameter, checked, description, message_of, parameters, settings
from agent.replying.ask import say_error, tell_problem
from agent.sessions.rate_limit import Pace
from agent.sharing.turn_data import turn_data
from agent.state import FAILED, Message, Problem, Turn
from agent.telling.cards import entry
from agent.turn import Agent
from core.errors import UserError
from core.languages import clean, complete
from core.operation import OPERATIONS, Operation
from core.settings import Settings
from core.words import FALLBACK
from models.catalog import catalog
from parsers.words.language_id import detect
from ui.worker import Running

SESSION = Parameter(
    "session",
    str,
    "an id of your own (16 to 64 letters, digits, - or _) to go on in the same conversation; none: a new one",
)
LANGUAGE = Parameter(
    "language", next(one for one in settings() if one.name == "language").kind, "language of the words"
)
QUESTION = (
    Parameter("text", str, "the question, in any language; quote a text of your own"),
    Parameter("query", str, "a canonical query instead of a question: attribute(k=3) where id = 12"),
    Parameter("fields", dict[str, str], "a text of your own for tasks with several fields, by the names of the fields"),
    *settings(),
    SESSION,
)
ASK = (
    "Ask about a decision of the explained model, in your own words. Returns the record of the turn: text, language, parse, and "
    "request, explanation, faithfulness and reply, or clarification, or error with a sentence in your language; seconds."
)
_SESSION = re.compile(r"[0-9A-Za-z_-]{16,64}")
AT_ONCE = 16  # calls that hold a thread; the next ones wait without, so that pages are answered meanwhile
_SPOKEN = 200  # characters that tell the language of a question that is refused
Record = dict[str, Any]
Given = Mapping[str, object]


def add_endpoints(agent: Agent, own: Settings, running: Running) -> None:
    """Add the endpoints to the page that is being built; for MCP one for every operation too."""
    made, places = Api(agent, own, running, Pace(own.turns_per_minute)), CapacityLimiter(AT_ONCE)
    _endpoint("ask", ASK, QUESTION, Record, made.ask, places)
    _endpoint(
        "operations",
        "All operations: title, what they tell, their arguments.",
        (LANGUAGE,),
        list[Record],
        made.operations,
    )
    _endpoint("models", "The models of the catalogue.", (), list[Record], made.models)
    _endpoint(
        "datasets", "The data sets: fields, labels, rows, splits.", (LANGUAGE, SESSION), list[Record], made.datasets
    )
    for operation in OPERATIONS if own.mcp else ():
        takes = (*parameters(operation), SESSION)
        _endpoint(operation.name, description(operation), takes, str, made.tool(operation), places)


@dataclass(frozen=True)
class Api:
    """What the endpoints do. Holds nothing of any caller."""

    agent: Agent
    settings: Settings
    running: Running
    pace: Pace

    def ask(self, given: Given, visitor: str) -> Record:
        """One turn as its record; what is wrong with the input stands in it under `error`."""
        try:
            said = checked(QUESTION, given)
        except UserError as error:
            text, language = given.get("text"), given.get("language")
            return turn_data(_refused(Message(text if isinstance(text, str) else ""), error, _spoken(text, language)))
        message = self._message(said)
        try:
            return turn_data(self._turn(message, str(said.get("session", "")), visitor))
        except UserError as error:
            return turn_data(_refused(message, error, message.interface))

    def operations(self, given: Given, visitor: str) -> list[Record]:
        """Every operation of the registry."""
        language = _language(checked((LANGUAGE,), given).get("language"))
        return [
            {
                "name": one.name,
                "group": one.group,
                "title": one.words.say("title", language),
                "about": one.words.say("about.user", language),
                "arguments": {part.name: part.about for part in parameters(one)},
            }
            for one in OPERATIONS
        ]

    def models(self, given: Given, visitor: str) -> list[Record]:
        """Every row of the catalogue."""
        named = ("name", "title", "family", "licence", "parameters", "download_mb")
        return [
            {name: getattr(row, name) for name in named}
            | {"note": entry("weights", row.note, FALLBACK), "languages": list(row.languages)}
            for row in catalog()
        ]

    def datasets(self, given: Given, visitor: str) -> list[Record]:
        """Every data set that this session may ask about."""
        said = checked((LANGUAGE, SESSION), given)
        session, language = _session(str(said.get("session", ""))), _language(said.get("language"))
        found = []
        for name, title in self.agent.datasets(session, language):
            data = self.agent.dataset(session, name)
            facts = {
                "fields": list(data.schema.fields),
                "labels": list(data.schema.labels),
                "splits": list(data.splits),
            }
            found.append({"name": name, "title": title, "rows": len(data.rows), **facts})
        return found

    def tool(self, operation: Operation) -> Callable[[Given, str], str]:
        """The operation as a function of its arguments: the answer in words, with its figures; raises UserError."""

        def call(given: Given, visitor: str) -> str:
            session = given.get(SESSION.name)
            said = checked((SESSION,), {SESSION.name: session}).get(SESSION.name, "")
            own = {name: item for name, item in given.items() if name != SESSION.name}
            message = message_of(operation, own, self.settings.max_characters)
            made = self._turn(message, str(said), visitor)
            if made.problem is not None and made.outcome == FAILED:
                raise UserError(made.problem.kind, **dict(made.problem.facts))
            return made.reply.plain

        return call

    def _message(self, said: Given) -> Message:
        fields, language = said.get("fields"), said.get("language", AUTO)
        return Message(
            text=str(said.get("text", "")),
            language=str(language),
            interface=_spoken(said.get("text"), language),
            model=str(said.get("model", "")),
            precision=str(said.get("precision", "")),
            dataset=str(said.get("dataset", "")),
            fields=tuple(fields.items()) if isinstance(fields, dict) else (),
            query=str(said.get("query", "")),
        )

    def _turn(self, message: Message, session: str, visitor: str) -> Turn:
        """The answer, in its place among the visitors of the page.

        Raises UserError: bad_session, session_busy, too_many_turns (`visitor` is the address of the caller).
        """
        self.pace.take(visitor)
        name = _session(session)
        events = self.running.run(name, lambda progress: self.agent.turn(name, message, progress))
        if events is None:
            raise UserError("session_busy")
        try:
            return next(event for event in events if isinstance(event, Turn))
        finally:
            if not session:
                self.agent.forget(name)


def _session(given: str) -> str:
    """The session of this id, apart from those of page visitors; a new one for none. Raises UserError("bad_session")."""
    if given and not _SESSION.fullmatch(given):
        raise UserError("bad_session")
    return f"api-{given or uuid.uuid4().hex}"


def _spoken(text: object, language: object) -> str:
    """The language to complain in: the one that was asked for, else that of the text where it is complete."""
    if language in complete():
        return str(language)
    spoken = detect(text[:_SPOKEN], "en")[0] if isinstance(text, str) and text.strip() else "en"
    return _language(spoken)


def _language(given: object) -> str:
    return str(given) if given in complete() else "en"


def _refused(message: Message, error: UserError, language: str) -> Turn:
    problem = Problem(error.kind, tuple(error.facts.items()))
    return Turn(message, FAILED, tell_problem(problem, language), problem=problem)


def _cleaned(given: Given) -> Given:
    """What a program sent, with texts that an answer can hold: half an emoji, cut off, is none."""
    return {clean(name): _clean(value) for name, value in given.items()}


def _clean(value: object) -> object:
    if isinstance(value, dict):
        return _cleaned(value)
    return clean(value) if isinstance(value, str) else value


def _visitor(request: gr.Request) -> str:
    """The address that the call came from."""
    return str(request.client.host) if request and request.client else ""


def _endpoint(
    name: str,
    about: str,
    takes: tuple[Parameter, ...],
    gives: object,
    run: Callable[[Given, str], object],
    places: CapacityLimiter | None = None,
) -> None:
    """One typed and documented endpoint; a UserError is told in the language that was asked for.

    A call that is slow takes one of `places`.
    """

    async def call(request: gr.Request, *values: object) -> object:
        given = dict(zip((one.name for one in takes), values, strict=False))
        try:
            return await to_thread.run_sync(lambda: run(_cleaned(given), _visitor(request)), limiter=places)
        except UserError as error:
            sentence = say_error(error, _language(given.get("language")))
            raise gr.Error(sentence, visible=False, print_exception=False) from error

    typed = {one.name: one.annotation for one in takes}
    asked = inspect.Parameter("request", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=gr.Request)
    listed = [
        inspect.Parameter(
            one.name,
            inspect.Parameter.POSITIONAL_OR_KEYWORD,
            annotation=typed[one.name],
            default=inspect.Parameter.empty if one.required else one.default,
        )
        for one in takes
    ]
    call.__name__, call.__qualname__ = name, name
    call.__annotations__ = {"request": gr.Request, **typed, "return": gives}
    call.__signature__ = inspect.Signature([asked, *listed], return_annotation=gives)  # type: ignore[attr-defined]
    call.__doc__ = "\n".join([about, "Args:", *(f"    {one.name}: {one.about}" for one in takes)])
    gr.api(call, api_name=name, queue=False)
