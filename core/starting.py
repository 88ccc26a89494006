"""What has to happen before the libraries are imported: what they would send is switched off, and Ctrl+C ends at once."""

from __future__ import annotations

import os
import signal

from core.private import PRIVATE

INTERRUPTED = 128 + signal.SIGINT


def begin(program: bool) -> None:
    """Switch off what libraries would send. Where we are the program and no part of another, Ctrl+C ends it until `ready`:
    there is nothing to close yet, and libraries that are half loaded close badly.
    """
    os.environ.update(PRIVATE)
    if program:
        signal.signal(signal.SIGINT, _leave)


def ready() -> None:
    """From here on Ctrl+C is a KeyboardInterrupt again, for those who close things."""
    if signal.getsignal(signal.SIGINT) is _leave:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _leave(*_: object) -> None:
    os._exit(INTERRUPTED)
