"""What Gradio keeps of calls that are over is let go, on a server of three lines; an open page and a waiting answer stay."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import gradio as gr
import httpx
import pytest

from app import CAP, serve
from core.settings import Settings
from ui import tidying
from ui.page import THREADS
from ui.tidying import ABANDONED, GRACE, PAGES, SPARING, let_go, lifespan

PAGE = "page0123456789"
SECOND = timedelta(seconds=1)


def same(number: int) -> int:
    """Its argument."""
    return number


def made() -> gr.Blocks:
    """A page with a value of each visitor's own and a call of the programming interface."""
    with gr.Blocks(analytics_enabled=False) as page:
        said, kept = gr.Textbox(), gr.State(0)
        said.submit(lambda text, number: number + 1, [said, kept], kept, api_name="typed")
        gr.api(same, api_name="same", queue=False)
    return page


@pytest.fixture(autouse=True)
def _sparing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SPARING.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def page() -> Iterator[gr.Blocks]:
    """Served, and not tidied by itself."""
    page = made()
    page.launch(quiet=True, prevent_thread_lock=True, ssr_mode=False, _frontend=False)
    yield page
    page.close()


def call(page: gr.Blocks, name: str, given: list[object], session: str = "", fetch: bool = True) -> str:
    """One call as a program makes it; what the stream says, "" where it is not fetched."""
    with httpx.Client(base_url=f"{page.local_url}gradio_api/call/{name}", trust_env=False, timeout=10) as client:
        asked = {"data": given} | ({"session_hash": session} if session else {})
        event = client.post("", json=asked).raise_for_status().json()["event_id"]
        return client.get(f"/{event}").raise_for_status().text if fetch else ""


def kept(page: gr.Blocks) -> tuple[int, int, int, int]:
    """How many sessions Gradio knows, in its four places."""
    state, queue = page.state_holder, page._queue
    places = (state.session_data, state.time_last_used, queue.pending_event_ids_session)
    return (*map(len, places), len(queue.pending_messages_per_session))  # type: ignore[return-value]


def settled(page: gr.Blocks) -> None:
    """Until nothing runs."""
    end = time.monotonic() + 5
    while page._queue.event_ids_to_events and time.monotonic() < end:
        time.sleep(0.01)


def test_calls_that_were_answered_go_after_a_grace(page: gr.Blocks) -> None:
    assert [call(page, "same", [number]) for number in (1, 2, 3)] == [
        f"event: complete\ndata: [{number}]\n\n" for number in (1, 2, 3)
    ]
    settled(page)
    now = datetime.now()
    assert kept(page) == (3, 3, 3, 3) and let_go(page, now) == 0
    assert let_go(page, now + GRACE + SECOND) == 3 and kept(page) == (0, 0, 0, 0)
    assert "[4]" in call(page, "same", [4])


def test_a_page_stays_while_it_is_open_and_an_hour_beyond(page: gr.Blocks) -> None:
    call(page, "typed", ["a"], PAGE)
    settled(page)
    later = datetime.now() + ABANDONED + SECOND
    assert let_go(page, later) == 0 and list(page.state_holder.session_data[PAGE].state_data.values()) == [1]
    page.state_holder.session_data[PAGE].is_closed = True
    page.state_holder.session_data[PAGE].state_data.clear()  # which Gradio does an hour after the page was closed
    assert let_go(page, later - ABANDONED + GRACE) == 0
    assert let_go(page, later) == 1 and kept(page) == (0, 0, 0, 0)


def test_what_waits_or_runs_stays(page: gr.Blocks) -> None:
    call(page, "same", [1], fetch=False)
    settled(page)
    now = datetime.now()
    assert let_go(page, now + GRACE + SECOND) == 0, "its answer was not fetched yet"
    name = next(iter(page.state_holder.session_data))
    running = type("Event", (), {"session_hash": name})()
    page._queue.event_ids_to_events["running"] = running
    assert let_go(page, now + 2 * ABANDONED) == 0
    del page._queue.event_ids_to_events["running"]
    assert let_go(page, now + ABANDONED + SECOND) == 1 and kept(page) == (0, 0, 0, 0)


def test_a_served_page_tidies_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tidying, "EVERY", 0.05)
    monkeypatch.setattr(tidying, "GRACE", timedelta(0))
    page = made()
    page.launch(
        quiet=True, prevent_thread_lock=True, ssr_mode=False, _frontend=False, app_kwargs={"lifespan": lifespan(page)}
    )
    for number in range(3):
        call(page, "same", [number])
    end = time.monotonic() + 10
    while kept(page) != (0, 0, 0, 0) and time.monotonic() < end:
        time.sleep(0.05)
    page.close()
    assert kept(page) == (0, 0, 0, 0)


def test_the_app_serves_with_it() -> None:
    given: dict[str, Any] = {}

    class Page:
        def launch(self, **options: Any) -> tuple[None, str, None]:
            given.update(options)
            return None, "http://here/", None

    assert serve(Page(), Settings(port=0, max_upload_mb=3)) == "http://here/"
    assert given["max_threads"] == THREADS and given["max_file_size"] == f"{3 * CAP}mb", "our own sentences come first"
    assert given["state_session_capacity"] == PAGES and callable(given["app_kwargs"]["lifespan"])


def test_no_figures_of_calls_are_reckoned() -> None:
    with gr.Blocks(analytics_enabled=False) as page:
        gr.Textbox()
    queue = page._queue
    queue.events_recorded += 1
    assert queue.compute_analytics_summary([{"function": "ask", "status": "success", "process_time": 1.0}]) == {
        "functions": {}
    }
    assert queue.ANALYTICS_MAX_EVENTS == 1
