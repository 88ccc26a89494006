"""The password in front of the MCP server: who brings it comes in, everybody else is told what is missing."""

from __future__ import annotations

from collections.abc import Iterator

import gradio as gr
import httpx
import pytest

from app import _guards, serve
from core.languages import complete
from core.settings import checked
from ui.words import say

PASSWORD = "soup-of-the-day"
OPENING = {
    "jsonrpc": "2.0", "id": 1, "method": "initialize",
    "params": {"protocolVersion": "2025-03-26", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}},
}  # fmt: skip


def same(number: int) -> int:
    """Its argument."""
    return number


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A server with a password, and a tool behind it."""
    pytest.importorskip("mcp")
    with gr.Blocks(analytics_enabled=False) as page:
        gr.api(same, api_name="same", queue=False)
    yield serve(page, checked({"port": 0, "mcp": True, "password": PASSWORD}))
    page.close()


def asked(address: str, given: str = "", language: str = "en") -> httpx.Response:
    """What the server says to the first message of an MCP client, or to a reader of the list of tools."""
    headers = {"accept": "application/json, text/event-stream", "accept-language": language}
    headers |= {"authorization": given} if given else {}
    with httpx.Client(trust_env=False, timeout=20, headers=headers) as client:
        return client.get(address) if address.endswith("schema") else client.post(address, json=OPENING)


@pytest.mark.parametrize("given", ["", "Bearer soup", f"Basic {PASSWORD}", PASSWORD, "Bearer"])
@pytest.mark.parametrize("path", ["mcp", "mcp/", "mcp/http/", "mcp/schema", "mcp/messages/"])
def test_no_tool_is_told_or_called_without_the_password(address: str, path: str, given: str) -> None:
    found = asked(f"{address}gradio_api/{path}", given)
    assert found.status_code == 401 and found.headers["www-authenticate"] == "Bearer" and "same" not in found.text


def test_the_password_opens(address: str) -> None:
    for scheme in ("Bearer", "bearer"):
        assert "same" in asked(f"{address}gradio_api/mcp/schema", f"{scheme} {PASSWORD}").text
        opened = asked(f"{address}gradio_api/mcp/", f"{scheme} {PASSWORD}")
        assert opened.status_code == 200 and "serverInfo" in opened.text


def test_a_path_of_the_proxy_s_own_opens_nothing(address: str) -> None:
    assert asked(f"{address}polylens/gradio_api/mcp/").status_code == 401


@pytest.mark.parametrize("language", complete())
def test_what_is_missing_is_said_in_the_language_of_whoever_asks(address: str, language: str) -> None:
    assert asked(f"{address}gradio_api/mcp/", language=language).text == say("mcp_password", language)


def test_all_else_is_left_to_gradio(address: str) -> None:
    with httpx.Client(base_url=address, trust_env=False, timeout=20) as client:
        status = {path: client.get(path).status_code for path in ("", "gradio_api/app_id", "gradio_api/info")}
    assert status == {"": 200, "gradio_api/app_id": 200, "gradio_api/info": 401}


def test_without_a_password_there_is_no_door() -> None:
    assert _guards(checked({})) == []
