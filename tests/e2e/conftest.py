"""The app as a process of its own on a free port, and visitors in Chromium who reach nothing but this machine."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlparse

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, sync_playwright

from core.settings import ROOT

START = 300.0  # seconds for the app to serve; ten are enough on an idle machine
ANSWER = 120_000.0  # milliseconds for an answer; the first one waits for the models
SHOTS = ROOT / "build" / "screenshots"
OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an app with the user's model cache: its own process, or POLYLENS_E2E_ADDRESS where one runs already."""
    if running := os.environ.get("POLYLENS_E2E_ADDRESS"):
        yield running
        return
    with serving(tmp_path_factory.mktemp("app") / "app.log", {}) as started:
        yield started


@contextmanager
def serving(log: Path, settings: dict[str, str]) -> Iterator[str]:
    """The address of an app in a process of its own, with these settings beside those of the environment."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with log.open("w") as output:
        command = [sys.executable, str(ROOT / "app.py"), "--port", str(port)]
        own = {**os.environ, **settings}
        process = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT, env=own)
        try:
            _wait(f"http://127.0.0.1:{port}/", process, log)
            yield f"http://127.0.0.1:{port}/"
        finally:
            process.terminate()
            process.wait(20)


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    start = time.monotonic()
    while time.monotonic() - start < START:
        if process.poll() is not None:
            pytest.fail(f"the app ended: {log.read_text()[-2000:]}")
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except (urllib.error.URLError, TimeoutError):
            time.sleep(0.3)
    pytest.fail(f"the app did not serve within {START:.0f} s: {log.read_text()[-2000:]}")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One Chromium for all journeys; each visitor has a context of its own."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not found:
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=OPTIONS)
        yield browser
        browser.close()


Visit = Callable[..., Page]


@pytest.fixture
def visit(chromium: Browser, address: str) -> Iterator[Visit]:
    """A new visitor: `visit("de", width=390, dark=True)`. Afterwards: no script failed, and nothing was asked of another host."""
    trouble: list[str] = []

    def guard(route: Route) -> None:
        if urlparse(route.request.url).hostname in ("127.0.0.1", "localhost"):
            route.continue_()
        else:
            trouble.append(f"asked for {route.request.url}")
            route.abort()

    contexts = []

    def open_page(language: str = "en", width: int = 1280, height: int = 900, dark: bool = False) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": height}, locale=language, color_scheme="dark" if dark else "light"
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(ANSWER)  # of clicks, too: on a busy machine the page itself is slow
        page.route("**/*", guard)
        page.on("pageerror", lambda error: trouble.append(f"script error: {error}"))
        page.goto(address)
        page.wait_for_selector(".rows .ask", state="attached", timeout=ANSWER)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not trouble, trouble


def ask(page: Page, text: str) -> Locator:
    """Type a message, wait for its answer, and give the answered turn."""
    before = page.locator("#transcript .turn").count()
    page.fill("#message textarea", text)
    page.press("#message textarea", "Enter")
    return answered(page, before)


def answered(page: Page, before: int, patience: float = ANSWER) -> Locator:
    """The turn after `before` finished ones, within so many milliseconds."""
    turn = page.locator("#transcript .turn").nth(before)
    turn.wait_for(timeout=patience)
    page.wait_for_selector("#send", state="visible", timeout=patience)
    return turn


def shot(page: Page, name: str) -> None:
    """Keep a screenshot under build/screenshots."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.wait_for_timeout(600)  # smooth scrolling and the progress line come to rest
    page.screenshot(path=SHOTS / f"{name}.png")
