"""The programming interface over loopback: gradio_client and an MCP client, on a toy model; sessions, errors, and what is public."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import anyio
import gradio as gr
import httpx
import pytest
from anyio import CapacityLimiter
from gradio_client import Client
from gradio_client.exceptions import AppError

from agent.sessions.rate_limit import Pace
from core.operation import OPERATIONS
from core.settings import Settings
from tests.films import toy_agent
from ui import api as endpoints
from ui.api import QUESTION, Api, add_endpoints
from ui.worker import Running

OWN = "0123456789abcdef"
JSON = {"content-type": "application/json"}
MANY = httpx.Limits(max_connections=None)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server with the endpoints of all operations, and the protocol for models beside them."""
    folder = tmp_path_factory.mktemp("api")
    settings = Settings(cache=folder, mcp=True)
    with gr.Blocks(analytics_enabled=False) as page:
        add_endpoints(toy_agent(settings, folder, local_files=False), settings, Running())
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    _, where, _ = page.launch(
        server_port=port, mcp_server=True, quiet=True, prevent_thread_lock=True, ssr_mode=False, _frontend=False
    )
    yield str(where)
    page.close()


@pytest.fixture(scope="module")
def client(address: str) -> Client:
    return Client(address, verbose=False, analytics_enabled=False)


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Api:
    """What the endpoints do, without a server."""
    folder = tmp_path_factory.mktemp("plain")
    settings = Settings(cache=folder)
    return Api(toy_agent(settings, folder, local_files=False), settings, Running(), Pace(0))


def ask(client: Client, **given: object) -> dict[str, Any]:
    found: dict[str, Any] = client.predict(**given, api_name="/ask")
    return found


def test_ask_gives_the_record_of_the_turn(client: Client) -> None:
    made = ask(client, query="attribute(method=occlusion) on 'a great film'".replace("'", '"'))
    assert set(made) == {"text", "language", "parse", "request", "explanation", "faithfulness", "reply", "seconds"}
    scores = dict(
        zip((token["text"] for token in made["explanation"]["tokens"]), made["explanation"]["scores"], strict=True)
    )
    assert scores["great"] == max(scores.values()) and json.dumps(made, allow_nan=False)


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ({"text": ""}, "empty_message"),
        ({"text": 5}, "bad_argument"),
        ({"text": "a" * 100_000, "language": "en"}, "too_long"),
        ({"query": "count on " + '"' + "a" * 100_000 + '"'}, "too_long"),
        ({"query": "predict where id = 99999"}, "unknown_instance"),
        ({"query": "predict where id = 3", "model": "nothing"}, "unknown_model"),
        ({"query": "count", "model": "file:/etc/passwd"}, "unknown_model"),
        ({"query": "count", "dataset": "/etc/passwd"}, "unknown_dataset"),
        ({"query": "count", "session": "short"}, "bad_session"),
        ({"query": "count", "precision": "fp5"}, "bad_argument"),
    ],
)
def test_bad_input_is_an_error_with_a_sentence(api: Api, given: dict[str, object], kind: str) -> None:
    found = api.ask(given, "")["error"]
    assert found["kind"] == kind and len(found["sentence"]) > 20


def test_errors_are_told_in_the_language_that_was_asked_for(client: Client) -> None:
    assert "ఐడి 99999" in ask(client, query="predict where id = 99999", language="te")["error"]["sentence"]
    with pytest.raises(AppError, match="Das Argument „session“"):
        client.predict(language="de", session=7, api_name="/datasets")


def test_a_call_is_a_session_of_its_own_unless_it_names_one(client: Client) -> None:
    ask(client, query="predict where id = 3", session=OWN)
    assert ask(client, query="same where id = 4", session=OWN)["request"]["ids"] == [4]
    assert "clarification" in ask(client, query="same where id = 4")
    assert "clarification" in ask(client, query="same where id = 4", session=OWN[::-1])


def test_one_caller_cannot_take_the_machine_from_all_others(api: Api) -> None:
    hurried = replace(api, pace=Pace(1))
    kinds = [hurried.ask({"query": "functions"}, who).get("error", {}).get("kind") for who in ("one", "one", "two")]
    assert kinds == [None, "too_many_turns", None]


