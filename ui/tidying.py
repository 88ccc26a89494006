"""What Gradio keeps of calls that are over, let go: for each, a copy of the settings of every part of the page, 165 kB."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from datetime import datetime, timedelta

import gradio as gr

# put into the environment before the page is made: Gradio would reckon quantiles of all its last calls anew after every call,
# 7 ms of processor time after 1,000 of them and 22 ms after 10,000, for a view that is switched off
SPARING = {"GRADIO_ANALYTICS_MAX_EVENTS": "1", "GRADIO_ANALYTICS_CACHE_FREQUENCY": "1000000000"}
PAGES = 500  # open pages that are kept, those used last; one that is dropped starts again from what its browser keeps
EVERY = 5.0  # seconds between two looks
GRACE = timedelta(seconds=15)  # since a call began: whoever hears its answer is done with what is dropped here
ABANDONED = timedelta(hours=1)  # answers that nobody fetched, and closed pages: as long as Gradio keeps their values


def lifespan(page: gr.Blocks) -> Callable[[object], AbstractAsyncContextManager[None]]:
    """For `launch(app_kwargs={"lifespan": …})`: tidies in the server's own loop, where all of it is written, so nothing is locked."""

    @asynccontextmanager
    async def tidied(_: object) -> AsyncIterator[None]:
        task = asyncio.create_task(_now_and_then(page))
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    return tidied


async def _now_and_then(page: gr.Blocks) -> None:
    while True:
        await asyncio.sleep(EVERY)
        let_go(page, datetime.now())  # Gradio's clock, without a time zone


def let_go(page: gr.Blocks, now: datetime) -> int:
    """Drop what is kept of sessions that are over: a call's answer was fetched, a page was closed long ago. Returns how many.

    Gradio 6.31 drops a session's values an hour after its page was closed, and the session itself never, below 10,000 of them;
    a call of the programming interface that names no session is one of its own (gradio/state_holder.py, gradio/queueing.py).
    """
    kept, queue = page.state_holder, page._queue
    running = {event.session_hash for event in queue.event_ids_to_events.values()}
    known = {*kept.session_data, *queue.pending_event_ids_session}
    over = [name for name in known - running if _over(page, name, now)]
    for name in over:
        kept.session_data.pop(name, None)
        kept.time_last_used.pop(name, None)
        queue.pending_messages_per_session.pop(name, None)
        queue.pending_event_ids_session.pop(name, None)
    return len(over)


def _over(page: gr.Blocks, name: str, now: datetime) -> bool:
    """Whether a session in which nothing runs holds nothing that anybody will ask for."""
    used = page.state_holder.time_last_used.get(name, datetime.min)
    session = page.state_holder.session_data.get(name)
    if session and session.state_data:  # an open page
        return False
    waits = bool(page._queue.pending_event_ids_session.get(name)) or (session is not None and session.is_closed)
    return bool(now - used > (ABANDONED if waits else GRACE))
