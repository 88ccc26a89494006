"""What the conversation survives: a dead worker or child, a full disk, a store that breaks under its hands."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path

import psutil
import pytest

from agent.sessions.conversations import LAST
from agent.sessions.uploads import Uploads
from agent.state import ANSWERED, Message, Turn
from agent.turn import Agent
from core.apart import Limits, read_apart
from core.blocks import Notice
from core.dialogue import Reply
from core.errors import UserError
from core.progress import Progress
from core.settings import Settings
from core.values import to_json
from ui.worker import Running

COUNT = Message(query="count")


@pytest.fixture
def agent(settings: Settings) -> Agent:
    return Agent(settings)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_worker_that_ends_without_a_word_frees_its_session() -> None:
    running = Running()

    def dies(progress: Progress) -> Turn:
        raise SystemExit(1)

    steps = running.run("one", dies)
    assert steps is not None
    with pytest.raises(RuntimeError, match="without an answer"):
        list(steps)
    again = running.run("one", lambda progress: Turn(COUNT, ANSWERED, Reply(())))
    assert again is not None and [step.outcome for step in again if isinstance(step, Turn)] == [ANSWERED]


def test_a_child_that_is_killed_is_told_like_a_bomb(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.csv")

    def kill() -> None:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            for child in psutil.Process().children():
                if "core.apart" in child.cmdline():
                    child.send_signal(signal.SIGKILL)
                    return
            time.sleep(0.05)

    thread = threading.Thread(target=kill)
    thread.start()
    with pytest.raises(UserError, match="heavy_table"):
        read_apart(tmp_path / "a.csv", "a", Limits(seconds=30))
    thread.join()


def test_a_full_disk_leaves_the_answer_and_says_that_it_is_not_kept(agent: Agent) -> None:
    """SQLite's own limit of pages is a disk that is full."""
    agent.turn("one", COUNT, Progress())
    pages = agent.conversations.store.saver.conn.execute("PRAGMA page_count").fetchone()[0]
    agent.conversations.store.saver.conn.execute(f"PRAGMA max_page_count = {pages}")
    turns = [agent.turn(f"visitor {number}", COUNT, Progress()) for number in range(4)]
    assert {turn.outcome for turn in turns} == {ANSWERED} and "kept" in turns[-1].reply.plain
    assert isinstance(turns[-1].reply.blocks[0], Notice) and not agent.history("visitor 3")
    agent.conversations.store.saver.conn.execute("PRAGMA max_page_count = 1000000")
    after = agent.turn("two", COUNT, Progress())
    assert "kept" not in after.reply.plain and len(agent.history("two")) == 1


def test_a_store_that_breaks_while_it_is_open(agent: Agent, settings: Settings) -> None:
    agent.turn("one", COUNT, Progress())
    agent.conversations.store.saver.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    file = settings.cache / "sessions.sqlite"
    file.write_bytes(b"\x00" * file.stat().st_size)
    agent.conversations.store.saver.conn.execute("PRAGMA shrink_memory")
    assert agent.turn("two", COUNT, Progress()).outcome == ANSWERED
    assert len(agent.history("one")) <= 1
    mended = Agent(settings)
    assert mended.turn("two", COUNT, Progress()).outcome == ANSWERED and len(mended.history("two")) == 1


def test_turns_and_a_memory_that_another_version_wrote_do_not_end_a_conversation(
    agent: Agent, caplog: pytest.LogCaptureFixture
) -> None:
    kept = agent.turn("one", COUNT, Progress())
    foreign = to_json(kept).replace('"seconds"', '"duration"')
    agent.conversations._graph.update_state(
        {"configurable": {"thread_id": "one"}}, {"turns": [foreign], "memory": '{"is": "Gone"}'}, as_node=LAST
    )
    assert agent.history("one") == (kept,) and "cannot be read" in caplog.text
    assert agent.turn("one", Message(query="history"), Progress()).outcome == ANSWERED
    assert len(agent.history("one")) == 2


def test_a_folder_in_which_nothing_can_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    for folder in ("/proc/nope", str(tmp_path / "file")):
        with pytest.raises(UserError, match="cache_unwritable"):
            Agent(Settings(cache=Path(folder)))


@pytest.mark.skipif(not os.access("/dev/full", os.W_OK), reason="no /dev/full here")
def test_an_upload_onto_a_full_disk_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text,label\ngood soup,a\nbad soup,b\n", "utf-8")
    uploads = Uploads(tmp_path / "kept", 1)
    real = uploads._of("one")
    real.mkdir(parents=True)
    (real / "a.csv").symlink_to("/dev/full")
    with pytest.raises(UserError, match="disk_full"):
        uploads.add("one", tmp_path / "a.csv")
    assert uploads.names("one") == []
