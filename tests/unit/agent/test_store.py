"""Where conversations are kept: a file, or a PostgreSQL server (named by POLYLENS_TEST_POSTGRES) that replicas share."""

from __future__ import annotations

import importlib
import os
import sys
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from agent.replying.ask import say_error
from agent.sessions.store import choose
from agent.state import ANSWERED, Message
from agent.turn import Agent
from core.errors import UserError
from core.progress import Progress
from core.settings import Settings

# Postgresql://user:password@host/database, where schemas may be made
SERVER = os.environ.get("POLYLENS_TEST_POSTGRES", "")
COUNT = Message(query="count")
needs_server = pytest.mark.skipif(not SERVER, reason="POLYLENS_TEST_POSTGRES names no server")


def ask(agent: Agent, text: str, session: str = "one") -> str:
    made = agent.turn(session, Message(query=text), Progress())
    assert made.outcome == ANSWERED
    return made.reply.plain


@pytest.fixture
def shared(settings: Settings) -> Iterator[Settings]:
    """Settings that name a schema of the server that nobody else uses."""
    import psycopg

    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(SERVER, autocommit=True) as server:
        server.execute(f"CREATE SCHEMA {name}")
        join = "&" if "?" in SERVER else "?"
        yield settings.model_copy(update={"state": SecretStr(f"{SERVER}{join}options=-csearch_path%3D{name}")})
        server.execute(f"DROP SCHEMA {name} CASCADE")


@pytest.fixture
def replicas(shared: Settings, tmp_path: Path) -> Iterator[tuple[Agent, Agent]]:
    """Two agents with a cache folder each, as on two machines."""
    made = [Agent(shared.model_copy(update={"cache": tmp_path / name})) for name in ("first", "second")]
    yield made[0], made[1]
    for agent in made:
        agent.conversations.store.saver.conn.close()


def rows(agent: Agent, table: str) -> int:
    with agent.conversations.store.saver._cursor() as cursor:
        return int(cursor.execute(f"SELECT count(*) AS n FROM {table}").fetchone()["n"])


def test_without_an_address_a_file_keeps_them(tmp_path: Path) -> None:
    assert choose("", tmp_path / "a.sqlite").forget_old(1) == 0 and (tmp_path / "a.sqlite").exists()


def test_a_store_that_is_named_wins_over_the_setting(settings: Settings, tmp_path: Path) -> None:
    away = settings.model_copy(update={"state": SecretStr("postgresql://127.0.0.1:1/none")})
    assert Agent(away, tmp_path / "mine.sqlite").history("one") == () and (tmp_path / "mine.sqlite").exists()


def test_the_extra_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "agent.sessions.postgres", raising=False)
    monkeypatch.setitem(sys.modules, "langgraph.checkpoint.postgres", None)
    with pytest.raises(UserError, match="missing_extra") as refused:
        choose("postgresql://localhost/polylens", Path("unused"))
    assert "'.[postgres]'" in say_error(refused.value, "de") and "POLYLENS_STATE" in say_error(refused.value, "te")


def test_a_server_that_is_away_is_told_without_the_password() -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(UserError, match="state_unreachable") as refused:
        choose("postgresql://ann:s3cr%25et@127.0.0.1:1/none", Path("unused"))
    said = say_error(refused.value, "en")
    assert "127.0.0.1:1/none" in said and "POLYLENS_STATE" in said and "s3cr" not in said


@pytest.mark.parametrize("address", ["host=db password=s3cret", "/a/file"])
def test_what_is_no_address_is_told_without_quoting_it(address: str) -> None:
    with pytest.raises(UserError, match="bad_setting") as refused:
        choose(address, Path("unused"))
    assert "postgresql://user:password@host" in say_error(refused.value, "ru") and "s3cret" not in str(refused.value)


@pytest.mark.parametrize("address", ["postgresql://ann:s3cr%zz@host/none", "postgresql://ann:s3cret@[::1/none"])
def test_an_address_that_the_driver_cannot_read_is_not_quoted(address: str) -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(UserError, match="bad_setting") as refused:
        choose(address, Path("unused"))
    assert "s3cr" not in str(refused.value) and refused.value.__suppress_context__


@needs_server
def test_replicas_share_a_conversation(replicas: tuple[Agent, Agent]) -> None:
    first, second = replicas
    ask(first, "count where label = negative")
    ask(second, "same where label = positive")
    ask(first, "count", session="two")
    said = [turn.message.query for turn in first.history("one")]
    assert said == ["count where label = negative", "same where label = positive"]
    assert second.history("one") == first.history("one") and len(second.history("two")) == 1
    assert second.history("one")[1].request.operation == "count"  # type: ignore[union-attr]


@needs_server
def test_only_the_newest_checkpoint_is_kept(replicas: tuple[Agent, Agent]) -> None:
    first, second = replicas
    for number in range(4):
        ask((first, second)[number % 2], "count")
    assert rows(first, "checkpoints") == 1 and rows(first, "checkpoint_writes") == 0
    kept = rows(first, "checkpoint_blobs")
    ask(second, "count")
    assert rows(first, "checkpoint_blobs") == kept and len(first.history("one")) == 5


@needs_server
def test_sessions_expire_and_can_be_forgotten(replicas: tuple[Agent, Agent]) -> None:
    first, second = replicas
    ask(first, "count", session="one")
    ask(first, "count", session="two")
    assert second.conversations.store.forget_old(1) == 0
    second.forget("one")
    assert first.history("one") == () and len(first.history("two")) == 1
    assert second.conversations.store.forget_old(1e-9) == 1 and rows(first, "checkpoint_blobs") == 0


@needs_server
def test_replicas_that_start_together_make_the_tables_once(shared: Settings) -> None:
    made: list[Agent] = []
    threads = [threading.Thread(target=lambda: made.append(Agent(shared))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 3 and "kept" not in ask(made[0], "count")
    for agent in made:
        agent.conversations.store.saver.conn.close()


@needs_server
@pytest.mark.parametrize("text", ["zero \x00 byte", "half a pair \ud83d"])
def test_text_that_the_server_cannot_hold(replicas: tuple[Agent, Agent], text: str) -> None:
    made = replicas[0].turn("one", Message(text=f"count {text}", query="count"), Progress())
    assert made.outcome == ANSWERED and len(replicas[1].history("one")) <= 1


@needs_server
def test_a_server_that_goes_away_leaves_the_answer(replicas: tuple[Agent, Agent]) -> None:
    first, second = replicas
    ask(first, "count")
    first.conversations.store.saver.conn.close()
    assert "kept" in ask(first, "count") and first.history("one") == ()
    assert len(second.history("one")) == 1
    assert importlib.import_module("agent.sessions.postgres").FAILURE is first.conversations.store.failure
