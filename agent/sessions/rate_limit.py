"""How fast one visitor may ask or rate: so many times in any minute, so that one cannot take the machine from all others."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable
from threading import Lock

from core.errors import UserError

MINUTE = 60.0
MOST = 10_000  # visitors before those who have been quiet for a minute are forgotten


class Pace:
    """The turns of the last minute by visitor; `limit` 0 lets everything pass. Safe to call from several threads.

    `kind` is the error for one too many: its sentence says what was counted.
    """

    def __init__(self, limit: int, clock: Callable[[], float] = time.monotonic, kind: str = "too_many_turns") -> None:
        self._limit = limit
        self._kind = kind
        self._clock = clock
        self._turns: dict[str, deque[float]] = {}
        self._lock = Lock()

    def take(self, visitor: str) -> None:
        """One more. Raises UserError(`kind`) with the seconds to wait; what is refused does not count."""
        if not self._limit:
            return
        now = self._clock()
        with self._lock:
            if len(self._turns) > MOST:
                self._turns = {one: turns for one, turns in self._turns.items() if turns[-1] > now - MINUTE}
            turns = self._turns.setdefault(visitor, deque(maxlen=self._limit))
            if len(turns) == self._limit and turns[0] > now - MINUTE:
                raise UserError(self._kind, limit=self._limit, seconds=math.ceil(turns[0] + MINUTE - now))
            turns.append(now)
