"""The message flow: question, progress, answer; stop, errors and visitors, with a scripted agent."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Generator
from typing import cast

import pytest

from agent.planning.planner import BUDGET
from agent.replying.cost_warning import Foretell, keep_quiet
from agent.state import ANSWERED, STOPPED, Message, Turn
from agent.turn import Agent
from core.blocks import Text
from core.dialogue import Reply
from core.errors import Stopped, UserError
from core.progress import Progress
from tests.markup_reader import read
from ui.chat import Chat, View
from ui.worker import Step

Script = Callable[[str, Message, Progress], Turn]


def answered(message: Message, said: str) -> Turn:
    return Turn(message, ANSWERED, Reply((Text(said),)))


class Scripted:
    """An agent that answers by a script and remembers its turns by session."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.turns: dict[str, list[Turn]] = {}

    def turn(self, session: str, message: Message, progress: Progress, foretell: Foretell = keep_quiet) -> Turn:
        made = self.script(session, message, progress)
        self.turns.setdefault(session, []).append(made)
        return made

    def history(self, session: str) -> tuple[Turn, ...]:
        return tuple(self.turns.get(session, ()))

    def forget(self, session: str) -> None:
        self.turns.pop(session, None)

    def step_words(self, step: str, language: str) -> str:
        return f"step {step}"

    def say_error(self, error: UserError, language: str) -> str:
        return f"sentence for {error.kind}"


def chat_of(script: Script) -> Chat:
    return Chat(cast(Agent, Scripted(script)))


def texts(views: list[View]) -> list[str]:
    return [read(view.live).text for view in views]


def test_question_comes_at_once_then_progress_then_the_answer() -> None:
    seen = threading.Event()

    def script(session: str, message: Message, progress: Progress) -> Turn:
        seen.wait(5)
        progress("predict", 0.4)
        return answered(message, "It is negative.")

    views = chat_of(script).ask("s", Message("Why?"))
    first = next(views)
    assert first.busy and "Why?" in first.live and "Starting" in first.live
    seen.set()
    rest = list(views)
    assert any("step predict · 40 %" in text for text in texts(rest)) or len(rest) == 1
    assert rest[-1].history is not None and not rest[-1].busy and rest[-1].live == ""
    assert read(rest[-1].history).all("answer")[0].text == "It is negative."


def test_half_an_emoji_does_not_reach_the_page() -> None:
    chat = chat_of(lambda session, message, progress: answered(message, "Yes."))
    views = list(chat.ask("s", Message("Why \ud83d?")))
    assert not views[-1].busy and views[-1].history is not None and "Yes." in views[-1].history
    for view in views:
        (view.live + (view.history or "") + (view.past or "")).encode()


def test_what_will_take_long_is_told_after_a_moment_with_the_time_so_far() -> None:
    chat = chat_of(lambda session, message, progress: answered(message, "yes"))
    message, told = Message("Why?"), (Text("This takes about 90 s."),)
    early, late = (read(chat._working(message, Step("predict", 0.1), since, told)) for since in (0.2, 3.4))
    assert "90 s" not in early.text and "90 s" in late.text
    assert late.all("clock")[0].text == "3 s" and late.all("clock")[0].attributes["aria-hidden"] == "true"


def test_a_cheaper_choice_stops_what_runs_and_takes_its_place() -> None:
    started = threading.Event()

    def script(session: str, message: Message, progress: Progress) -> Turn:
        try:
            while message.text == "slow":
                progress("attribute", 0.1)
                started.set()
                threading.Event().wait(0.005)
        except Stopped:
            return Turn(message, STOPPED, Reply((Text("Stopped."),)))
        return answered(message, "quick answer")

    chat = chat_of(script)
    slow = chat.ask("s", Message("slow"))
    next(slow)
    started.wait(5)
    last = list(chat.instead("s", Message("quick")))[-1]
    assert last.history is not None and "quick answer" in last.history and "Stopped." in last.history
    assert last.past is not None and [one.text for one in read(last.past).all("past-text")] == ["quick", "slow"]
    slow.close()  # type: ignore[attr-defined]


def test_stop_ends_the_turn_at_its_next_step() -> None:
    working = threading.Event()

    def script(session: str, message: Message, progress: Progress) -> Turn:
        try:
            for step in range(10_000):
                progress("attribute", step / 10_000)
                working.set()
                threading.Event().wait(0.005)
        except Stopped:
            return Turn(message, STOPPED, Reply((Text("Stopped."),)))
        raise AssertionError("nobody stopped it")

    chat = chat_of(script)
    views = chat.ask("s", Message("Something long"))
    next(views)
    working.wait(5)
    chat.stop("s")
    last = list(views)[-1]
    assert last.history is not None and "Stopped." in last.history and not last.busy


