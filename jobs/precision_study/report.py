"""The report of a study: controls first, then every figure of every precision, differences drawn with their intervals, examples."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from html import escape

from core.statistics import FEWEST, Mean
from jobs.precision_study.arms import Row
from jobs.precision_study.controls import Control, controls
from jobs.precision_study.figures import FIGURES, Study
from jobs.shared.html import heading, page, paragraph, table

SHOWN = 3  # items whose rationales and counterfactuals are shown, of every arm
NAMES, WIDE, LINE = 250, 360, 20  # pixels of names, of the drawing, and of a line
HELD = {True: "yes", False: "NO", None: "not shown"}
VERDICTS = {"inside": "inside the noise", "broken": "worse", "outside": "different", "few": "too few items", "": "–"}


def report(
    found: Study, rows: Sequence[Row], facts: Mapping[str, object], refused: Mapping[str, str] | None = None
) -> str:
    """The page, readable without colour; every text of data and models in it is escaped."""
    said = (
        f"{found.items} items. The reference is {found.arms[0]}. Differences are paired by item; intervals are 95 % "
        "bootstrap intervals over items, of one figure each: with many figures, one in twenty lies outside by chance. "
        f"Fewer than {FEWEST} items carry no verdict."
    )
    parts = [paragraph(said), *(paragraph(line) for line in _left_out(refused or {}))]
    parts += [heading("Controls"), _controls(controls(found, rows)), heading("Perplexity and memory")]
    parts += [_models(found), heading("Figures"), *_tables(found), heading("Differences to the reference")]
    parts += [_drawing(found, name) for name in [one.name for one in FIGURES]]
    parts += [heading("Examples"), _examples(rows), heading("Where this comes from")]
    parts += [f"<pre>{escape(json.dumps(facts, indent=1, ensure_ascii=False, default=str))}</pre>"]
    return page("Does the compressed model still explain itself?", parts)


def summary(found: Study, rows: Sequence[Row], refused: Mapping[str, str] | None = None) -> str:
    """The figures as Markdown tables, for the terminal and the documentation."""
    lines = ["| Control | Measured | Held |", "|---|---|---|"]
    lines += [f"| {one.name} | {one.shown} | {HELD[one.held]} |" for one in controls(found, rows)]
    lines += ["", "| Figure | " + " | ".join(found.arms) + " |", "|---" * (len(found.arms) + 1) + "|"]
    known = dict(found.perplexities)
    lines.append("| perplexity | " + " | ".join(_plain(known[arm]) for arm in found.arms) + " |")
    for one in FIGURES:
        lines.append(f"| {one.name} | " + " | ".join(_mean(found.cell(one.name, arm).own) for arm in found.arms) + " |")
    lines += ["", "| Difference | " + " | ".join(found.arms[1:]) + " |", "|---" * len(found.arms) + "|"]
    for one in FIGURES:
        cells = [found.cell(one.name, arm) for arm in found.arms[1:]]
        lines.append(
            f"| {one.name} | " + " | ".join(_difference(cell.difference, cell.verdict) for cell in cells) + " |"
        )
    return "\n".join([*lines, *(f"\n{line}" for line in _left_out(refused or {}))])


def _left_out(refused: Mapping[str, str]) -> list[str]:
    return [f"{arm} could not be measured: {why}" for arm, why in refused.items()]


def _controls(found: Sequence[Control]) -> str:
    rows = [(one.name, one.shown, HELD[one.held]) for one in found]
    return table(
        "Controls: what must come out before any other figure is believed", ("control", "measured", "held"), rows
    )


def _models(found: Study) -> str:
    weights = dict(found.weights)
    rows = [(arm, _plain(value), _plain(weights[arm])) for arm, value in found.perplexities]
    return table("Perplexity on the studied texts, weights in memory", ("precision", "perplexity", "MB"), rows)


def _tables(found: Study) -> list[str]:
    """One table a group of figures: means, and differences with what the noise floor says."""
    made = []
    for group in dict.fromkeys(one.group for one in FIGURES):
        rows: list[tuple[str, ...]] = []
        for one in (figure for figure in FIGURES if figure.group == group):
            for arm in found.arms:
                cell = found.cell(one.name, arm)
                rows.append(
                    (one.name, one.best, arm, _mean(cell.own), _mean(cell.difference, "+"), VERDICTS[cell.verdict])
                )
        columns = ("figure", "better", "precision", "mean (95 %), n", "difference (95 %), n", "beside the noise floor")
        made.append(table(group, columns, rows))
    return made


def _drawing(found: Study, figure: str) -> str:
    """Differences of one figure as points with whiskers around a line at zero; names and numbers beside them."""
    cells = [found.cell(figure, arm) for arm in found.arms[1:]]
    known = [(cell.arm, cell.difference) for cell in cells if cell.difference]
    span = max((max(abs(one.low), abs(one.high)) for _, one in known), default=0.0)
    if not span:
        return ""
    zero = NAMES + WIDE / 2
    marks = "".join(_mark(place, name, one, zero, WIDE / 2 / span) for place, (name, one) in enumerate(known))
    height = LINE * len(known) + 6
    line = f'<line x1="{zero}" x2="{zero}" y1="0" y2="{height}" stroke="currentColor" stroke-dasharray="4 3"/>'
    size = f'viewBox="0 0 {NAMES + WIDE + 190} {height}"'
    image = f'<svg class="wide" {size} role="img" aria-label="{escape(figure)}">{line}{marks}</svg>'
    return f"<figure><figcaption>{escape(figure)}: difference to {escape(found.arms[0])}</figcaption>{image}</figure>"


def _mark(place: int, name: str, one: Mean, zero: float, scale: float) -> str:
    middle = place * LINE + LINE / 2
    low, high, at = (zero + edge * scale for edge in (one.low, one.high, one.mean))
    return (
        f'<text x="0" y="{middle + 4:.0f}">{escape(name)}</text>'
        f'<line x1="{low:.1f}" x2="{high:.1f}" y1="{middle:.1f}" y2="{middle:.1f}" stroke="currentColor" stroke-width="2"/>'
        f'<circle cx="{at:.1f}" cy="{middle:.1f}" r="4" fill="currentColor"/>'
        f'<text x="{NAMES + WIDE + 10}" y="{middle + 4:.0f}">{escape(_mean(one, "+"))}</text>'
    )


def _examples(rows: Sequence[Row]) -> str:
    shown = list(dict.fromkeys(str(row["id"]) for row in rows))[:SHOWN]
    picked = [row for row in rows if str(row["id"]) in shown and row.get("rationale") is not None]
    picked.sort(key=lambda row: shown.index(str(row["id"])))
    names = ("id", "arm", "gold", "predicted", "rationale", "edit")
    return table("What the precisions wrote", names, [[str(row.get(name, "–")) for name in names] for row in picked])


def _mean(one: Mean | None, sign: str = "") -> str:
    return "–" if one is None else f"{one.mean:{sign}.3f} ({one.low:{sign}.3f} to {one.high:{sign}.3f}), n = {one.n}"


def _difference(one: Mean | None, verdict: str) -> str:
    mark = {"broken": " ✗", "outside": " ≠", "few": " (too few items)"}.get(verdict, "")
    return "–" if one is None else f"{one.mean:+.3f} ({one.low:+.3f} to {one.high:+.3f}){mark}"


def _plain(value: float | None) -> str:
    return "–" if value is None else f"{value:.4g}"
