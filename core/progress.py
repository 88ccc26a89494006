"""Progress of slow work: reported in steps, and the place where a stop takes hold."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from core.errors import Stopped

Listener = Callable[[str, float], None]


def _silent(step: str, done: float) -> None:
    """Nobody listens."""


@dataclass(frozen=True)
class Progress:
    """Call it between steps: `progress("attribute", 0.5)`. Raises Stopped once `stop` was called from any thread."""

    listener: Listener = _silent
    stopped: threading.Event = field(default_factory=threading.Event)

    def __call__(self, step: str, done: float) -> None:
        """`step` is a key of `agent/words.toml` under `step`; `done` is the share done, 0 to 1."""
        if self.stopped.is_set():
            raise Stopped(step)
        self.listener(step, min(max(done, 0.0), 1.0))

    def stop(self) -> None:
        """End the work at its next step."""
        self.stopped.set()
