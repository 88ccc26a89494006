"""Starts Polylens: reads the settings, discovers the registries, builds the agent and the page, and serves it."""

from __future__ import annotations

import argparse
import errno
import hmac
import logging
import os
import socket
import sys
import threading
from collections.abc import Callable
from importlib.util import find_spec

from core.starting import begin, ready

begin(__name__ == "__main__")  # before the libraries below are imported

import gradio as gr
from starlette.middleware import Middleware

from agent.registries import discover_all
from agent.replying.ask import say_error
from agent.turn import Agent
from core.errors import UserError
from core.languages import complete
from core.progress import Progress
from core.settings import Settings, checked, read_settings
from ui.door import Door
from ui.markup import Markup, join, tag
from ui.page import THREADS, make_page
from ui.theme import ICON, style, theme
from ui.tidying import PAGES, SPARING, lifespan
from ui.words import say

LOG = logging.getLogger("polylens")
OUTPUT = "en"  # the terminal's language; the page asks the browser for its own
FAILED = 2
LAST = 65535  # the highest port there is
CAP = 4  # times the largest upload: Gradio refuses beyond it, in English; up to there our own sentence does


def main(argv: list[str]) -> int:
    """Serve until Ctrl+C. Exit status 0, or 2 where a setting or the port does not work."""
    logging.basicConfig(format="%(message)s")
    LOG.setLevel(logging.INFO)
    try:
        settings = _settings(argv)
        discover_all()
        agent = Agent(settings)
        agent.dataset("", settings.dataset)  # now, so that a name that leads nowhere is told before anybody comes
    except UserError as error:
        print(say_error(error, OUTPUT), file=sys.stderr)
        return FAILED
    try:
        settings = settings.model_copy(update={"port": _listened(settings.host, settings.port)})
        threading.Thread(target=_warm, args=(agent,), daemon=True).start()
        os.environ.update(SPARING)
        page = make_page(agent, settings)
        address = serve(page, settings)
    except OSError as error:
        print(_unserved(error, settings), file=sys.stderr)
        return FAILED
    ready()
    print(say("serving", OUTPUT, address=address), flush=True)
    page.block_thread()
    return 0


def _settings(argv: list[str]) -> Settings:
    settings = read_settings()
    reader = argparse.ArgumentParser(prog="app.py", description=__doc__)
    reader.add_argument("--host", default=settings.host)
    reader.add_argument("--port", type=int, default=settings.port)
    reader.add_argument("--model", default=settings.model, help="the explained model where nobody picks one")
    reader.add_argument("--precision", default=settings.precision, help="of the explained models")
    reader.add_argument("--mcp", action="store_true", default=settings.mcp, help="every operation as an MCP tool, too")
    given = reader.parse_args(argv)
    if given.mcp and find_spec("mcp") is None:
        raise UserError("mcp_missing")
    return checked(settings.model_dump() | vars(given))


def _warm(agent: Agent) -> None:
    """Load models while the page is already there. A failure is told by the first question, too, so it ends nothing."""
    try:
        agent.warm(Progress())
    except UserError as error:
        LOG.warning("%s", agent.say_error(error, OUTPUT))


def serve(page: gr.Blocks, settings: Settings) -> str:
    """Start serving and return the address. Raises OSError where the port is taken.

    Where no host was set, Gradio decides: this machine only, or GRADIO_SERVER_NAME (a Space sets it to every address).
    """
    host = None if settings.host == Settings.model_fields["host"].default else settings.host
    served = page.launch(
        server_name=host,
        server_port=settings.port or None,
        prevent_thread_lock=True,
        quiet=True,
        share=False,
        ssr_mode=False,
        pwa=False,
        run_history=False,  # Gradio would keep every question in the browser
        enable_monitoring=False,
        state_session_capacity=PAGES,
        max_threads=THREADS,
        app_kwargs={"lifespan": lifespan(page), "middleware": _guards(settings)},
        auth=_door(settings),
        auth_message=_asking(),
        mcp_server=settings.mcp,
        footer_links=[],
        max_file_size=f"{CAP * settings.max_upload_mb}mb",
        favicon_path=ICON,
        theme=theme(),
        head=style(),
    )
    return str(served[1])


def _door(settings: Settings) -> Callable[[str, str], bool] | None:
    """Who may come in: anybody who knows the password, under any name; None where there is no password."""
    wanted = settings.password.get_secret_value().encode()
    return (lambda _, given: hmac.compare_digest(given.encode(), wanted)) if wanted else None


def _asking() -> Markup:
    """What stands above the password's field, which Gradio shows to everybody alike: the sentence in every language."""
    return join(*(tag("div", say("password", language), lang=language) for language in complete()))


def _guards(settings: Settings) -> list[Middleware]:
    """The same password for the MCP server, which Gradio leaves open."""
    wanted = settings.password.get_secret_value().encode()
    return [Middleware(Door, password=wanted)] if wanted else []


def _listened(host: str, port: int) -> int:
    """This port, or for 0 a free one, tried before anything is loaded; Gradio would swallow the reason. Raises OSError."""
    family, _, _, _, address = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)[-1]
    with socket.socket(family) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        tried.bind(address)
        return int(tried.getsockname()[1])


def _unserved(error: OSError, settings: Settings) -> str:
    """Why nothing is served; Gradio's own error has no number and means a port that was taken meanwhile."""
    if error.errno in (errno.EADDRINUSE, None):
        other = settings.port + 1 if settings.port < LAST else settings.port - 1
        return say("port_used", OUTPUT, port=settings.port, other=other)
    return say("not_served", OUTPUT, host=settings.host, port=settings.port, reason=error.strerror)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
