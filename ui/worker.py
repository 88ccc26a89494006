"""Slow work beside the page: one turn a visitor at a time, in its own thread, with progress to show and a stop."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextvars import copy_context
from dataclasses import dataclass, field

from agent.state import Turn
from core.progress import Progress
from ui.places import Places

Work = Callable[[Progress], Turn]
TICK = 1.0  # seconds after which a step is shown again, with the time that has passed
LOOK = 0.25  # seconds between two looks at the worker when it reports nothing
AT_ONCE = 4  # turns worked on at the same time; more would only share the same processor
PATIENCE = 30.0  # seconds that a stopped turn gets to reach its next step
START = "start"  # before the first step was reported
WAITING = "waiting"  # the step of a turn that waits for its place


@dataclass(frozen=True)
class Step:
    """Where the work is: a key of agent/words.toml under `step`, and the share done, 0 to 1; `place` in the line, from 1."""

    name: str
    share: float
    place: int = 0


class Dropped(Exception):
    """Nobody wants to see the rest of a turn."""


Event = Step | Turn | Exception


@dataclass(frozen=True)
class Underway:
    """A turn that is being worked on: its stop, what it reports, and what is to be done once it has ended."""

    progress: Progress
    found: queue.Queue[Event]
    after: list[Callable[[], None]] = field(default_factory=list)


@dataclass
class Running:
    """The turns that are being worked on, by session. A session has at most one, and all sessions together AT_ONCE."""

    _places: Places = field(default_factory=lambda: Places(AT_ONCE))
    _turns: dict[str, Underway] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, session: str, work: Work) -> Iterator[Step | Turn] | None:
        """The steps of `work` and at last its turn; None where this session's turn before still runs."""
        found: queue.Queue[Event] = queue.Queue()
        progress = Progress(lambda name, share: found.put(Step(name, share)))
        with self._lock:
            if session in self._turns:
                return None
            self._turns[session] = Underway(progress, found)
        told = copy_context()  # whose request it is: a lent GPU counts its seconds by visitor (zerogpu.py)
        threading.Thread(target=told.run, args=(self._work, session, work, progress, found), daemon=True).start()
        return _watch(found, progress)

    def stop(self, session: str) -> None:
        """End this session's turn at its next step; nothing happens where none runs."""
        with self._lock:
            turn = self._turns.get(session)
        if turn:
            turn.progress.stop()

    def drop(self, session: str, after: Callable[[], None]) -> None:
        """Stop this session's turn, show no more of it, and call `after` once it has ended; nothing happens where none runs."""
        with self._lock:
            turn = self._turns.get(session)
            if turn:
                turn.after.append(after)
        if turn:
            turn.progress.stop()
            turn.found.put(Dropped())

    def wait(self, session: str, seconds: float = PATIENCE) -> None:
        """Until this session's turn has ended, or for so long."""
        end = time.monotonic() + seconds
        while session in self._turns and time.monotonic() < end:
            time.sleep(LOOK)

    def _work(self, session: str, work: Work, progress: Progress, found: queue.Queue[Event]) -> None:
        made: Turn | Exception = RuntimeError("the worker ended without an answer")
        try:
            made = self._in_turn(work, progress, found)
        except Exception as error:  # handed to the page's one handler, which logs it under an id
            made = error
        finally:  # also where a library ends the thread: the page must not wait for ever
            with self._lock:
                ended = self._turns.pop(session)
            found.put(made)
            for call in ended.after:
                call()

    def _in_turn(self, work: Work, progress: Progress, found: queue.Queue[Event]) -> Turn:
        """`work` once there is a place; a stop is answered by `work` itself, at its first step."""
        ticket = self._places.join()
        try:
            while (place := self._places.place(ticket, LOOK)) and not progress.stopped.is_set():
                found.put(Step(WAITING, 0.0, place))
            return work(progress)
        finally:
            self._places.leave(ticket)


def _watch(found: queue.Queue[Event], progress: Progress) -> Iterator[Step | Turn]:
    """What the worker reports; when nobody listens any more (a closed page), the work is stopped."""
    step, shown = Step(START, 0.0), time.monotonic()
    try:
        while True:
            event = _latest(found)
            if isinstance(event, Exception):
                raise event
            step = event if isinstance(event, Step) else step
            if event is not None or time.monotonic() - shown >= TICK:
                shown = time.monotonic()
                yield event or step
            if isinstance(event, Turn):
                return
    finally:
        progress.stop()


def _latest(found: queue.Queue[Event]) -> Event | None:
    """The newest of what waits, since only that is worth showing; None after a while without news."""
    event: Event | None = None
    try:
        event = found.get(timeout=LOOK)
        while isinstance(event, Step):
            event = found.get_nowait()
    except queue.Empty:
        pass
    return event
