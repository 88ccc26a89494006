"""What visitors think of answers: ratings on three axes, one JSON object a line in the cache folder; nothing leaves the machine."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Lock

from agent.sessions.rate_limit import Pace
from core.errors import UserError
from core.values import fingerprint

FILE = "feedback.jsonl"
AXES = ("correct", "helpful", "clear")
TAKEN_BACK = 0
LONGEST = 2000  # characters of a remark; what is longer is cut
A_MINUTE = 30  # ratings of one session: five answers on all axes, each thought over once
LINK = 65_000  # characters of a link; no web server takes a longer address


@dataclass(frozen=True)
class Rating:
    """One click: `turn` names the turn of one session, `link` brings its answer back. `way` is 1, −1 or 0 (taken back); or a remark.

    The name tells two visitors apart who asked the same, and neither who they are nor what else they rated. `at` are whole seconds
    since 1970 (UTC). Apart from the link and a remark that was sent on purpose there is no text in it.
    """

    at: int
    turn: str
    link: str
    axis: str = ""
    way: int = 0
    remark: str = ""


class Feedback:
    """The file of ratings, to which every click adds a line: `latest` says which hold. Safe to call from several threads."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / FILE
        self._pace = Pace(A_MINUTE, kind="too_many_ratings")
        self._lock = Lock()

    def rate(self, session: str, turn: str, link: str, axis: str, way: int) -> None:
        """A thumb, which replaces the one before. Raises UserError: bad_record, too_many_ratings, feedback_unwritable."""
        if axis not in AXES or way not in (1, -1, TAKEN_BACK) or len(link) > LINK:
            raise UserError("bad_record", found=axis[:60])
        self._add(session, Rating(int(time.time()), _named(session, turn), link, axis, way))

    def remark(self, session: str, turn: str, link: str, text: str) -> None:
        """A remark that the visitor sent; an empty one is none. Raises as `rate`."""
        if len(link) > LINK:
            raise UserError("bad_record", found=link[:60])
        if text.strip():
            self._add(session, Rating(int(time.time()), _named(session, turn), link, remark=text.strip()[:LONGEST]))

    def _add(self, session: str, made: Rating) -> None:
        self._pace.take(session)
        line = json.dumps(asdict(made), ensure_ascii=False) + "\n"
        try:
            with self._lock, self.file.open("a", encoding="utf-8") as file:
                file.write(line)
        except OSError as error:
            raise UserError("feedback_unwritable", reason=error.strerror or error) from error

    def read(self) -> Iterator[Rating]:
        """Every click in order; lines that are none are skipped."""
        if not self.file.exists():
            return
        with self.file.open(encoding="utf-8", errors="replace") as file:
            for line in file:
                if made := _rating(line):
                    yield made


def _named(session: str, turn: str) -> str:
    return fingerprint((session, turn))


def _rating(line: str) -> Rating | None:
    try:
        return Rating(**json.loads(line))
    except (TypeError, ValueError):
        return None


def latest(ratings: Iterator[Rating]) -> list[Rating]:
    """What holds: the last click of each turn and axis, without those taken back, and every remark, once."""
    thumbs: dict[tuple[str, str], Rating] = {}
    remarks: dict[tuple[str, str], Rating] = {}
    for one in ratings:
        if one.remark:
            remarks[one.turn, one.remark] = one
        else:
            thumbs[one.turn, one.axis] = one
    return sorted(
        [*(one for one in thumbs.values() if one.way != TAKEN_BACK), *remarks.values()], key=lambda one: one.at
    )
