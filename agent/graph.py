"""The wiring: five functions from value to value as a langgraph graph, with the session's memory as its checkpoint."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial, wraps
from typing import Annotated, Any, Protocol, TypedDict

from langgraph.channels import UntrackedValue
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime

from agent import remember
from agent.ask import ask_back, other_readings, tell_problem
from agent.foresight import Foresight, Foretell, keep_quiet
from agent.guard import ORDER, VERDICT, judge, refusal, typed
from agent.past import past
from agent.reopen import checked, other_revision, reopened
from agent.reply import reply
from agent.resolve import Situation, named, resolve
from agent.retelling import wanted_reader
from agent.run import Runner
from agent.state import ANSWERED, ASKED, FAILED, STOPPED, Answer, Memory, Message, Problem, Turn
from agent.supposed import contradicted
from agent.words import say
from core.blocks import Notice
from core.changes import after
from core.data import Dataset, Instance
from core.dialogue import Clarification, Parse, Reply, Request, Utterance
from core.errors import Stopped, UserError
from core.explanations import Change
from core.languages import complete, languages
from core.operation import OPERATIONS
from core.progress import Progress
from core.settings import Settings
from core.validated import validations
from core.values import from_json, to_json

SURE = 0.7  # a reading below it is acted on, and the next best ones are offered beside the answer
REMEMBERED = 50  # turns that come back after a reload
Understand = Callable[[Message, Dataset, str], tuple[Utterance, Parse]]


@dataclass(frozen=True)
class Tools:
    """What the nodes work with in one turn."""

    understand: Understand
    runner: Runner
    dataset: Dataset
    settings: Settings
    progress: Progress
    started: float
    foresight: Foresight
    foretell: Foretell = keep_quiet
    kept: bool = True
    """False for a step of a plan: the session remembers what it changed, and its turn is a part of another one."""


def _newest(before: list[str], added: list[str]) -> list[str]:
    return (before + added)[-REMEMBERED:]


class State(TypedDict, total=False):
    """`memory` (a Memory) and `turns` (Turns), all as JSON, outlive a turn; everything else is this turn's and is not stored."""

    memory: str
    turns: Annotated[list[str], _newest]
    message: Annotated[Message, UntrackedValue]
    utterance: Annotated[Utterance, UntrackedValue]
    parse: Annotated[Parse, UntrackedValue]
    requests: Annotated[tuple[Request, ...], UntrackedValue]
    named: Annotated[int, UntrackedValue]
    answers: Annotated[tuple[Answer, ...], UntrackedValue]
    clarification: Annotated[Clarification, UntrackedValue]
    problem: Annotated[Problem, UntrackedValue]
    outcome: Annotated[str, UntrackedValue]
    reply: Annotated[Reply, UntrackedValue]
    turn: Annotated[Turn, UntrackedValue]


class Node(Protocol):
    """A step of a turn."""

    __name__: str

    def __call__(self, state: State, runtime: Runtime[Tools]) -> State: ...


def remembered(state: State) -> Memory:
    """The session's memory; an empty one at its start."""
    found = from_json(state["memory"]) if state.get("memory") else Memory()
    return found if isinstance(found, Memory) else Memory()


def _memory(state: State, tools: Tools) -> Memory:
    """The session's memory as far as it holds for the rows at hand."""
    return remembered(state).on(state["message"].dataset or tools.settings.dataset, tools.dataset.revision)


def answer_language(state: State) -> str:
    """The forced language, else the one asked for, else the utterance's where we can write it, else the interface's."""
    message, utterance, parse = state["message"], state.get("utterance"), state.get("parse")
    wanted = (message.language, parse.language if parse else "", utterance.language if utterance else "")
    return next((language for language in wanted if language in complete()), message.interface)


def _said_aloud(made: Reply, state: State) -> Reply:
    """The reply, with a note where it is not in the language wanted or asked in, or not about every instance that was named."""
    wanted, spoken = languages().get(state["parse"].language), languages().get(state["utterance"].language)
    notes = []
    if wanted and made.language != wanted.code and state["message"].language == "auto":
        notes.append(Notice("note", say("note.wanted_language", made.language, wanted=wanted.native)))
    elif spoken and not (wanted or spoken.complete) and state["message"].language == "auto":
        notes.append(Notice("note", say("note.language", made.language, spoken=spoken.native)))
    total, shown = state.get("named", 0), _covered(state.get("requests", ()))
    if total > shown > 0:
        notes.append(Notice("note", say("note.many", made.language, total=total, shown=shown)))
    if moved := other_revision(state.get("requests", ()), state.get("answers", ())):
        notes.append(Notice("note", say("note.other_revision", made.language, then=moved[0], now=moved[1])))
    return replace(made, blocks=(*notes, *made.blocks))


def _covered(requests: tuple[Request, ...]) -> int:
    """How many of the ids every operation that takes some was asked about; 0 where none takes any."""
    ids = {one.operation: set[int]() for one in requests if one.ids}
    for one in requests:
        ids.get(one.operation, set()).update(one.ids)
    return min(map(len, ids.values()), default=0)


def understand(state: State, runtime: Runtime[Tools]) -> State:
    """Message → Utterance and Parse."""
    tools = runtime.context
    tools.progress("parse", 0.0)
    before = remembered(state).requests
    utterance, parse = tools.understand(state["message"], tools.dataset, before[-1].language if before else "")
    made: State = {"utterance": utterance, "parse": parse}
    if tools.settings.guard == VERDICT and typed(state["message"]):
        verdict = judge(utterance, parse)
        made |= {"clarification": refusal(utterance, verdict)} if verdict.intent == ORDER else {}
    return made


