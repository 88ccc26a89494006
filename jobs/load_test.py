"""`python -m jobs load_test --address URL`: many visitors at once on a running app, each with its own questions, answers checked."""

from __future__ import annotations

import argparse
import json
import logging
import random
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
import psutil

from core.reading import load_dataset
from jobs.reporting.load_figures import Sample, figures, table
from jobs.shared.terminal import writable

THINK = (1.0, 5.0)  # seconds that a visitor thinks between an answer and the next question, evenly spread
APART = 17  # ids between two visitors
LOOK = 5.0  # seconds between two looks at the memory
PATIENCE = 120.0  # seconds after which an answer counts as an error
API = "gradio_api/call/ask"
Record = dict[str, Any]
Check = Callable[[Record], bool]


@dataclass(frozen=True)
class Question:
    """A canonical query, what kind of question it is, and whether a record is the answer to it and to nobody else's."""

    kind: str
    query: str
    mine: Check


@dataclass
class Run:
    """What all visitors found."""

    samples: list[Sample] = field(default_factory=list)
    memory: list[tuple[float, float]] = field(default_factory=list)
    """Seconds since the start, megabytes."""
    started: float = field(default_factory=time.monotonic)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def clock(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.started


def main(argv: Sequence[str]) -> int:
    """Prints figures; --json writes them. Exit status 0 where every answer came and was the visitor's own, else 1."""
    options = _options(argv)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # a line a request
    ids = [row.id for row in load_dataset(options.dataset).split("test") if row.id is not None]
    run, end = Run(), threading.Event()
    visitors = [
        threading.Thread(target=_visit, args=(options.address.rstrip("/"), number, ids, run, end), daemon=True)
        for number in range(options.visitors)
    ]
    watcher = threading.Thread(target=_watch, args=(options.pid, run, end), daemon=True)
    for thread in (*visitors, watcher):
        thread.start()
    end.wait(60 * options.minutes)
    end.set()
    for thread in visitors:
        thread.join(PATIENCE)
    found = figures(run.samples, run.memory, run.clock)
    print(table(found))
    if options.json:
        options.json.write_text(json.dumps(found, indent=2) + "\n", "utf-8")
    return 0 if run.samples and not found["errors"] and not found["mixed"] else 1


def questions(number: int, ids: Sequence[int], turn: random.Random) -> list[Question]:
    """A round of light questions of one visitor: about ids and texts that no other visitor asks about in this round."""
    possible = [ids[(number * APART + place) % len(ids)] for place in range(5)]
    own, opening = turn.choice(possible), f"visitor {number} found the soup of "
    text = f"{opening}{turn.randrange(10**9)} cold"

    def remembered(got: Record) -> bool:  # of an earlier round, where the question before was refused
        return set(_ids(got)) <= set(possible) and all(said.startswith(opening) for said in _texts(got))

    return [
        Question("predict", f"predict where id = {own}", lambda got: _ids(got) == [own]),
        Question("same", "same", remembered),
        Question("show", f"show where id = {own}", lambda got: _ids(got) == [own]),
        Question("count", "count", lambda got: got["parse"] == "count"),
        Question("labels", "labels", lambda got: got["parse"] == "labels"),
        Question("own text", f"predict on {json.dumps(text)}", lambda got: _texts(got) == [text]),
        Question("again", "likelihood", remembered),
    ]


def _ids(got: Record) -> list[int]:
    return list(got["request"]["ids"])


def _texts(got: Record) -> list[str]:
    return [text for _, text in got["request"]["custom"]]


def _visit(address: str, number: int, ids: Sequence[int], run: Run, end: threading.Event) -> None:
    """One visitor until the end: a session of its own, questions one after the other with time to think between them."""
    turn, session = random.Random(number), uuid.uuid4().hex
    with httpx.Client(timeout=PATIENCE, trust_env=False) as client:
        end.wait(turn.uniform(0, THINK[1]))
        try:
            app = Endpoint(client, address)
        except (httpx.HTTPError, ValueError, KeyError) as error:
            with run.lock:
                run.samples.append(Sample("connect", run.clock, 0.0, _told(error), True))
            return
        while not end.is_set():
            for question in questions(number, ids, turn):
                sample = _asked(app, session, question, run.clock)
                with run.lock:
                    run.samples.append(sample)
                if end.wait(turn.uniform(*THINK)):
                    return


def _asked(app: Endpoint, session: str, question: Question, at: float) -> Sample:
    start = time.perf_counter()
    try:
        got = app.ask(query=question.query, session=session)
        trouble = str(got["error"]["kind"]) if "error" in got else ""
        mine = bool(trouble) or question.mine(got)
    except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
        trouble, mine = _told(error), True
    return Sample(question.kind, at, time.perf_counter() - start, trouble, mine)


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:200]


class Endpoint:
    """The app's endpoint `ask`, as one visitor calls it."""

    def __init__(self, client: httpx.Client, address: str) -> None:
        """Learns the order and the defaults of its arguments. Raises httpx.HTTPError, KeyError."""
        self._client, self._url = client, f"{address}/{API}"
        declared = client.get(f"{address}/gradio_api/info").raise_for_status().json()["named_endpoints"]["/ask"]
        self._takes = [(one["parameter_name"], one.get("parameter_default")) for one in declared["parameters"]]

    def ask(self, **given: str) -> Record:
        """One turn as its record. Raises httpx.HTTPError, and ValueError where no record comes."""
        asked = [given.get(name, default) for name, default in self._takes]
        begun = self._client.post(self._url, json={"data": asked}).raise_for_status()
        with self._client.stream("GET", f"{self._url}/{begun.json()['event_id']}") as answer:
            return _record(answer.iter_lines())


def _record(lines: Iterable[str]) -> Record:
    """The record in a stream of events: a line that names the event, then one with its data."""
    event = ""
    for line in lines:
        if line.startswith("event:"):
            event = line.removeprefix("event:").strip()
        elif line.startswith("data:") and event == "complete":
            return dict(json.loads(line.removeprefix("data:"))[0])
        elif line.startswith("data:") and event == "error":
            raise ValueError(f"the call failed: {line}")
    raise ValueError("the call ended without an answer")


def _watch(pid: int, run: Run, end: threading.Event) -> None:
    """The memory of the app with its children, now and then."""
    while pid and not end.wait(LOOK):
        try:
            app = psutil.Process(pid)
            used = sum(one.memory_info().rss for one in (app, *app.children(recursive=True)))
        except psutil.NoSuchProcess:
            return
        run.memory.append((run.clock, used / 1e6))


def _options(argv: Sequence[str]) -> argparse.Namespace:
    reader = argparse.ArgumentParser(prog="python -m jobs load_test", description=__doc__)
    reader.add_argument("--address", default="http://127.0.0.1:7860", help="where the app is served")
    reader.add_argument("--visitors", type=int, default=20)
    reader.add_argument("--minutes", type=float, default=10)
    reader.add_argument("--pid", type=int, default=0, help="the app's process, for its memory")
    reader.add_argument("--dataset", default="reviews", help="the task that the app asks about by default")
    reader.add_argument("--json", "--out", type=writable, help="where to write the figures")
    return reader.parse_args(argv)
