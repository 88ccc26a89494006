"""Figures of a load test: answers, errors, mixed sessions, waiting times by kind of question, and memory over time."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

MINUTE = 60.0
SHOWN = 5  # kinds of errors that are named


@dataclass(frozen=True)
class Sample:
    """One answer: seconds since the start when it was asked for, seconds until it came, what went wrong, and whether it was its own."""

    kind: str
    at: float
    seconds: float
    trouble: str = ""
    mine: bool = True


def figures(samples: Sequence[Sample], memory: Sequence[tuple[float, float]], seconds: float) -> dict[str, Any]:
    """Everything as JSON; waiting times are of answers without an error, in seconds, memory in megabytes."""
    good = [one for one in samples if not one.trouble]
    kinds: dict[str, list[float]] = defaultdict(list)
    for one in good:
        kinds[one.kind].append(one.seconds)
    return {
        "seconds": round(seconds, 1),
        "answers": len(good),
        "errors": sum(bool(one.trouble) for one in samples),
        "error_kinds": dict(Counter(one.trouble for one in samples if one.trouble).most_common(SHOWN)),
        "mixed": sum(not one.mine for one in samples),
        "all": _times([one.seconds for one in good]),
        "kinds": {kind: _times(times) for kind, times in kinds.items()},
        "memory": _memory(memory),
    }


def quantile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least this share of the values does not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else 0.0


def _times(values: Sequence[float]) -> dict[str, float]:
    found = {"p50": quantile(values, 0.5), "p95": quantile(values, 0.95), "max": max(values, default=0.0)}
    return {"n": len(values)} | {name: round(item, 3) for name, item in found.items()}


def _memory(looks: Sequence[tuple[float, float]]) -> dict[str, float]:
    """At the first minute's end and at the end, with the growth between them as a share."""
    if not looks:
        return {}
    after = next((used for at, used in looks if at >= MINUTE), looks[-1][1])
    last, most = looks[-1][1], max(used for _, used in looks)
    return {"minute": round(after), "end": round(last), "most": round(most), "growth": round(last / after - 1, 4)}


def table(found: dict[str, Any]) -> str:
    """The figures as lines."""
    lines = [
        f"{found['answers']} answers in {found['seconds']} s, {found['errors']} errors, {found['mixed']} mixed sessions",
        f"{'question':<12} {'n':>6} {'p50':>8} {'p95':>8} {'max':>8}",
    ]
    for kind, times in {**found["kinds"], "all": found["all"]}.items():
        lines.append(f"{kind:<12} {times['n']:>6} {times['p50']:>7.2f}s {times['p95']:>7.2f}s {times['max']:>7.2f}s")
    if found["memory"]:
        lines.append(
            "memory: {minute} MB after a minute, {end} MB at the end ({growth:+.1%})".format(**found["memory"])
        )
    return "\n".join([*lines, *(f"{count} × {kind}" for kind, count in found["error_kinds"].items())])