def settle(state: State, runtime: Runtime[Tools]) -> State:
    """Parse → Requests, or a Clarification."""
    tools = runtime.context
    if link := state["message"].link:
        data = state["message"].dataset or tools.settings.dataset
        linked = tuple(replace(one, dataset=data) for one in reopened(link))
        return {"requests": checked(linked, tools.dataset, tools.settings)}
    language = answer_language(state)
    situation = Situation(state["message"], _memory(state, tools), tools.dataset, tools.settings, language)
    settled = resolve(state["parse"], situation)
    if isinstance(settled, Clarification):
        return {"clarification": settled}
    return {"requests": settled, "named": named(state["parse"], settled, situation)}


def run(state: State, runtime: Runtime[Tools]) -> State:
    """Requests → Explanations, each judged."""
    tools = runtime.context
    memory = _memory(state, tools)
    answers: list[Answer] = []
    read: list[tuple[Instance, ...]] = []
    tools.foretell(tools.foresight.tell(state["requests"], tools.dataset, state["message"].interface))
    for asked in state["requests"]:
        linked = bool(state["message"].link)  # a link brings its changes with it
        memory = memory.opened(asked) if linked else memory
        request = (
            asked if linked else memory.with_changes(asked)
        )  # a change that this message made counts for its next request
        before = past(state.get("turns", []), answers) if OPERATIONS[request.operation].past else ()
        context = tools.runner.context(request, tools.dataset, tools.progress, before)
        made = tools.foresight.watched(request, tools.dataset, partial(tools.runner.answer, request, context))
        answers.append(made)
        read.append(context.instances)
        if isinstance(made.explanation, Change) and memory.with_changes(request) == request:
            memory = memory.changed(request, after(request, made.explanation))
    memory = remember.after(memory, tuple(answers), read, wanted_reader(state.get("parse")))
    return {"answers": tuple(answers), "memory": to_json(memory)}


def answer(state: State, runtime: Runtime[Tools]) -> State:
    """Explanations and Faithfulness → Reply."""
    runtime.context.progress("reply", 1.0)
    schema, language = runtime.context.dataset.schema, answer_language(state)
    known = validations(runtime.context.settings.cache)
    made = reply(state["answers"], schema, language, known)
    made = replace(made, blocks=(*contradicted(state["parse"], state["answers"], schema, language), *made.blocks))
    if state["parse"].confidence < SURE:
        made = replace(made, blocks=(*made.blocks, *other_readings(state["parse"], schema, language)))
    return {"reply": _said_aloud(made, state), "outcome": ANSWERED}


def ask(state: State, runtime: Runtime[Tools]) -> State:
    """Clarification → Reply with choices."""
    tools = runtime.context
    made = ask_back(state["clarification"], tools.dataset.schema, answer_language(state))
    return {"reply": _said_aloud(made, state), "outcome": ASKED}


def apologise(state: State, runtime: Runtime[Tools]) -> State:
    """Problem → Reply that says what happened and what would work."""
    language = answer_language(state)
    problem = state["problem"]
    if problem.kind == STOPPED:
        return {"reply": Reply((Notice("note", say("reply.stopped", language)),), language), "outcome": STOPPED}
    return {"reply": tell_problem(problem, language, runtime.context.dataset.schema), "outcome": FAILED}


def close(state: State, runtime: Runtime[Tools]) -> State:
    """Everything of this turn as one Turn, which the session keeps."""
    made = Turn(
        message=state["message"],
        outcome=state["outcome"],
        reply=state["reply"],
        utterance=state.get("utterance"),
        parse=state.get("parse"),
        answers=state.get("answers", ()),
        clarification=state.get("clarification"),
        problem=state.get("problem"),
        seconds=round(time.perf_counter() - runtime.context.started, 3),
    )
    return {"turn": made, "turns": [to_json(made)] if runtime.context.kept else []}


def guarded(node: Node) -> Node:
    """The node with what a user can do something about turned into a Problem; anything else is a defect and goes on up."""

    @wraps(node)
    def careful(state: State, runtime: Runtime[Tools]) -> State:
        try:
            return node(state, runtime)
        except UserError as error:
            return {"problem": Problem(error.kind, tuple(error.facts.items()))}
        except Stopped:
            return {"problem": Problem(STOPPED)}

    return careful


def _next(state: State) -> str:
    """Where a turn goes on: a problem and a question back end it early."""
    if "problem" in state:
        return "apologise"
    if "clarification" in state:
        return "ask"
    return "answer" if "answers" in state else "run" if "requests" in state else "settle"


def build(saver: BaseCheckpointSaver[Any]) -> CompiledStateGraph[State, Tools, State, State]:
    """The compiled graph: understand → settle → run → answer, with two early ends."""
    graph = StateGraph(State, context_schema=Tools)
    for node in (understand, settle, run):
        graph.add_node(node.__name__, guarded(node))
        graph.add_conditional_edges(node.__name__, _next, ["settle", "run", "answer", "ask", "apologise"])
    for last in (answer, ask, apologise):
        graph.add_node(last.__name__, last)
        graph.add_edge(last.__name__, "close")
    graph.add_node("close", close)
    graph.add_edge("close", END)
    graph.add_edge(START, "understand")
    return graph.compile(checkpointer=saver)
