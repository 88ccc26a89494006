"""`python -m jobs check_explainers --data FILE --model M`: how faithful every attribution method is on a labelled data set."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from agent.cache import code_revision
from agent.registries import discover_all
from agent.run import versions
from core.data import Dataset, Instance, new_to_models
from core.errors import UserError
from core.reading import load_dataset
from core.settings import Settings, read_settings
from core.statistics import FEWEST, Mean
from core.validated import Validated, keep
from core.values import dump, load
from explainers.base import EXPLAINERS, choose, fitting
from explainers.checking import GRANULARITY, Checked, Paired, Summary, check, paired, summaries
from explainers.metrics.variants import STEP
from jobs.shared import html
from jobs.shared.terminal import Names, add_dataset, add_model, model_title, progress_lines
from models.base import ExplainedModel
from models.loading import Models

CONTROL, TEST = "random_scores", "test"
COLUMNS = ("method", "gain in comprehensiveness", "gain in sufficiency", "> chance", "clearly better", "CPU s", "calls")


def main(argv: Sequence[str]) -> int:
    """Prints the table; with --out also writes JSON and a page without outside parts. Exit status 0; 2 where no row is left."""
    settings = read_settings()
    options = _options(argv, settings)
    discover_all()
    data = within(load_dataset(options.dataset), options.languages)
    models = Models(settings.model_copy(update={"seed": options.seed}))
    model = models.explained(options.model or settings.model, options.precision, data, progress_lines())
    rows = chosen(data, options.split, options.limit, options.languages)
    if not rows:
        raise UserError("no_instance")
    methods = names(model, options.methods)
    asked = [data.revision, model.name, model.revision, model.precision, str(settings.random_draws), *methods]
    made_by = [code_revision(), *map(str, versions())]
    kept = Kept(options.out, [*asked, str(options.seed), str(options.deep), *made_by])
    checked: list[Checked] = []
    for number, row in enumerate(rows):
        progress_lines()(STEP, number / len(rows))
        known = kept.read(row)
        checked += known or kept.written(
            row, list(check(model, [row], methods, settings.random_draws, options.seed, options.deep))
        )
    found, tested = summaries(checked), paired(checked, CONTROL)
    described = model_title(model.name, model.precision, dict(model.facts).get("weights", ""))
    heading = f"{data.name}@{data.revision}, {len(rows)} texts; {described}; units: {GRANULARITY}"
    print(heading, table(found), against_control(tested), sep="\n")
    if published(options, settings):
        told = measured(model, data, found, options.out)
        keep(settings.cache, told)
        if not told:
            print(f"The chat is told only of methods measured on {FEWEST} texts or more.", file=sys.stderr)
    if options.out:
        options.out.mkdir(parents=True, exist_ok=True)
        over = {method: asdict(one) for method, one in tested.items()}
        report = {"of": heading, "methods": [asdict(one) for one in found], "over_control": over}
        (options.out / "explainers.json").write_text(json.dumps(report, indent=2, allow_nan=False) + "\n", "utf-8")
        (options.out / "explainers.html").write_text(page(heading, found, tested), "utf-8")
    return 0


def published(options: argparse.Namespace, settings: Settings) -> bool:
    """Whether the figures hold for the chat's own head, on texts it has not learned from."""
    return not options.languages and options.split == TEST and options.seed == settings.seed


def measured(model: ExplainedModel, data: Dataset, found: Sequence[Summary], out: Path | None) -> list[Validated]:
    """What the chat says of this model and precision from now on: each method's gain in comprehensiveness, from FEWEST texts on.

    The report is named by its folder alone: where that lies on this machine is nobody's business.
    """
    report = f"{out.resolve().name}/explainers.html" if out else "python -m jobs check_explainers"
    of = (model.name, model.revision, model.precision, data.name, data.revision)
    gains = [(one.method, one.gains["comprehensiveness"]) for one in found if one.method != CONTROL]
    enough = [(name, gain) for name, gain in gains if gain.n >= FEWEST]
    return [Validated(*of, name, gain.n, gain.mean, gain.low, gain.high, report) for name, gain in enough]


class Kept:
    """Texts that were checked before, one a line in `checked.jsonl` of the folder: a job that was stopped goes on from there."""

    def __init__(self, folder: Path | None, of: list[str]) -> None:
        self._of = of
        self._path = folder / "checked.jsonl" if folder else None
        self._known: dict[int | None, list[Checked]] = {}
        if self._path and self._path.exists():
            lines = filter(None, map(_whole, self._path.read_text("utf-8").splitlines()))
            self._known = {one["id"]: list(load(one["checked"])) for one in lines if one["of"] == self._of}

    def read(self, row: Instance) -> list[Checked]:
        """What was found for this text; nothing where it was not checked."""
        return self._known.get(row.id, [])

    def written(self, row: Instance, checked: list[Checked]) -> list[Checked]:
        """The same, after it was put into the folder."""
        if self._path:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            line = json.dumps({"id": row.id, "of": self._of, "checked": dump(checked)})
            with self._path.open("a", encoding="utf-8") as file:
                file.write(f"\n{line}")  # a line that a stop cut short spoils no other
        return checked


def _whole(line: str) -> dict[str, Any] | None:
    """What a line says; None for one that a stop cut short."""
    try:
        found: dict[str, Any] = json.loads(line)
    except ValueError:
        return None
    return found


