"""The chat in the terminal: maps that read without colour, commands, suggestions by number, Ctrl+C, and plain text when piped."""

from __future__ import annotations

import io
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from agent.state import STOPPED, Message, Turn
from agent.turn import Agent
from core.blocks import Badge, Bar, Choices, Diff, DiffPart, Fold, Heat, HeatToken, Notice, Plot, Rows, Text
from core.dialogue import Reply
from core.errors import Stopped
from core.progress import Progress
from core.settings import Settings
from jobs.chat import Chat
from jobs.reporting.chat_blocks import folded, render
from tests.films import films, toy_agent

HEAT = Heat(
    (
        HeatToken("great", " ", 3.0),
        HeatToken("dull", " ", -1.5),
        HeatToken("电影", "", 0.001),
        HeatToken("فيلم", " ", 1.0, shown=False),
        HeatToken("\x1b[2Jevil", "", 0.5),
    ),
    "logits",
    ("for positive", "against positive"),
)


def drawn(*blocks: object, colour: bool = True, width: int = 80) -> str:
    out = io.StringIO()
    console = Console(
        file=out,
        force_terminal=True,
        color_system="truecolor",
        no_color=not colour,
        width=width,
        markup=False,
        highlight=False,
    )
    console.print(render(blocks))  # type: ignore[arg-type]
    return out.getvalue()


def test_a_heat_map_is_coloured_and_reads_without_colour() -> None:
    said = drawn(HEAT)
    assert "\x1b[1;4;30;48;2;92;158;230mgreat" in said  # strong and speaking for: bold, underlined, blue
    assert "\x1b[3;30;48;2;248;204;164mdull" in said  # half as strong and speaking against: italic, orange
    plain = drawn(HEAT, colour=False)
    assert "48;2" not in plain and "\x1b[1;4mgreat" in plain and "\x1b[3mdull" in plain and "电影فيلم" in plain
    assert "great +3.000, dull −1.500" in plain and "for positive" in plain and "against positive" in plain


def test_no_control_sequence_of_the_data_reaches_the_terminal() -> None:
    blocks = (HEAT, Text("\x1b]0;title\x07x"), Rows(("a",), (("\x1b[31mred",),)), Notice("error", "[bold]\x1b[5m"))
    assert not any(bad in drawn(*blocks) for bad in ("\x1b[2J", "\x1b]0", "\x07", "\x1b[31mred", "\x1b[5m"))
    assert "[bold]" in drawn(*blocks)


def test_every_kind_of_block_is_drawn() -> None:
    blocks = (
        Diff((DiffPart("same", "a "), DiffPart("removed", "dull"), DiffPart("added", "great"))),
        Plot((Bar("positive", 0.5, "50%", True), Bar("negative", 0.25, "25%")), 1.0, "Sure?"),
        Rows(("id", "text"), (("1", "ఒక చిత్రం"),), "Rows"),
        Badge("good", "Better than chance", (Rows(("check", "value"), (("Sufficiency", "0.1"),)),), "Figures"),
        Fold("How", (Text("model e5-small"),)),
        Choices(("Why?", "Undo"), ("attribute", "undo")),
        Choices(("Or this",), ("predict",)),
    )
    said = drawn(*blocks, colour=False)
    for part in ("[-dull-]", "{+great+}", "████████████············", "ఒక చిత్రం", "✓", "\x1b[7m 3 \x1b[0m Or this"):
        assert part in said, part
    assert "Sufficiency" not in said and "e5-small" not in said
    out = io.StringIO()
    Console(file=out).print(folded(blocks))  # type: ignore[arg-type]
    assert "Sufficiency" in out.getvalue() and "e5-small" in out.getvalue()


@pytest.fixture
def chat(settings: Settings, tmp_path: Path) -> Chat:
    wish = Message(dataset=films(tmp_path), model="e5-small")
    return Chat(toy_agent(settings, tmp_path), Console(file=io.StringIO(), width=100), wish)


def said(chat: Chat) -> str:
    assert isinstance(chat.console.file, io.StringIO)
    return chat.console.file.getvalue()


def ask(chat: Chat, query: str) -> None:
    chat._show(chat._answer(replace(chat.wish, query=query)))


def test_piped_it_is_plain_text_and_a_number_picks_a_suggestion(chat: Chat) -> None:
    ask(chat, "predict where id = 1")
    chat.run(iter(["1", "/quit", "never read"]))
    assert "\x1b" not in said(chat) and chat.last is not None
    assert chat.last.message.query == "attribute where id = 1" and "(logits)" in said(chat)


def test_commands_change_what_comes_next(chat: Chat, tmp_path: Path) -> None:
    chat.run(iter(["/lang de", "/precision fp32", "/model gemma-3-270m"]))
    assert (chat.wish.language, chat.wish.interface, chat.wish.precision) == ("de", "de", "fp32")
    assert chat.wish.model == "gemma-3-270m" and "Das Modell ist jetzt Gemma 3 270M." in said(chat)
    ask(chat, "predict where id = 1")
    assert chat.last is not None and chat.last.reply.language == "de"
    chat.run(
        iter(
            [
                "/more",
                "/new",
                "/lang xx",
                "/model nothing",
                "/data nothing",
                "/precision 5",
                "/what",
                "/help",
                "/lang auto",
            ]
        )
    )
    assert chat.last is None and chat.agent.history("terminal") == ()
    assert (
        chat.wish.language == "auto" and chat.wish.model == "gemma-3-270m" and chat.wish.dataset.endswith("films.csv")
    )
    for part in ("„xx“", "„nothing“", "/what", "/precision NAME", "in der Sprache"):
        assert part in said(chat)


def test_ctrl_c_ends_the_turn_and_not_the_chat(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    working = threading.Event()

    def slow(session: str, message: Message, progress: Progress) -> Turn:
        try:
            while True:
                progress("attribute", 0.5)
                working.set()
                threading.Event().wait(0.005)
        except Stopped:
            return Turn(message, STOPPED, Reply((Text("Stopped."),)))

    join, pressed = threading.Thread.join, []

    def interrupted(self: threading.Thread, timeout: float | None = None) -> None:
        working.wait(5)
        if not pressed:
            pressed.append(True)
            raise KeyboardInterrupt
        join(self, timeout)

    monkeypatch.setattr(
        chat, "agent", type("Slow", (), {"turn": staticmethod(slow), "step_words": lambda *_: "working"})()
    )
    monkeypatch.setattr(threading.Thread, "join", interrupted)
    chat.line("Why?")
    monkeypatch.undo()
    assert chat.last is not None and chat.last.outcome == STOPPED and "Stopping at the next step" in said(chat)
    ask(chat, "count")
    assert chat.last.outcome == "answered" and isinstance(chat.agent, Agent)
