"""Agent mode in a browser: a chat model on a server of this machine plans, its steps come one by one, and a stop takes hold."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.e2e.conftest import ANSWER, Visit, answered, serving, shot
from ui.words import say

pytestmark = [pytest.mark.browser, pytest.mark.real]

SLOW = "slowly"  # a question with this word waits before its answer, until it is stopped
CALLS: tuple[tuple[str, dict[str, Any]], ...] = (("count", {}), ("attribute", {"id": 12, "method": "occlusion"}))
SAID = "I looked at the data [1] and at one review [2]. Some 987654 reviews are dull."


class Planner(BaseHTTPRequestHandler):
    """An OpenAI-compatible server that calls two tools, one after the other, and then answers."""

    go = threading.Event()

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        done = sum(turn["role"] == "tool" for turn in body["messages"])
        if done == len(CALLS) and any(SLOW in str(turn["content"]) for turn in body["messages"]):
            Planner.go.wait(60)
        self._send({"content": SAID} if done >= len(CALLS) else _call(*CALLS[done]))

    def _send(self, said: dict[str, Any]) -> None:
        try:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps({"choices": [{"message": said}]}).encode())
        except BrokenPipeError:
            return  # nobody waits for it any more

    def log_message(self, *_: object) -> None:
        """Silent."""


def _call(name: str, given: dict[str, Any]) -> dict[str, Any]:
    function = {"name": name, "arguments": json.dumps(given)}
    return {"content": None, "tool_calls": [{"id": f"call_{name}", "type": "function", "function": function}]}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An app whose settings name the scripted server as its agent model."""
    stub = ThreadingHTTPServer(("127.0.0.1", 0), Planner)
    threading.Thread(target=stub.serve_forever, args=(0.05,), daemon=True).start()
    name = f"remote:scripted@http://127.0.0.1:{stub.server_address[1]}/v1"
    with serving(tmp_path_factory.mktemp("app") / "app.log", {"POLYLENS_AGENT_MODEL": name}) as address:
        yield address
    Planner.go.set()
    stub.shutdown()
    stub.server_close()


def plan(page: Page, text: str) -> None:
    """Type a question with the switch on, and send it."""
    page.get_by_label(say("plan.several", page.evaluate("document.documentElement.lang"))).check()
    page.fill("#message textarea", text)
    page.press("#message textarea", "Enter")


def test_a_question_of_several_steps(visit: Visit) -> None:
    page = visit("de", width=390, height=844)
    plan(page, "Wie viele gibt es, und warum ist 12 so eingestuft?")
    turn = answered(page, 0)
    steps = turn.locator(".answer > details.fold")
    assert [step.split("(")[0] for step in steps.locator("summary").all_inner_texts()] == ["[1] count", "[2] attribute"]
    steps.nth(1).locator("summary").click()
    assert steps.nth(1).locator(".heat-text").is_visible()
    assert "[2]" in turn.locator(".answer > .text").first.inner_text()
    assert "987654" not in turn.locator(".answer").inner_text() and turn.locator(".notice").count() >= 2
    assert turn.locator(".by").inner_text().startswith("Geplant von")
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 390
    shot(page, "plan_phone_de")
    page.locator("#several input").uncheck()
    page.fill("#message textarea", "same where id = 13")
    page.press("#message textarea", "Enter")
    assert "13" in answered(page, 1).locator(".understood-line").inner_text()
    page.reload()
    page.locator("#transcript .turn").nth(1).wait_for(timeout=ANSWER)
    assert page.locator("#transcript .turn").first.locator("details.fold").count() == 2


def test_a_plan_can_be_stopped_and_its_steps_stay(visit: Visit) -> None:
    page = visit("en")
    plan(page, f"Look at it {SLOW}, please")
    live = page.locator("#live .running details.fold")
    live.nth(1).wait_for(timeout=ANSWER)
    assert "Step 3 of at most" in page.locator("#live .step").inner_text()
    shot(page, "plan_running")
    page.click("#stop")
    stopped = answered(page, 0)
    assert "stopped" in (stopped.get_attribute("class") or "") and stopped.locator("details.fold").count() == 2
    shot(page, "plan_stopped")


def test_without_a_model_that_plans_there_is_no_switch_until_one_is_picked(visit: Visit) -> None:
    page = visit("en")
    page.click("#planner input")
    page.get_by_role("option", name="none", exact=True).click()
    page.locator("#several").wait_for(state="hidden")
    page.click("#planner input")
    page.get_by_role("option", name="Qwen2.5-Coder 1.5B Instruct", exact=True).click()
    page.locator("#several input").wait_for()
    assert page.locator("#several input").is_checked()