def within(data: Dataset, languages: Sequence[str]) -> Dataset:
    """The rows of these languages alone, all for none: a head is then trained on them."""
    if not languages:
        return data
    return replace(data, rows=tuple(row for row in data.rows if row.language in languages))


def chosen(data: Dataset, split: str, limit: int, languages: Sequence[str]) -> list[Instance]:
    """The first `limit` rows of every language (0: all) of one split, else of all that no model here was trained on."""
    by_language: dict[str, list[Instance]] = {}
    for row in new_to_models(data, split):
        if not languages or row.language in languages:
            by_language.setdefault(row.language, []).append(row)
    return [row for rows in by_language.values() for row in rows[: limit or None]]


def names(model: ExplainedModel, asked: Sequence[str]) -> list[str]:
    """The methods asked for, or all that the model can run with the control. Raises UserError: unknown_method, missing_for_method."""
    if asked:
        return [choose(model, EXPLAINERS[name], fallback=False)[0].name for name in dict.fromkeys(asked)]
    fit = sorted(one.name for one in fitting(model))
    left = sorted(one.name for one in EXPLAINERS if not one.control and one.name not in fit)
    if left:
        print(f"{model.name} cannot run: {', '.join(left)}", file=sys.stderr)
    return [*fit, CONTROL]


def table(found: Sequence[Summary]) -> str:
    """The main figures, one line a method."""
    rows = [COLUMNS, *(_cells(one) for one in found)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(COLUMNS))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def against_control(tested: Mapping[str, Paired]) -> str:
    """The paired tests, one line a method."""
    return "\n".join("  ".join(row) for row in _tests(tested))


def page(heading: str, found: Sequence[Summary], tested: Mapping[str, Paired]) -> str:
    """The main figures, every metric, and the gain by language, as one HTML file."""
    metrics = list(dict.fromkeys(metric for one in found for metric in one.values))
    codes = list(dict.fromkeys(code for one in found for code in one.languages))
    parts = [
        ("Attribution methods against random maps", COLUMNS, [_cells(one) for one in found]),
        (f"Comprehensiveness over {CONTROL}", ("method", "difference", "n", "p", "p (Holm)"), _tests(tested)),
        ("Every metric", ("method", *metrics), [_spelled(one, one.values, metrics) for one in found]),
        ("Gain over random maps", ("method", *metrics), [_spelled(one, one.gains, metrics) for one in found]),
        (
            "Gain in comprehensiveness by language",
            ("method", *(f"{code} (n = {_most(found, code)})" for code in codes)),
            [_spelled(one, one.languages, codes) for one in found],
        ),
    ]
    note = (
        f"Means over texts with 95 % bootstrap intervals (below {FEWEST} texts their number n). Gains are against random maps, "
        "in the direction that is good. p: Wilcoxon; p (Holm): the same, corrected for the number of methods. "
        "By chance alone, a map is clearly better on 7 to 9 % of texts."
    )
    return html.page(f"Polylens: {heading}", [*(html.table(*part) for part in parts), html.paragraph(note)])


def _most(found: Sequence[Summary], code: str) -> int:
    """Texts of a language."""
    return max(one.languages[code].n for one in found if code in one.languages)


def _tests(tested: Mapping[str, Paired]) -> list[tuple[str, ...]]:
    return [
        (method, shown(one.over), str(one.over.n), f"{one.p:.1e}", f"{one.holm:.1e}") for method, one in tested.items()
    ]


def _cells(one: Summary) -> tuple[str, ...]:
    gains = (shown(one.gains.get(metric)) for metric in ("comprehensiveness", "sufficiency"))
    return (
        one.method,
        *gains,
        f"{one.above:.0%}",
        f"{one.better:.0%}",
        f"{one.seconds:.2f}",
        f"{one.model_calls:.0f}",
    )


def _spelled(one: Summary, figures: dict[str, Mean], keys: Sequence[str]) -> tuple[str, ...]:
    return (one.method, *(shown(figures.get(key)) for key in keys))


def shown(found: Mean | None) -> str:
    """The mean with its interval; of less than FEWEST texts, whose interval means nothing, with their number instead."""
    if found is None:
        return "–"
    sure = f"{found.low:.3f} to {found.high:.3f}" if found.n >= FEWEST else f"n = {found.n}"
    return f"{found.mean:.3f} ({sure})"


def _options(argv: Sequence[str], settings: Settings) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m jobs check_explainers", description=__doc__)
    add_dataset(parser, "--data", required=True)
    add_model(parser)
    parser.add_argument("--precision", default=settings.precision, help="auto, fp32 or bf16")
    parser.add_argument(
        "--methods", action=Names, default=[], help="names with commas between; all that fit by default"
    )
    parser.add_argument("--limit", type=int, default=8, help="texts a language; 0: all")
    parser.add_argument(
        "--languages",
        action=Names,
        default=[],
        help="codes with commas between; also of the rows a head is trained on",
    )
    parser.add_argument("--split", default=TEST, help="the rows to explain, where the data have splits")
    parser.add_argument("--seed", type=int, default=settings.seed)
    parser.add_argument("--deep", action="store_true", help="also the metrics that are too dear for the chat")
    parser.add_argument("--out", type=Path, help="a folder for explainers.json and explainers.html")
    return parser.parse_args(argv)