def test_a_session_answers_one_message_at_a_time_and_others_do_not_wait() -> None:
    go = threading.Event()

    def script(session: str, message: Message, progress: Progress) -> Turn:
        if session == "slow":
            go.wait(5)
        return answered(message, f"for {session}")

    chat = chat_of(script)
    slow = chat.ask("slow", Message("one"))
    next(slow)
    assert list(chat.ask("slow", Message("two"))) == []
    other = list(chat.ask("other", Message("three")))[-1]
    assert other.history is not None and "for other" in other.history
    go.set()
    last = list(slow)[-1]
    assert last.history is not None and "for slow" in last.history and "for other" not in last.history
    assert list(chat.ask("slow", Message("four")))[-1].history is not None


def test_a_closed_page_stops_its_work() -> None:
    ended = threading.Event()

    def script(session: str, message: Message, progress: Progress) -> Turn:
        try:
            while True:
                progress("attribute", 0.1)
                threading.Event().wait(0.005)
        except Stopped:
            ended.set()
            return Turn(message, STOPPED, Reply((Text("Stopped."),)))

    views = chat_of(script).ask("s", Message("one"))
    next(views)
    next(views)
    cast(Generator[View, None, None], views).close()
    assert ended.wait(5)


def test_a_user_error_becomes_its_sentence() -> None:
    def script(session: str, message: Message, progress: Progress) -> Turn:
        raise UserError("no_network")

    last = list(chat_of(script).ask("s", Message("one")))[-1]
    assert last.history is None and not last.busy
    assert read(last.live).all("notice")[0].text == "sentence for no_network"


def test_a_defect_is_logged_under_the_id_that_the_visitor_gets(caplog: pytest.LogCaptureFixture) -> None:
    def script(session: str, message: Message, progress: Progress) -> Turn:
        raise ZeroDivisionError("secret detail")

    with caplog.at_level(logging.ERROR, logger="polylens"):
        last = list(chat_of(script).ask("s", Message("one")))[-1]
    number = caplog.records[0].getMessage().split()[-1]
    assert number in last.live and "secret detail" not in last.live


def test_an_answer_that_the_session_does_not_keep_is_shown_all_the_same() -> None:
    chat = chat_of(lambda session, message, progress: answered(message, "too long"))
    kept = cast(Scripted, chat.agent)
    kept.history = lambda session: ()  # type: ignore[method-assign]
    last = list(chat.ask("s", Message("one")))[-1]
    assert "too long" in (last.history or "") + last.live


def test_a_plan_that_used_its_budget_is_at_its_last_step_while_the_answer_is_written() -> None:
    chat = chat_of(lambda session, message, progress: answered(message, "yes"))
    message, steps = Message("Why?", planner="any"), [Text(f"step {number}") for number in range(BUDGET)]
    for done, said in ((2, "Step 3 of at most 8"), (BUDGET, "Step 8 of at most 8")):
        assert said in read(chat._working(message, Step("plan", 1.0), 1.0, steps[:done])).text


def test_a_conversation_that_is_dropped_while_it_is_answered_neither_comes_back_nor_is_shown() -> None:
    working, go = threading.Event(), threading.Event()

    def script(session: str, message: Message, progress: Progress) -> Turn:
        working.set()
        go.wait(5)
        return answered(message, "too late")

    chat = chat_of(script)
    views = chat.ask("s", Message("one"))
    assert next(views).busy
    working.wait(5)
    chat.forget("s")
    assert not [view for view in views if view.history is not None or not view.busy]
    go.set()
    chat.running.wait("s")
    deadline = time.monotonic() + 5
    while chat.history("s", "en") and time.monotonic() < deadline:
        time.sleep(0.01)
    assert chat.history("s", "en") == ""


def test_forgetting_empties_one_conversation() -> None:
    chat = chat_of(lambda session, message, progress: answered(message, "yes"))
    for session in ("a", "b"):
        list(chat.ask(session, Message("one")))
    chat.forget("a")
    assert chat.history("a", "en") == "" and "yes" in chat.history("b", "en")


def test_a_turn_that_cannot_be_drawn_ends_with_an_id_all_the_same(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def conversation(*_: object) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr("ui.chat.conversation", conversation)
    with caplog.at_level(logging.ERROR, logger="polylens"):
        last = list(chat_of(lambda session, message, progress: answered(message, "yes")).ask("s", Message("one")))[-1]
    assert not last.busy and caplog.records[0].getMessage().split()[-1] in last.live
