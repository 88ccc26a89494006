"""Waiting for work that cannot be interrupted (a server's answer, say) in short looks, so that a stop takes hold at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager
from contextvars import copy_context
from threading import Lock, Thread
from typing import TypeVar

T = TypeVar("T")
LOOK = 0.2  # seconds between two looks


def waited(work: Callable[[], T], look: Callable[[], None]) -> T:
    """What `work` returns or raises, from a thread of its own. What `look` raises ends the waiting; the work is left to itself."""
    done: Future[T] = Future()
    Thread(target=copy_context().run, args=(_fill, done, work), daemon=True).start()
    while not wait([done], LOOK).done:
        look()
    return done.result()


@contextmanager
def held(lock: Lock, look: Callable[[], None]) -> Iterator[None]:
    """The lock, as soon as it is free. What `look` raises ends the waiting."""
    while not lock.acquire(timeout=LOOK):
        look()
    try:
        yield
    finally:
        lock.release()


def _fill(done: Future[T], work: Callable[[], T]) -> None:
    try:
        done.set_result(work())
    except BaseException as error:  # whatever it is, it is raised where somebody waits
        done.set_exception(error)
