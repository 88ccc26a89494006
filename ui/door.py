"""The password's second door: the MCP server, which Gradio mounts beside the routes that it guards itself."""

from __future__ import annotations

import hmac
from dataclasses import dataclass

import gradio as gr
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from ui.arrivals import preferred
from ui.words import say

BEHIND = "/gradio_api/mcp"  # wherever in an address: a proxy may have put a path of its own before it
SCHEME = b"bearer"


@dataclass(frozen=True)
class Door:
    """Answers 401 to whoever asks the MCP server without `Authorization: Bearer PASSWORD`; all else goes on to `app`."""

    app: ASGIApp
    password: bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request of any kind, or the server's start and end, which have no path."""
        shut = BEHIND in scope.get("path", "") and not self._opens(scope)
        await (_refusal(scope) if shut else self.app)(scope, receive, send)

    def _opens(self, scope: Scope) -> bool:
        scheme, _, given = dict(scope["headers"]).get(b"authorization", b"").partition(b" ")
        return scheme.lower() == SCHEME and hmac.compare_digest(given.strip(), self.password)


def _refusal(scope: Scope) -> PlainTextResponse:
    """What is missing, in the language of whoever asks."""
    said = say("mcp_password", preferred(gr.Request(HTTPConnection(scope))))
    return PlainTextResponse(said, 401, {"WWW-Authenticate": "Bearer"})
