"""A line of visitors in front of a few places: first come, first served, and everybody can ask how many are before them."""

from __future__ import annotations

from threading import Condition


class Places:
    """`count` work at the same time; the others wait in the order in which they came. Safe to call from several threads."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._line: list[object] = []
        self._moved = Condition()

    def join(self) -> object:
        """A ticket at the end of the line; it is given back with `leave`, whatever happened."""
        ticket = object()
        with self._moved:
            self._line.append(ticket)
        return ticket

    def place(self, ticket: object, seconds: float = 0.0) -> int:
        """0 where the ticket may work, else its place in the line from 1, after waiting for at most `seconds`."""
        with self._moved:
            self._moved.wait_for(lambda: not self._waiting(ticket), seconds)
            return self._waiting(ticket)

    def leave(self, ticket: object) -> None:
        """The ticket is done or gives up; the next one moves up."""
        with self._moved:
            self._line.remove(ticket)
            self._moved.notify_all()

    def _waiting(self, ticket: object) -> int:
        return max(0, self._line.index(ticket) - self._count + 1)
