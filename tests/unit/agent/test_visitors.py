"""Visitors: how fast they may ask, where they wait, what they bring, that they never meet, and that nothing leaves the machine."""

from __future__ import annotations

import errno
import ipaddress
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from pydantic import SecretStr

from agent.running.run import UPLOAD
from agent.sessions.rate_limit import Pace
from agent.sessions.uploads import MOST, Uploads
from agent.state import Message
from agent.turn import Agent
from app import FAILED, _asking, _door, _listened, _settings, _unserved, main
from core import apart
from core.errors import UserError
from core.languages import complete
from core.progress import Progress
from core.settings import Settings, read_settings
from core.starting import INTERRUPTED, begin
from tests.markup_reader import read
from tests.toys import Additive
from ui.places import Places
from ui.privacy import local
from ui.words import say
from ui.worker import WAITING, Running, Step

SOUP = "text,label\ngreat soup of {name},pos\nawful soup,neg\n"


@pytest.fixture(autouse=True)
def _near(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are read here: the process of its own has its tests in test_apart.py."""
    monkeypatch.setattr(
        "agent.sessions.uploads.read_apart", lambda path, name: apart.infer(apart.read_rows(path), name)
    )


@pytest.fixture
def agent(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Agent:
    made = Agent(settings.model_copy(update={"turns_per_minute": 5}))
    monkeypatch.setattr(made._runner, "load", lambda *_: Additive())
    return made


def soup(folder: Path, name: str = "soup.csv") -> Path:
    path = folder / name
    path.write_text(SOUP.format(name=folder.name), "utf-8")
    return path


def test_a_minute_has_so_many_turns_for_each_visitor() -> None:
    now = [0.0]
    pace = Pace(2, lambda: now[0])
    pace.take("one")
    now[0] = 10
    pace.take("one")
    with pytest.raises(UserError) as refused:
        pace.take("one")
    assert refused.value.kind == "too_many_turns" and refused.value.facts == {"limit": "2", "seconds": "50"}
    pace.take("two")
    now[0] = 60.1
    pace.take("one")
    with pytest.raises(UserError, match="too_many_turns"):
        pace.take("one")


def passes(pace: Pace) -> bool:
    try:
        pace.take("one")
    except UserError:
        return False
    return True


@pytest.mark.parametrize(("limit", "passed"), [(0, 1_000), (999, 999), (1, 1)])
def test_as_many_pass_in_a_minute_as_the_limit_says_and_all_without_one(limit: int, passed: int) -> None:
    pace = Pace(limit, lambda: 0.0)
    assert sum(passes(pace) for _ in range(1_000)) == passed


def test_too_many_questions_are_answered_with_a_sentence_and_forgotten_nothing(agent: Agent) -> None:
    turns = [agent.turn("one", Message(query="count"), Progress()) for _ in range(7)]
    assert [turn.outcome for turn in turns] == ["answered"] * 5 + ["error"] * 2
    assert turns[5].problem is not None and turns[5].problem.kind == "too_many_turns"
    assert len(agent.history("one")) == 5
    assert agent.turn("two", Message(query="count"), Progress()).outcome == "answered"


def test_a_terminal_has_no_limit(settings: Settings) -> None:
    alone = Agent(settings.model_copy(update={"turns_per_minute": 1}), local_files=True)
    assert {alone.turn("one", Message(query="count"), Progress()).outcome for _ in range(3)} == {"answered"}


def test_uploads_belong_to_their_session(agent: Agent, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        agent.add_dataset(name, soup(tmp_path / name))
    agent.add_dataset("two", soup(tmp_path / "two", "stew.csv"))
    assert [agent.dataset(name, UPLOAD + "soup.csv").rows[0].text for name in ("one", "two")] == [
        "great soup of one",
        "great soup of two",
    ]
    assert [name for name, _ in agent.datasets("one") if name.startswith(UPLOAD)] == [UPLOAD + "soup.csv"]
    for guess in ("stew.csv", "../soup.csv", "..", "", "/etc/hostname", "two/soup.csv"):
        with pytest.raises(UserError, match="file_gone"):
            agent.dataset("one", UPLOAD + guess)
    answer = agent.turn("one", Message(query="show where id = 0", dataset=UPLOAD + "soup.csv"), Progress())
    assert "soup of one" in answer.reply.plain and not agent.history("two")
    agent.forget("one")
    assert not agent.history("one") and agent.dataset("two", UPLOAD + "soup.csv")
    with pytest.raises(UserError, match="file_gone"):
        agent.dataset("one", UPLOAD + "soup.csv")


def test_the_same_name_again_is_the_new_file(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path / "kept", 1)
    uploads.add("one", soup(tmp_path))
    (tmp_path / "soup.csv").write_text("text\nanother soup\n", "utf-8")
    uploads.add("one", tmp_path / "soup.csv")
    assert [row.text for row in uploads.load("one", "soup.csv").rows] == ["another soup"]
    assert Uploads(tmp_path / "kept", 1).load("one", "soup.csv") == uploads.load("one", "soup.csv")


def test_files_are_few_small_and_expire(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path / "kept", 1)
    for number in range(MOST + 2):
        uploads.add("one", soup(tmp_path, f"{number:02}.csv"))
        os.utime(uploads._of("one") / f"{number:02}.csv", (number, number))
    assert uploads.names("one")[0] == "02.csv" and len(uploads.names("one")) == MOST
    (tmp_path / "large.csv").write_bytes(b"a" * 1_100_000)
    with pytest.raises(UserError, match="too_large"):
        uploads.add("one", tmp_path / "large.csv")
    uploads.add("two", soup(tmp_path))
    os.utime(uploads._of("one"), (time.time() - 7_300, time.time() - 7_300))
    assert uploads.forget_old(2) == 1
    assert uploads.names("one") == [] and uploads.names("two") == ["soup.csv"]


def test_files_that_are_asked_about_stay(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path / "kept", 1)
    uploads.add("one", soup(tmp_path))
    for reader in (uploads, Uploads(tmp_path / "kept", 1)):  # one has it in memory, the other on the disk
        os.utime(uploads._of("one"), (time.time() - 7_300, time.time() - 7_300))
        reader.load("one", "soup.csv")
        assert uploads.forget_old(2) == 0 and uploads.names("one") == ["soup.csv"]


def test_a_session_that_nobody_used_is_forgotten(agent: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    agent.turn("one", Message(query="count"), Progress())
    agent._tidy()
    assert len(agent.history("one")) == 1
    agent.settings = agent.settings.model_copy(update={"session_hours": 1e-9})
    monkeypatch.setattr("agent.turn.TIDY", -1.0)
    agent._tidy_now_and_then()
    deadline = time.monotonic() + 5
    while agent.history("one") and time.monotonic() < deadline:
        time.sleep(0.02)
    assert agent.history("one") == ()


def test_the_line_moves_in_order() -> None:
    places = Places(2)
    tickets = [places.join() for _ in range(5)]
    assert [places.place(ticket) for ticket in tickets] == [0, 0, 1, 2, 3]
    places.leave(tickets[3])
    places.leave(tickets[0])
    assert [places.place(tickets[number]) for number in (1, 2, 4)] == [0, 0, 1]
    waiter = threading.Thread(target=lambda: (time.sleep(0.05), places.leave(tickets[1])))
    waiter.start()
    assert places.place(tickets[4], 5.0) == 0
    waiter.join()


def test_who_waits_sees_the_place_in_the_line() -> None:
    running, go = Running(Places(1)), threading.Event()

    def work(progress: Progress):  # type: ignore[no-untyped-def]
        go.wait(5)
        raise UserError("empty_message")

    first, second, third = (running.run(name, work) for name in "abc")
    assert first is not None and second is not None and third is not None
    seen = [
        next(step for step in steps if isinstance(step, Step) and step.name == WAITING) for steps in (second, third)
    ]
    assert sorted(step.place for step in seen) == [1, 2]
    go.set()
    with pytest.raises(UserError):
        list(third)


@pytest.mark.parametrize(
    "query", ["predict where id = 0", "attribute where id = 0", "labels", 'predict on "great soup"']
)
def test_no_turn_reaches_beyond_this_machine(agent: Agent, monkeypatch: pytest.MonkeyPatch, query: str) -> None:
    asked: list[object] = []
    connect, lookup = socket.socket.connect, socket.getaddrinfo

    def guarded(self: socket.socket, address: tuple[str, int]) -> None:
        if self.family != socket.AF_UNIX and not ipaddress.ip_address(address[0]).is_loopback:
            asked.append(address)
        connect(self, address)

    def looked_up(host: str, *more: object, **named: object) -> object:
        asked.append(host)
        return lookup(host, *more, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", guarded)
    monkeypatch.setattr(socket, "getaddrinfo", looked_up)
    assert agent.turn("one", Message(query=query), Progress()).outcome == "answered"
    assert asked == []


def test_programs_switch_off_what_libraries_would_send() -> None:
    for start, call in (("app.py", "begin("), ("jobs/__main__.py", "os.environ.update(PRIVATE)")):
        lines = Path(start).read_text("utf-8").splitlines()
        off = lines.index(next(line for line in lines if line.startswith(call)))
        before = [line for line in lines[:off] if line.startswith(("import", "from"))]
        assert not {"gradio", "langgraph", "transformers", "agent", "jobs", "models", "ui"} & {
            line.split()[1].split(".")[0] for line in before
        }
    begin(program=False)
    assert os.environ["GRADIO_ANALYTICS_ENABLED"] == "False" and os.environ["HF_HUB_DISABLE_TELEMETRY"] == "1"


def test_an_option_is_checked_as_its_setting_is() -> None:
    with pytest.raises(UserError, match="POLYLENS_PORT"):
        _settings(["--port", "70000"])
    assert _settings(["--port", "7999", "--model", "tiny"]).port == 7999


@pytest.mark.parametrize(("setting", "value"), [("DATASET", "nothing"), ("CACHE", "/proc/nope")])
def test_a_setting_that_leads_nowhere_is_told_before_anybody_comes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str], setting: str, value: str
) -> None:
    monkeypatch.setenv("POLYLENS_CACHE", str(tmp_path))
    monkeypatch.setenv(f"POLYLENS_{setting}", value)
    assert main([]) == FAILED and value in capsys.readouterr().err


def test_the_password_is_asked_for_in_every_language() -> None:
    asked = read(_asking()).text
    assert all(say("password", language) in asked for language in complete())


def test_ctrl_c_while_the_program_starts_ends_it_without_a_word() -> None:
    started = "from core.starting import begin; begin(True); import os; os.write(1, b'.'); import time; time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", started], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as program:
        assert program.stdout is not None and program.stdout.read(1) == b"."
        program.send_signal(signal.SIGINT)
        assert program.communicate(timeout=30) == (b"", b"") and program.returncode == INTERRUPTED


def test_the_door_opens_to_the_password_under_any_name() -> None:
    assert _door(read_settings({})) is None
    door = _door(read_settings({"POLYLENS_PASSWORD": "súp"}))
    assert door is not None and door("anybody", "súp") and not door("súp", "sup") and not door("", "")


def test_why_nothing_is_served_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match="in use") as refused:
            _listened("127.0.0.1", port)
    said = _unserved(refused.value, Settings(port=port))
    assert f"Port {port} is already in use" in said and f"--port {port + 1}" in said
    assert said == _unserved(OSError("Cannot find empty port"), Settings(port=port)), "which Gradio says"
    assert "--port 65534" in _unserved(OSError(errno.EADDRINUSE, ""), Settings(port=65535))
    with pytest.raises(OSError, match="assign") as refused:
        _listened("192.0.2.7", 7860)
    said = _unserved(refused.value, Settings(host="192.0.2.7"))
    assert "192.0.2.7, port 7860: Cannot assign requested address." in said and "in use" not in said
    assert _listened("127.0.0.1", 0) > 0 and _listened("[::ffff:127.0.0.1]", 0) > 0


def test_a_model_elsewhere_is_named_beneath_the_composer() -> None:
    here = read_settings({})
    away = read_settings({"POLYLENS_WRITER": "remote:large@https://example.org/v1"})
    for language in complete():
        assert "example.org" in local(language, away) and "example.org" not in local(language, here)
        assert say("local", language) in local(language, here) and say("local", language) not in local(language, away)


@pytest.mark.parametrize(
    ("state", "here"),
    [
        ("", True),
        ("postgresql://ann:pw@localhost/polylens", True),
        ("postgresql:///polylens", True),
        ("postgresql://ann:pw@db.example.org/polylens", False),
        ("postgresql:///polylens?host=db.example.org", False),
    ],
)
def test_nothing_goes_further_only_where_conversations_stay_here(state: str, here: bool) -> None:
    settings = Settings(state=SecretStr(state))
    for language in complete():
        assert (say("local_more", language) in local(language, settings)) is here


def test_a_password_is_never_written_out() -> None:
    settings = read_settings({"POLYLENS_PASSWORD": "soup of the day"})
    assert settings.password.get_secret_value() == "soup of the day"
    assert "soup" not in f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"
