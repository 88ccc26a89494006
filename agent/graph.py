"""The wiring: five functions from value to value as a langgraph graph, with the session's memory as its checkpoint."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial, wraps
from typing import Any, Protocol

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime

from agent.graph_state import State, Tools, answer_language, remembered
from agent.replying.ask import ask_back, other_readings, tell_problem
from agent.replying.notes import beside_failures, in_language, of_many, of_revision
from agent.replying.presuppositions import contradicted
from agent.replying.reply import reply
from agent.resolving.guard import ORDER, VERDICT, judge, refusal, typed
from agent.resolving.pending import completed
from agent.resolving.resolve import SURE, named, resolve
from agent.resolving.situation import Situation
from agent.sessions import remember
from agent.sessions.history import past
from agent.sharing.reopen import checked, other_revision, reopened
from agent.state import ANSWERED, ASKED, AUTO, FAILED, STOPPED, Answer, Memory, Problem, Turn
from agent.words import say
from core.blocks import Notice
from core.changes import after
from core.data import Instance
from core.dialogue import Clarification, Reply, Request
from core.errors import Stopped, UserError
from core.explanations import Change
from core.operation import OPERATIONS
from core.validated import validations
from core.values import to_json


class Node(Protocol):
    """A step of a turn."""

    __name__: str

    def __call__(self, state: State, runtime: Runtime[Tools]) -> State: ...


def _memory(state: State, tools: Tools) -> Memory:
    """The session's memory as far as it holds for the rows at hand."""
    return remembered(state).on(state["message"].dataset or tools.settings.dataset, tools.dataset.revision)


def _said_aloud(made: Reply, state: State) -> Reply:
    """The reply, with a note where it is not in the language wanted or asked in, or not about every instance that was named."""
    requests = state.get("requests", ())
    made = of_revision(made, other_revision(requests, state.get("answers", ())))
    made = of_many(made, state.get("named", 0), requests)
    if state["message"].language != AUTO:
        return made
    return in_language(made, state["parse"].language, state["utterance"].language)


def understand(state: State, runtime: Runtime[Tools]) -> State:
    """Message → Utterance and Parse; what only answers our own question back completes the reading that was asked about."""
    tools, message, memory = runtime.context, state["message"], remembered(state)
    tools.progress("parse", 0.0)
    utterance, parse = tools.understand(message, tools.dataset, memory.spoken)
    if memory.asked and typed(message):
        filled = completed(memory.asked, utterance, parse, tools.dataset.schema)
        if filled:
            return {"utterance": utterance, "parse": filled}
    made: State = {"utterance": utterance, "parse": parse}
    if tools.settings.guard == VERDICT and typed(message):
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
    """Requests → Explanations, each judged; one that fails leaves the others their answers."""
    tools, memory = runtime.context, _memory(state, runtime.context)
    answers: list[Answer] = []
    read: list[tuple[Instance, ...]] = []
    failed: list[tuple[str, UserError]] = []
    tools.foretell(tools.foresight.tell(state["requests"], tools.dataset, answer_language(state)))
    for asked in state["requests"]:
        linked = bool(state["message"].link)  # a link brings its changes with it
        memory = memory.opened(asked) if linked else memory
        # a change that this message made counts for its next request
        request = asked if linked else memory.with_changes(asked)
        try:
            made, rows = _carried_out(request, state, answers, tools)
        except UserError as error:
            failed.append((request.operation, error))
            continue
        answers.append(made)
        read.append(rows)
        if isinstance(made.explanation, Change) and memory.with_changes(request) == request:
            memory = memory.changed(request, after(request, made.explanation))
    if not answers:
        raise failed[0][1]
    memory = remember.after(memory, tuple(answers), read, state.get("parse"))
    beside = tuple((operation, Problem.of(error)) for operation, error in failed)
    return {"answers": tuple(answers), "memory": to_json(memory), "failed": beside}


def _carried_out(
    request: Request, state: State, answers: Sequence[Answer], tools: Tools
) -> tuple[Answer, tuple[Instance, ...]]:
    """The answer to one request and the instances that it is about. `answers` are those of this message so far."""
    before = past(state.get("turns", []), answers) if OPERATIONS[request.operation].past else ()
    context = tools.runner.context(request, tools.dataset, tools.progress, before)
    made = tools.foresight.watched(request, tools.dataset, partial(tools.runner.answer, request, context))
    return made, context.instances


def answer(state: State, runtime: Runtime[Tools]) -> State:
    """Explanations and Faithfulness → Reply."""
    runtime.context.progress("reply", 1.0)
    schema, language = runtime.context.dataset.schema, answer_language(state)
    known = validations(runtime.context.settings.cache)
    made = reply(state["answers"], schema, language, known)
    made = replace(made, blocks=(*contradicted(state["parse"], state["answers"], schema, language), *made.blocks))
    if state["parse"].confidence < SURE:
        made = replace(made, blocks=(*made.blocks, *other_readings(state["parse"], schema, language)))
    made = beside_failures(made, state.get("failed", ()), schema)
    return {"reply": _said_aloud(made, state), "outcome": ANSWERED}


def ask(state: State, runtime: Runtime[Tools]) -> State:
    """Clarification → Reply with choices. What was asked, and a wish for all answers to come, is remembered."""
    tools, asked = runtime.context, state["clarification"]
    memory = remember.asking(remembered(state), asked, state["parse"])
    made = ask_back(asked, tools.dataset, answer_language(state))
    return {"reply": _said_aloud(made, state), "outcome": ASKED, "memory": to_json(memory)}


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
    closed: State = {"turn": made, "turns": [to_json(made)] if runtime.context.kept else []}
    if utterance := state.get("utterance"):
        closed["memory"] = to_json(replace(remembered(state), spoken=utterance.language))
    return closed


def guarded(node: Node) -> Node:
    """The node with what a user can do something about turned into a Problem; anything else is a defect and goes on up."""

    @wraps(node)
    def careful(state: State, runtime: Runtime[Tools]) -> State:
        try:
            return node(state, runtime)
        except UserError as error:
            return {"problem": Problem.of(error)}
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
