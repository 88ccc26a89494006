"""What a user waits for on the default model: parsing, predicting, attributing with the check, and the memory of it all."""

from __future__ import annotations

import json
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from agent.turn import Agent, Message
from core.progress import Progress
from core.reading import load_dataset
from core.settings import ROOT, read_settings

REPEATS = 9
WORDS = 34  # about 50 tokens
UTTERANCES = 60  # all different: the parser remembers the last few


def rows(_: int = REPEATS) -> Iterator[dict[str, Any]]:
    """Medians of one whole turn each, on texts of about 50 tokens; every text is new, so nothing comes from memory."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        agent = Agent(read_settings(), Path(folder) / "sessions.sqlite", cached=False)
        agent.warm(Progress())
        yield row("warm start of parser and default model", time.perf_counter() - start, 1)
        texts = [text for text in _texts() if text]
        for name, query in (("predict", "predict on "), ("attribute with its badge", "attribute on ")):
            yield row(
                f"{name}, 50 tokens, whole turn", *_median(agent, [query + _quoted(text) for text in texts[:REPEATS]])
            )
            texts = texts[REPEATS:]
        yield _parser(agent)
        kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        yield {"work": "peak memory of the default agent", "against": None, "megabytes": kilobytes // 1000, "n": 1}


def row(work: str, seconds: float, n: int) -> dict[str, Any]:
    """A row without an alternative."""
    return {"work": work, "against": None, "precision": "fp32", "seconds": round(seconds, 4), "n": n}


def _texts() -> list[str]:
    english = [item.text for item in load_dataset("reviews").rows if item.language in ("en", "de", "es")]
    long = [f"{text} ({number})" for number, text in enumerate(english) if WORDS - 8 <= len(text.split()) <= WORDS + 4]
    return long[: 2 * REPEATS + 1]


def _quoted(text: str) -> str:
    return '"' + text.replace('"', "'") + '"'


def _median(agent: Agent, queries: list[str]) -> tuple[float, int]:
    taken = []
    for query in queries:
        turn = agent.turn("bench", Message(query=query), Progress())
        assert turn.outcome == "answered", turn.reply.plain
        taken.append(turn.seconds)
    return statistics.median(taken), len(taken)


def _parser(agent: Agent) -> dict[str, Any]:
    from parsers.words.language_id import detect

    data = load_dataset("reviews")
    read: Callable[..., Any] = agent.read
    lines = (ROOT / "tests" / "data" / "ordinary.jsonl").read_text("utf-8").splitlines()
    asked = [json.loads(line)["text"] for line in lines[:: len(lines) // UTTERANCES]][:UTTERANCES]
    taken = []
    detect(asked[0], "en")
    for text in asked:
        start = time.perf_counter()
        read(Message(text), data)
        taken.append(time.perf_counter() - start)
    return row("parser, one utterance", statistics.median(taken), len(taken))