def test_half_an_emoji_is_answered_as_if_it_were_none(address: str) -> None:
    """As scripts of a browser send it: cut within a pair, written as an escape."""
    said = {"text": "gut \ud83d", "query": "functions", "fields": {"cl\ud83d": "x\ud83d"}, "dataset": "\ud83d"}
    data = [said.get(one.name, one.default) for one in QUESTION]
    with httpx.Client(trust_env=False, timeout=60) as client:
        made = client.post(f"{address}gradio_api/run/ask", content=json.dumps({"data": data}), headers=JSON)
    record = made.raise_for_status().json()["data"][0]
    assert record["text"] == "gut \ufffd" and record["error"]["kind"] == "unknown_dataset"


def test_calls_that_wait_hold_up_nobody_else() -> None:
    """A script that asks fifty things at once: more than the server has threads for its routes."""
    go = threading.Event()
    with gr.Blocks(analytics_enabled=False) as page:
        places = CapacityLimiter(2)
        endpoints._endpoint("slow", "Waits.", (), str, lambda given, visitor: str(go.wait(60)), places)
    _, where, _ = page.launch(quiet=True, prevent_thread_lock=True, ssr_mode=False, _frontend=False)
    client = httpx.Client(base_url=f"{where}gradio_api/", trust_env=False, timeout=60, limits=MANY)
    with client, ThreadPoolExecutor(50) as callers:
        made = [callers.submit(client.post, "run/slow", json={"data": []}) for _ in range(50)]
        time.sleep(1)
        try:
            assert httpx.get(f"{where}gradio_api/app_id", timeout=5, trust_env=False).status_code == 200
        finally:
            go.set()
        assert [one.result().json()["data"] for one in made] == [["True"]] * 50
    page.close()


def test_whatever_asks_a_model_waits_for_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, Any] = {}
    monkeypatch.setattr(endpoints, "_endpoint", lambda name, *rest: given.update({name: rest[4:]}))
    add_endpoints(None, Settings(mcp=True), Running())  # type: ignore[arg-type]
    assert {name for name, places in given.items() if not places} == {"operations", "models", "datasets"}
    assert len({id(places[0]) for places in given.values() if places}) == 1, "all share the same places"


def test_lists_of_what_there_is(client: Client) -> None:
    found = {one["name"]: one for one in client.predict(language="ru", api_name="/operations")}
    assert set(found) == set(OPERATIONS.names()) and "method" in found["attribute"]["arguments"]
    assert any("а" <= letter <= "я" for letter in found["attribute"]["title"])
    notes = {one["name"]: one["note"] for one in client.predict(api_name="/models")}
    assert notes["e5-small"] == "de-quantized from 4-bit blocks"
    reviews = next(one for one in client.predict(api_name="/datasets") if one["name"] == "reviews")
    assert reviews["labels"] == ["negative", "neutral", "positive"] and reviews["rows"] > 1000


def test_operations_are_tools_of_an_mcp_client(address: str) -> None:
    mcp = pytest.importorskip("mcp")
    from mcp.client.streamable_http import streamable_http_client

    async def visit() -> tuple[dict[str, Any], list[Any]]:
        async with (
            streamable_http_client(f"{address.rstrip('/')}/gradio_api/mcp/") as (read, write, _),
            mcp.ClientSession(read, write) as session,
        ):
            await session.initialize()
            listed = {tool.name: tool for tool in (await session.list_tools()).tools}
            calls = [
                {"text": "a great film", "method": "occlusion"},
                {"id": 99999, "language": "es"},
                {"id": 3, "method": "limee"},
            ]
            return listed, [await session.call_tool("attribute", given) for given in calls]

    with ThreadPoolExecutor(1) as apart:  # a browser test before this one leaves a loop running in the first thread
        listed, (good, missing, wrong) = apart.submit(anyio.run, visit).result()
    assert set(listed) == {*OPERATIONS.names(), "ask", "operations", "models", "datasets"}
    schema = listed["attribute"].inputSchema["properties"]
    assert {"type": "integer"} in schema["id"]["oneOf"] and "row" in schema["id"]["description"]
    assert "Word importance" in listed["attribute"].description
    assert not good.isError and "great" in good.content[0].text
    assert missing.isError and "99999" in missing.content[0].text and "Los ID van" in missing.content[0].text
    assert wrong.isError and "limee" in wrong.content[0].text
