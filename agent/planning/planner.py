"""Agent mode: a chat model plans, calls our operations one by one, and writes an answer in which every number is a result's.

Nothing of the answer is taken on trust: a sentence with a number that no tool gave is dropped, and that is said.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.runnables import Runnable
from langchain_core.tools import StructuredTool

from agent.arguments import message_of
from agent.planning.number_check import checked
from agent.planning.tools import result, tools
from agent.replying.ask import say_error
from agent.resolving.guard import wrapped
from agent.state import FAILED, STOPPED, Message, Turn
from core.blocks import Block, Notice, Text
from core.dialogue import Reply
from core.errors import Stopped, UserError, unknown
from core.languages import complete
from core.operation import Operation
from core.progress import Progress
from core.values import value
from core.waiting import waited
from core.words import words_beside
from parsers.words.language_id import detect

WORDS = words_beside(__file__)
STEP = "plan"  # the key under `step` that planning reports its progress with
BUDGET = 8  # calls for one question; the questions that we know need two to five
MISSES = 3  # calls in a row that cannot be carried out; then the model is too weak
Ask = Callable[[Message, Progress], Turn]
Chat = Runnable[LanguageModelInput, AIMessage]


@value
class Step:
    """One call: its place (what [n] in the answer means), the operation, the canonical query, and what came back."""

    number: int
    operation: str
    query: str
    result: str


@value
class Report:
    """What came of a question: the steps, the checked answer ("" where none stood the check), and the sentences left out."""

    question: str
    steps: tuple[Step, ...]
    text: str
    dropped: tuple[str, ...] = ()
    out_of_steps: bool = False
    language: str = "en"
    place: str = ""
    """The address that the question and the results were sent to; "" for a model on this machine."""

    @property
    def reply(self) -> Reply:
        """The report as blocks, its steps as they were told to the model."""
        return self.told([Text(f"[{step.number}] {step.query}\n{step.result}") for step in self.steps])

    def told(self, steps: Sequence[Block]) -> Reply:
        """The report as blocks: the answer, its steps, and aloud what is missing in it."""
        said: list[Block] = [Text(self.text)] if self.text else [Notice("error", self._say("nothing"))]
        said += steps
        facts = {"count": len(self.dropped), "steps": len(self.steps), "place": self.place}
        notes = (("dropped", self.dropped), ("out_of_steps", self.out_of_steps), ("remote", self.place))
        said += [Notice("note", self._say(key, **facts)) for key, holds in notes if holds]
        return Reply(tuple(said), self.language)

    def _say(self, key: str, **facts: object) -> str:
        return WORDS.say(f"note.{key}", self.language, **facts)


Hear = Callable[[Step, Turn], None]


def deaf(step: Step, turn: Turn) -> None:
    """Nobody listens."""


@dataclass
class Planner:
    """A chat model with our operations within reach. `ask` answers one message in the session that the plan works in.

    With `framed`, the question stands in the guard's frame: the model reads it whole, and an order in it is none for the model.
    `before` are questions of the conversation that this one may go on from; `hear` is told of every step when it is done.
    `settled` leaves model, precision and data as the visitor chose them: a model on this machine reads long tools for minutes.
    """

    model: BaseChatModel
    ask: Ask
    name: str
    longest: int = 10_000
    budget: int = BUDGET
    place: str = ""
    framed: bool = False
    before: tuple[str, ...] = ()
    settled: bool = False
    hear: Hear = deaf
    steps: list[Step] = field(default_factory=list)
    missed: int = 0

    def plan(self, question: str, wish: Message, progress: Progress) -> Report:
        """The report on a question; `wish` says which model, precision and data it is about, and the answer's language.

        Raises UserError: no_tool_calls where the model calls none, or none that can be carried out; empty_message, and what
        reaching a remote model raises. Stopped.
        """
        if not any(char.isalnum() for char in question):
            raise UserError("empty_message")
        language = _language(question, wish)
        self.steps, self.missed = [], 0
        known = tools(
            lambda operation, given: self._carry_out(operation, given, wish, language, progress), self.settled
        )
        told = self._conversation(known, question, language, progress)
        if not self.steps:
            raise UserError("no_tool_calls", name=self.name)
        sources = {step.number: f"{step.query}\n{step.result}" for step in self.steps}
        found = checked(told, sources, language)
        over = len(self.steps) >= self.budget
        return Report(question, tuple(self.steps), found.text, found.dropped, over, language, self.place)

    def _conversation(self, known: list[StructuredTool], question: str, language: str, progress: Progress) -> str:
        """The model's turns and ours, until it writes instead of calling, or until the budget is spent."""
        try:
            bound = self.model.bind_tools(known)
        except NotImplementedError as error:
            raise UserError("no_tool_calls", name=self.name) from error
        named = {tool.name: tool for tool in known}
        asked = self._asked(question, language)
        system = WORDS.say("prompt.system", language, budget=self.budget)
        said: list[AnyMessage] = [SystemMessage(system), HumanMessage(asked)]
        while len(self.steps) < self.budget:
            made = self._next(bound, said, progress)
            said.append(made)
            if not made.tool_calls and not made.invalid_tool_calls:
                if self.steps:
                    return str(made.text)
                said.append(HumanMessage(WORDS.say("prompt.first", language)))  # an answer from nothing is none
                self._miss()
            said += self._answers(made, named, language)
        said.append(HumanMessage(WORDS.say("prompt.last", language)))
        return str(self._next(self.model, said, progress).text)

    def _asked(self, question: str, language: str) -> str:
        """The question, after those that it may go on from."""
        earlier = WORDS.say("prompt.before", language, asked="\n".join(self.before)) if self.before else ""
        asked = "\n\n".join(part for part in (earlier, question) if part)
        return wrapped(asked, language) if self.framed else asked

    def _next(self, model: Chat, said: list[AnyMessage], progress: Progress) -> AIMessage:
        """The model's next turn. However long it thinks, a stop takes hold: raises Stopped."""

        def look() -> None:
            if progress.stopped.is_set():
                raise Stopped(STEP)

        progress(STEP, len(self.steps) / self.budget)
        return waited(lambda: model.invoke(said), look)

    def _answers(self, made: AIMessage, named: Mapping[str, StructuredTool], language: str) -> list[AnyMessage]:
        """What each call of a turn gives; what is wrong with a call is told to the model, in words that say what works."""
        found: list[AnyMessage] = []
        for call in made.tool_calls:
            try:
                if call["name"] not in named:
                    raise unknown("unknown_operation", call["name"], named)
                said = str(named[call["name"]].invoke(call["args"])) if len(self.steps) < self.budget else "–"
                self.missed = 0
            except UserError as error:
                said = say_error(error, language)
                self._miss()
            found.append(ToolMessage(said, tool_call_id=call["id"] or call["name"]))
        if made.invalid_tool_calls:
            self._miss()
            found.append(HumanMessage(WORDS.say("prompt.broken", language)))
        return found

    def _miss(self) -> None:
        """Count a turn that was of no use. Raises UserError("no_tool_calls") for one too many."""
        self.missed += 1
        if self.missed >= MISSES:
            raise UserError("no_tool_calls", name=self.name)

    def _carry_out(
        self, operation: Operation, given: Mapping[str, object], wish: Message, language: str, progress: Progress
    ) -> str:
        """One step: the operation run, its result under its number. Raises UserError for arguments that do not fit."""
        asked = message_of(operation, given, self.longest)
        own = {name: getattr(asked, name) or getattr(wish, name) for name in ("model", "precision", "dataset")}
        turn = self.ask(replace(asked, language=language, interface=language, **own), self._within(progress))
        if turn.outcome == STOPPED:
            raise Stopped(operation.name)
        if turn.problem is not None and turn.outcome == FAILED:
            raise UserError(turn.problem.kind, **dict(turn.problem.facts))
        step = Step(len(self.steps) + 1, operation.name, asked.query, result(turn.reply))
        self.steps.append(step)
        self.hear(step, turn)
        return f"[{step.number}] {step.query}\n{step.result}"

    def _within(self, progress: Progress) -> Progress:
        """The progress of one step as a part of the whole plan's."""
        before = len(self.steps)
        return Progress(lambda name, done: progress(name, (before + done) / self.budget), progress.stopped)


def _language(question: str, wish: Message) -> str:
    """The language that was asked for, else the question's where it is complete, else that of the interface."""
    if wish.language in complete():
        return wish.language
    spoken, _ = detect(question, wish.interface)
    return spoken if spoken in complete() else wish.interface
