"""ZeroGPU with a stand-in for the package `spaces`: what goes to the lent GPU, what stays, and its quota in the visitor's words."""

from __future__ import annotations

import pickle
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from agent.replying.ask import say_error
from agent.running import zerogpu
from agent.running.run import Runner
from agent.state import FAILED, STOPPED, Answer, Message, Problem
from agent.turn import Agent
from core.dialogue import Request
from core.errors import UserError
from core.languages import complete
from core.progress import Progress
from core.settings import Settings
from tests.films import films, toy_agent
from tests.toys import Additive

HEAVY = Request("predict", ids=(0,), dataset="reviews", model="qwen3-4b")
LIGHT = replace(HEAVY, model="e5-small")
QUERY = "predict where id = 0"


class Refusal(Exception):
    """As the errors that the package raises: Gradio's, with a title and an English message."""

    def __init__(self, title: str, message: str) -> None:
        super().__init__(message)
        self.title, self.message = title, message


class StandIn(ModuleType):
    """`spaces` on a Space that is lent its GPU: the decorator keeps what it was given, and calls it or what `does` says."""

    def __init__(self, does: Callable[..., Any] | None = None) -> None:
        super().__init__("spaces")
        self.__spec__ = ModuleSpec("spaces", None)
        self.does = does
        self.calls: list[tuple[Settings, Request]] = []
        self.seconds = 0

    def GPU(self, task: Callable[..., Any], duration: int) -> Callable[..., Any]:  # noqa: N802 (the package calls it so)
        self.seconds = duration

        def run(*given: Any) -> Any:
            self.calls.append(pickle.loads(pickle.dumps(given)))  # between processes everything is carried over so
            return self.does(*given) if self.does else task(*given)

        return run


@pytest.fixture
def space(monkeypatch: pytest.MonkeyPatch) -> StandIn:
    made = StandIn()
    config = ModuleType("spaces.config")
    config.Config = SimpleNamespace(zero_gpu=True)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "spaces", made)
    monkeypatch.setitem(sys.modules, "spaces.config", config)
    return made


def ask(
    settings: Settings, folder: Path, model: str = "qwen3-4b", progress: Progress | None = None, language: str = "en"
) -> Any:
    agent = toy_agent(settings, folder)
    return agent.turn(
        "one", Message(query=QUERY, model=model, dataset=films(folder), interface=language), progress or Progress()
    )


def test_without_the_package_nothing_is_lent(settings: Settings) -> None:
    home = Runner(lambda *_: Additive(), 10)  # type: ignore[arg-type]
    assert not zerogpu.lending() and zerogpu.runner(settings, home) is home and zerogpu.at_home(settings) is settings


def test_the_package_alone_lends_nothing(space: StandIn) -> None:
    sys.modules["spaces.config"].Config.zero_gpu = False
    assert not zerogpu.lending()


def test_the_serving_process_has_no_gpu_and_the_other_one_has(settings: Settings, space: StandIn) -> None:
    agent = Agent(settings)
    assert agent._models.settings.device == "cpu" and isinstance(agent._runner, zerogpu.Lent)
    assert agent._runner.settings.device == "cuda" and space.seconds == zerogpu.SECONDS


@pytest.mark.parametrize(
    ("request_", "worth"),
    [
        (HEAVY, True),
        (LIGHT, False),
        (replace(LIGHT, operation="rationalize"), True),
        (replace(HEAVY, operation="count"), False),
        (replace(HEAVY, model="hub:some/model"), True),
        (replace(HEAVY, dataset="upload:mine.csv"), False),
    ],
)
def test_only_what_is_heavy_is_worth_the_quota(request_: Request, worth: bool) -> None:
    assert zerogpu.heavy(request_) is worth


def test_request_and_answer_travel_and_light_questions_stay(settings: Settings, space: StandIn, tmp_path: Path) -> None:
    stay = ask(settings, tmp_path, "e5-small")
    assert stay.outcome == "answered" and not space.calls
    space.does = lambda own, request: pickle.loads(pickle.dumps(replace(stay.answers[0], request=request)))
    turn = ask(settings, tmp_path)
    assert turn.outcome == "answered" and isinstance(turn.answers[0], Answer)
    assert [(own.device, request.model) for own, request in space.calls] == [("cuda", "qwen3-4b")]


def test_what_runs_over_there_sends_errors_back_as_values(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    home = Runner(lambda *_: Additive(), 10)  # type: ignore[arg-type]
    monkeypatch.setattr(zerogpu, "_runner", lambda _: home)
    assert isinstance(zerogpu._answer(settings, replace(HEAVY, ids=(314,))), Answer | Problem)
    found = zerogpu._answer(settings, replace(HEAVY, ids=(999_999,)))
    assert isinstance(found, Problem) and found.kind == "unknown_instance" and dict(found.facts)["id"] == "999999"


@pytest.mark.parametrize(
    ("title", "message", "kind", "fact"),
    [
        (
            "ZeroGPU quota exceeded",
            "You have exceeded your free ZeroGPU quota (60s requested vs. 12s left). Try again in 3:12:00. ",
            "gpu_quota_until",
            "3:12:00",
        ),
        ("ZeroGPU quota exceeded", "Space app has reached its GPU limit. Try re-running outside", "gpu_quota", "e5"),
        ("ZeroGPU queue timeout", "No GPU was available after 60s", "gpu_busy", "e5"),
        ("ZeroGPU worker error", "GPU task aborted", "gpu_busy", "e5"),
    ],
)
def test_the_quota_is_said_in_the_visitors_language(
    settings: Settings, space: StandIn, tmp_path: Path, title: str, message: str, kind: str, fact: str
) -> None:
    def refuse(*_: object) -> None:
        raise Refusal(title, message)

    space.does = refuse
    turn = ask(settings, tmp_path, language="te")
    assert turn.outcome == FAILED and turn.problem is not None and turn.problem.kind == kind
    error = UserError(kind, **dict(turn.problem.facts))
    assert turn.reply.plain == say_error(error, "te") and message not in turn.reply.plain
    assert len({say_error(error, language) for language in complete()}) == len(complete())
    assert all(fact in say_error(error, language) for language in complete())


def test_another_defect_is_none_of_the_quotas(settings: Settings, space: StandIn, tmp_path: Path) -> None:
    def break_down(*_: object) -> None:
        raise Refusal("ZeroGPU worker error", "ZeroDivisionError")

    space.does = break_down
    assert ask(settings, tmp_path).problem.kind == "defect"


def test_a_stop_does_not_wait_for_the_gpu(settings: Settings, space: StandIn, tmp_path: Path) -> None:
    progress, hold = Progress(), threading.Event()

    def slow(*_: object) -> None:
        progress.stop()
        hold.wait(20)

    space.does = slow
    turn = ask(settings, tmp_path, progress=progress)
    hold.set()
    assert turn.outcome == STOPPED and turn.seconds < 10
