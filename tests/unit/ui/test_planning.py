"""Agent mode in the page: a plan as a turn of the conversation, its steps as they come, stop, refusals, and the switch."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from agent.planning.agent_mode import planned, planners
from agent.planning.planner import MISSES
from agent.planning.tools import tools
from agent.sharing.records import explanation_record, read_records
from agent.sharing.reopen import reopened
from agent.state import ANSWERED, FAILED, STOPPED, Message, Turn
from agent.turn import Agent
from core.blocks import Block, Fold, Heat, Notice
from core.errors import Stopped, UserError
from core.languages import complete
from core.progress import Progress
from core.settings import Settings
from core.values import from_json, to_json
from core.waiting import waited
from models.catalog import find
from tests.films import films, toy_agent
from tests.markup_reader import read
from tests.unit.agent.test_planner import Scripted, call
from ui.actions import Marks
from ui.chat import Chat
from ui.planning import Planning
from ui.turns import conversation, keyed
from ui.words import say

NAME = "remote:scripted@http://127.0.0.1:9/v1"
STEPS = (call("count"), call("attribute", id=0, method="occlusion"))
SAID = "It has 3 films [1]. “great” pushes it most, by +6.000 [2]. About 47 are dull."


@pytest.fixture
def agent(settings: Settings, tmp_path: Path) -> Agent:
    return toy_agent(settings.model_copy(update={"agent_model": NAME}), tmp_path)


def question(folder: Path, text: str = "Why is 0 positive?", language: str = "en") -> Message:
    return Message(text, language, "en", dataset=films(folder), planner=NAME)


def made(agent: Agent, message: Message, *script: object, **options: object) -> Turn:
    model = script[0] if isinstance(script[0], Scripted) else Scripted(*script)  # type: ignore[arg-type]
    agent.talker = lambda *_: model  # type: ignore[method-assign,assignment]
    return planned(agent, "one", message, options.pop("progress", Progress()), **options)  # type: ignore[arg-type]


def folds(turn: Turn) -> list[Fold]:
    return [block for block in turn.reply.blocks if isinstance(block, Fold)]


def test_a_plan_is_one_turn_with_its_steps_folded(agent: Agent, tmp_path: Path) -> None:
    seen: list[Block] = []
    turn = made(agent, question(tmp_path), *STEPS, SAID, listen=seen.append)
    assert turn.outcome == ANSWERED and turn.reply.blocks[0].plain.startswith("It has 3 films. [1]")
    assert [fold.title for fold in folds(turn)] == ["[1] count", "[2] attribute(method=occlusion) where id = 0"]
    assert seen == folds(turn) and any(isinstance(block, Heat) for block in folds(turn)[1].blocks)
    assert (
        "47" not in turn.reply.plain and "left out" in turn.reply.plain and NAME.rpartition("@")[2] in turn.reply.plain
    )
    assert agent.history("one") == (turn,) and from_json(to_json(turn)) == turn


def test_the_conversation_goes_on_from_a_plan(agent: Agent, tmp_path: Path) -> None:
    made(agent, question(tmp_path), *STEPS, SAID)
    after = agent.turn("one", Message(query="same where id = 2", dataset=films(tmp_path)), Progress())
    assert after.request is not None and (after.request.operation, after.request.ids) == ("attribute", (2,))
    asked = agent.turn("one", Message(query="history", dataset=films(tmp_path)), Progress())
    assert "Why is 0 positive?" in asked.reply.plain and len(agent.history("one")) == 3


def test_a_plan_knows_what_was_asked_before_and_shares_the_sessions_changes(agent: Agent, tmp_path: Path) -> None:
    agent.turn("one", Message(query="edit_label(label=negative) where id = 0", dataset=films(tmp_path)), Progress())
    model = Scripted(call("labels"), "It has 3 negative films.")
    turn = made(agent, question(tmp_path, "And how many negative ones now?"), model)
    told = str(model.told[0][1]["content"])
    assert "edit_label" in told and told.index("edit_label") < told.index("And how many")
    assert turn.answers[0].request.changes, "the step saw the session's own copy"
    undone = agent.turn("one", Message(query="undo", dataset=films(tmp_path)), Progress())
    assert undone.outcome == ANSWERED


def test_a_stop_takes_hold_while_the_model_thinks_and_keeps_the_steps(agent: Agent, tmp_path: Path) -> None:
    thinking, progress = threading.Event(), Progress()

    class Slow(Scripted):
        def chat(self, turns, tokens, seed=0, tools=()):  # type: ignore[no-untyped-def]
            if len(self.script) == 1:
                progress.stop()
                thinking.wait(20)
            return super().chat(turns, tokens, seed, tools)

    turn = made(agent, question(tmp_path, language="de"), Slow(*STEPS, "never said"), progress=progress)
    thinking.set()
    assert turn.outcome == STOPPED and len(folds(turn)) == 2 and not turn.answers
    assert turn.reply.blocks[0].plain.startswith("Angehalten") and turn.seconds < 10
    assert agent.history("one") == (turn,)


def test_a_model_that_is_too_weak_is_refused_in_the_visitors_language(agent: Agent, tmp_path: Path) -> None:
    turn = made(agent, question(tmp_path, language="te"), "I think it is “great”.")
    assert turn.outcome == FAILED and turn.problem is not None and turn.problem.kind == "no_tool_calls"
    (told,) = turn.reply.blocks
    assert isinstance(told, Notice) and told.tone == "error" and turn.reply.language == "te"
    late = made(agent, question(tmp_path), call("count"), *[call("attribute", id=999)] * MISSES)
    assert late.outcome == FAILED and len(folds(late)) == 1, "what was found before it gave up stays"


@pytest.mark.parametrize("name", ["remote:other@http://10.0.0.1/v1", "e5-small", "file:/etc", "hub:some/model"])
def test_visitors_choose_only_among_the_models_that_are_offered(agent: Agent, tmp_path: Path, name: str) -> None:
    turn = made(agent, replace(question(tmp_path), planner=name), call("count"), "There are 3 films.")
    assert turn.outcome == FAILED and turn.problem is not None and turn.problem.kind == "unknown_model"


def test_the_model_of_the_settings_stands_first_and_packaged_ones_follow(agent: Agent, settings: Settings) -> None:
    offered = [name for name, _ in planners(agent)]
    assert offered[0] == NAME and "qwen-coder-1.5b" in offered and "smollm2-135m" not in offered
    assert NAME not in [name for name, _ in planners(Agent(settings))]


def test_a_plan_counts_as_one_question(settings: Settings, tmp_path: Path) -> None:
    few = settings.model_copy(update={"agent_model": NAME, "turns_per_minute": 1})
    agent = Agent(few, tmp_path / "sessions.sqlite")
    message = replace(question(tmp_path), dataset="")
    turns = [made(agent, message, call("count"), call("labels"), "There are some films.") for _ in range(2)]
    assert [turn.outcome for turn in turns] == [ANSWERED, FAILED]
    assert turns[1].problem is not None and turns[1].problem.kind == "too_many_turns"


def test_a_record_and_a_link_hold_the_steps(agent: Agent, tmp_path: Path) -> None:
    turn = made(agent, question(tmp_path), *STEPS, SAID)
    kept = explanation_record(turn)
    assert [one.operation for one in reopened(kept["link"])] == ["count", "attribute"]
    assert kept["reply"] == turn.reply.plain and kept["text"] == "Why is 0 positive?"
    (one,) = read_records(json.dumps(kept))
    assert [request.operation for request in one.requests] == ["count", "attribute"]


def test_the_page_shows_steps_as_they_come_and_the_report_at_last(agent: Agent, tmp_path: Path) -> None:
    go = threading.Event()

    class Waiting(Scripted):
        def chat(self, turns, tokens, seed=0, tools=()):  # type: ignore[no-untyped-def]
            if len(self.script) == 1:
                go.wait(20)
            return super().chat(turns, tokens, seed, tools)

    model = Waiting(*STEPS, SAID)
    agent.talker = lambda *_: model  # type: ignore[method-assign,assignment]
    views = Chat(agent).ask("one", question(tmp_path))
    for view in views:
        shown = read(view.live)
        if len(shown.all("fold")) == 2:
            break
    assert "Step 3 of at most 8" in shown.all("step")[0].text and view.busy
    go.set()
    last = list(views)[-1]
    assert last.history is not None and not last.busy
    page = read(last.history)
    assert len(page.all("fold")) == 2 and page.all("by")[0].text == "Planned by scripted"
    links = [one.attributes for one in page.elements if "data-link" in one.attributes]
    assert links and links[0]["title"] == say("plan.link", "en")
    again = [one.attributes for one in page.elements if one.attributes.get("data-say") == "Why is 0 positive?"]
    assert again and "data-query" not in again[0], "asked again, it is planned again"


def test_the_turn_is_shown_in_every_language(agent: Agent, tmp_path: Path) -> None:
    turn = made(agent, question(tmp_path), *STEPS, SAID)
    for language in complete():
        html = conversation(keyed([turn]), language, {}.get, Marks())
        assert say("plan.by", language, model="scripted") in read(html).text


def test_settled_tools_leave_out_what_the_visitor_chose_and_lists_stand_once() -> None:
    given = {one.name: one.args_schema["properties"] for one in tools(lambda *_: "", settled=True)}  # type: ignore[index]
    whole = {one.name: one.args_schema["properties"] for one in tools(lambda *_: "")}  # type: ignore[index]
    assert set(whole["predict"]) - set(given["predict"]) == {"model", "precision", "dataset"}
    assert {"to_model", "to_precision"} <= set(given["compare"])
    method = given["attribute"]["method"]
    assert "lime" in method["enum"] and "lime" not in method.get("description", "")


def test_the_switch() -> None:
    layout = SimpleNamespace(composer=SimpleNamespace(several="several"), settled=SimpleNamespace(planner="planner"))
    planning = Planning(layout)  # type: ignore[arg-type]
    assert planning.planner({"several": True, "planner": NAME}) == NAME
    assert planning.planner({"several": False, "planner": NAME}) == planning.planner({"several": True}) == ""
    assert find(NAME).title == "scripted"


def test_waiting_gives_back_what_work_gives_or_raises() -> None:
    assert waited(lambda: 7, lambda: None) == 7
    with pytest.raises(UserError, match="no_network"):
        waited(_offline, lambda: None)
    hold = threading.Event()

    def look() -> None:
        raise Stopped("plan")

    with pytest.raises(Stopped):
        waited(lambda: hold.wait(20), look)
    hold.set()


def _offline() -> int:
    raise UserError("no_network")
