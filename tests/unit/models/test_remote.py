"""A language model on an OpenAI-compatible server, which here is a stub on this machine."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from agent.planning.chat_model import ChatModel
from core.errors import UserError
from core.settings import Settings
from models.catalog import REMOTE, find
from models.loading import Models
from models.remote import Remote

CALL = {"id": "call_1", "type": "function", "function": {"name": "count", "arguments": '{"where": "words > 3"}'}}


class Stub(BaseHTTPRequestHandler):
    """Answers /v1/chat/completions; the model's name says how."""

    asked: list[dict[str, Any]] = []  # noqa: RUF012 (reset by the fixture)

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        Stub.asked.append({"path": self.path, "key": self.headers.get("Authorization"), **body})
        if body["model"] == "unknown":
            return self._send(404, json.dumps({"error": {"message": "no model 'unknown'"}}))
        if body["model"] == "odd":
            return self._send(200, "not what was agreed")
        if body.get("stream"):
            parts = [
                json.dumps({"choices": [{"delta": {"content": part}}]}) for part in ("Because ", "it is ", "dull.")
            ]
            return self._send(200, "".join(f"data: {part}\n\n" for part in (*parts, "[DONE]")))
        said = {"content": None, "tool_calls": [CALL]} if body.get("tools") else {"content": "No tools."}
        return self._send(200, json.dumps({"choices": [{"message": said}]}))

    def _send(self, status: int, text: str) -> None:
        self.send_response(status)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_: object) -> None:
        """Silent."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    stub = ThreadingHTTPServer(("127.0.0.1", 0), Stub)
    threading.Thread(target=stub.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{stub.server_address[1]}/v1"
    stub.shutdown()
    stub.server_close()


@pytest.fixture(autouse=True)
def nothing_asked() -> None:
    Stub.asked = []


def test_it_writes_in_parts(server: str) -> None:
    remote = Remote(f"remote:llama@{server}", "secret")
    assert list(remote.stream("Why?", 20)) == ["Because ", "it is ", "dull."]
    asked = Stub.asked[0]
    assert (asked["path"], asked["key"], asked["model"]) == ("/v1/chat/completions", "Bearer secret", "llama")
    assert asked["messages"] == [{"role": "user", "content": "Why?"}] and asked["temperature"] == 0


def test_an_opening_that_the_server_repeats_is_not_written_again(server: str) -> None:
    remote = Remote(f"remote:llama@{server}")
    assert "".join(remote.stream("Why?", 20, opening="Because it")) == " is dull."
    assert "".join(remote.stream("Why?", 20, opening="It is negative:")) == "Because it is dull."


def test_stop_ends_the_answer(server: str) -> None:
    assert list(Remote(f"remote:llama@{server}").stream("Why?", 20, stop=lambda: True)) == []


def test_it_calls_tools_through_langchain(server: str) -> None:
    model = ChatModel(talker=Remote(f"remote:llama@{server}"))
    schema = {
        "title": "count",
        "description": "How many.",
        "type": "object",
        "properties": {"where": {"type": "string"}},
    }
    made = model.bind_tools([schema]).invoke("How many are long?")
    assert [(one["name"], one["args"]) for one in made.tool_calls] == [("count", {"where": "words > 3"})]
    assert Stub.asked[0]["tools"][0]["function"]["name"] == "count"
    assert model.invoke("Hello").content == "No tools."


@pytest.mark.parametrize(("model", "reason"), [("unknown", "404 no model 'unknown'"), ("odd", "–")])
def test_what_the_server_says_is_wrong_is_passed_on(server: str, model: str, reason: str) -> None:
    with pytest.raises(UserError) as refused:
        Remote(f"remote:{model}@{server}").chat([{"role": "user", "content": "Hello"}], 5)
    assert refused.value.kind == "remote_refused" and refused.value.facts["reason"] == reason


def test_a_server_that_is_not_there() -> None:
    with pytest.raises(UserError, match="remote_unreachable"):
        Remote("remote:llama@http://127.0.0.1:9/v1").generate("Hello", 5)


@pytest.mark.parametrize("name", ["remote:llama", "remote:@http://a/v1", "remote:llama@ftp://a", "llama@http://a"])
def test_a_name_needs_a_model_and_an_address(name: str) -> None:
    with pytest.raises(UserError, match="remote_name"):
        Remote(name)


def test_it_is_a_row_of_the_catalogue_that_writes_and_cannot_be_explained(settings: Settings, server: str) -> None:
    name = f"remote:llama@{server}"
    models = Models(settings)
    assert find(name).kind == REMOTE and models.has(name)
    assert models.generator(name, "auto").generate("Why?", 20, 0) == "Because it is dull."
    with pytest.raises(UserError, match="missing_capability"):
        models.explained(name, "auto", None)  # type: ignore[arg-type]
