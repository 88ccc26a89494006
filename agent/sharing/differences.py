"""Two answers to the same request: where they differ, number by number, within a declared tolerance."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from agent.state import Answer
from core.languages import shorten
from core.values import TAG, dump

# Wide of what is noise: two threads instead of one moved probabilities by at most 5e-8 (e5-small, fp32, occlusion, one text).
RELATIVE = 1e-3
ABSOLUTE = 1e-4
COSTS = ("seconds", "model_calls", "notes")  # of Provenance: what an answer cost, not what it says
VERSIONS = ("versions", "revision", "weights", "dataset_revision", "model", "precision")
NOTHING = "–"
LONGEST = 60  # characters of a text in a difference


@dataclass(frozen=True)
class Tolerance:
    """Two numbers are the same if they are apart by at most `relative` of the larger one, or by `absolute`."""

    relative: float = RELATIVE
    absolute: float = ABSOLUTE

    def same(self, then: float, now: float) -> bool:
        """Whether the two count as the same number."""
        return math.isclose(then, now, rel_tol=self.relative, abs_tol=self.absolute)


@dataclass(frozen=True)
class Difference:
    """One place in an answer that reads differently now; `by` is now − then of numbers; `version` says it is about what was used."""

    place: str
    then: str
    now: str
    by: float | None = None
    version: bool = False


def differences(then: Answer, now: Answer, tolerance: Tolerance) -> Iterator[Difference]:
    """What differs in the explanation and its faithfulness. What they cost does not count."""
    for name in ("explanation", "faithfulness"):
        yield from _compare(name, dump(getattr(then, name)), dump(getattr(now, name)), tolerance)


def _compare(place: str, then: Any, now: Any, tolerance: Tolerance) -> Iterator[Difference]:
    if isinstance(then, dict) and isinstance(now, dict) and then.get(TAG) == now.get(TAG):
        for name, part in then.items():
            if name not in COSTS:
                named = name == "versions"  # pairs of name and release
                one, other = (dict(part), dict(now[name])) if named else (part, now.get(name))
                yield from _compare(f"{place}.{name}", one, other, tolerance)
    elif isinstance(then, list) and isinstance(now, list):
        for number, (one, other) in enumerate(zip_longest(then, now)):
            yield from _compare(f"{place}[{number}]", one, other, tolerance)
    elif _number(then) and _number(now):
        if not tolerance.same(then, now):
            yield Difference(place, f"{then:.6g}", f"{now:.6g}", now - then)
    elif then != now:
        version = place.split(".provenance.")[-1].split(".")[0] in VERSIONS
        yield Difference(place, _shown(then), _shown(now), version=version)


def _number(item: object) -> bool:
    return isinstance(item, int | float) and not isinstance(item, bool)


def _shown(item: Any) -> str:
    """A part of an answer in a few characters."""
    if item is None:
        return NOTHING
    return shorten(str(item), LONGEST)
