"""The study's controls: planted explanations, 8 bit as good as full, 2 bit broken, perplexity that rises with every bit lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean

from core.statistics import FEWEST, Mean
from jobs.precision_study.arms import Row
from jobs.precision_study.figures import BROKEN, FEW, INSIDE, TAU, Rows, Study, grouped, number


@dataclass(frozen=True)
class Control:
    """Something that must come out, and whether it did; `shown` is what was measured. None: the run holds nothing to show it."""

    name: str
    shown: str
    held: bool | None


def controls(made: Study, rows: Sequence[Row]) -> list[Control]:
    """What must come out before any other figure is believed."""
    reference = grouped(rows, made.arms[:1])[made.arms[0]]
    return [
        _planted_likelihood(reference),
        _planted_reader(reference),
        *(_eight(made, arm) for arm in made.arms if arm in ("rtn8", "bnb-int8")),
        *(_two(made, arm) for arm in made.arms if arm == "rtn2"),
        _rising(made),
    ]


def _planted_likelihood(rows: Rows) -> Control:
    """People's own explanations must be likelier than explanations of other texts."""
    names = ("human_log_prob", "shuffled_log_prob")
    pairs = [tuple(number(row.get(name)) for name in names) for row in rows.values()]
    gaps = [one - other for one, other in pairs if one is not None and other is not None]
    found = Mean.of(gaps)
    if found is None:
        return Control("planted explanations: own above shuffled (log-probability)", "no explanations by people", None)
    return Control(
        "planted explanations: own above shuffled (log-probability)", f"{_said(found)} nats a token", _above(found)
    )


def _planted_reader(rows: Rows) -> Control:
    """The reader must foresee the answer from people's explanations of the same label, and not from those of others."""
    pairs = [
        (float(row["human_guess"] == row["gold"]), float(row["shuffled_guess"] == row["gold"]))
        for row in rows.values()
        if row.get("human_guess") and row.get("shuffled_guess")
    ]
    name = "planted explanations: the reader foresees the label from the own, not from a shuffled one"
    found = Mean.of([one - other for one, other in pairs])
    if found is None:
        return Control(name, "no explanations by people", None)
    own, other = (fmean(column) for column in zip(*pairs, strict=True))
    return Control(name, f"{own:.0%} against {other:.0%}; {_said(found)}", _above(found))


def _eight(made: Study, arm: str) -> Control:
    told = [one for one in made.cells if one.arm == arm and one.verdict not in ("", FEW)]
    cells = [one for one in told if one.figure not in ("seconds", TAU)]
    out = [one.figure for one in cells if one.verdict != INSIDE]
    shown = f"{len(cells) - len(out)} of {len(cells)} figures inside" + (f"; outside: {', '.join(out)}" if out else "")
    return Control(f"{arm}: inside the noise floor", shown, not out if cells else None)


def _two(made: Study, arm: str) -> Control:
    told = {one.figure: one.verdict for one in made.cells if one.arm == arm and one.figure != "seconds"}
    broken = [figure for figure, verdict in told.items() if verdict == BROKEN]
    asked = {told[figure] for figure in ("text_log_prob", "human_log_prob")}
    shown = f"worse beyond the floor: {', '.join(broken) or 'nothing'}"
    return Control(f"{arm}: clearly broken", shown, None if asked <= {"", FEW} else BROKEN in asked)


def _rising(made: Study) -> Control:
    known = dict(made.perplexities)
    steps = [(name, known[name]) for name in ("rtn8", "rtn4", "rtn3", "rtn2") if known.get(name) is not None]
    values = [value for _, value in steps if value is not None]
    shown = ", ".join(f"{name} {value:.4g}" for name, value in steps)
    held = all(one < other for one, other in pairwise(values)) if len(values) > 1 else None
    return Control("perplexity rises 8 → 4 → 3 → 2 bit", shown or "–", held)


def _above(found: Mean) -> bool | None:
    """Whether the interval lies above 0; None where the items are too few to tell."""
    return found.low > 0 if found.n >= FEWEST else None


def _said(found: Mean) -> str:
    return f"{found.mean:+.3f} ({found.low:+.3f} to {found.high:+.3f}, n = {found.n})"
