"""`python -m jobs check_explainers --data FILE --model M`: how faithful every attribution method is on a labelled data set."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from agent.registries import discover_all
from agent.running.cache import code_revision
from agent.running.run import versions
from core.data import TEST, Dataset
from core.settings import Settings, read_settings
from core.statistics import FEWEST, Mean
from core.validated import Validated, keep
from explainers.base import EXPLAINERS, choose, fitting
from explainers.checking import GRANULARITY, Checked, Paired, Summary, check, paired, summaries
from explainers.metrics.variants import STEP
from jobs.shared import html
from jobs.shared.figures import shown, text_table
from jobs.shared.kept import Kept
from jobs.shared.subject import Subject
from jobs.shared.terminal import (
    Names,
    add_dataset,
    add_languages,
    add_model,
    add_out,
    add_precision,
    add_seed,
    add_split,
    model_title,
    progress_lines,
)
from models.base import ExplainedModel

CONTROL = "random_scores"
COLUMNS = ("method", "gain in comprehensiveness", "gain in sufficiency", "> chance", "clearly better", "CPU s", "calls")


@dataclass(frozen=True)
class Report:
    """What was checked, in words, each method's figures, and how it stands against the control."""

    of: str
    methods: list[Summary]
    over_control: dict[str, Paired]


def main(argv: Sequence[str]) -> int:
    """Prints the table; with --out also writes JSON and a page without outside parts. Exit status 0; 2 where no row is left."""
    settings = read_settings()
    options = _options(argv, settings)
    discover_all()
    subject = Subject.of(options, settings)
    report = measure(subject, options, settings)
    print(report.of, table(report.methods), against_control(report.over_control), sep="\n")
    if published(options, settings):
        told = measured(subject.model, subject.data, report.methods, options.out)
        keep(settings.cache, told)
        if not told:
            print(f"The chat is told only of methods measured on {FEWEST} texts or more.", file=sys.stderr)
    if options.out:
        write(report, options.out)
    return 0


def measure(subject: Subject, options: argparse.Namespace, settings: Settings) -> Report:
    """Every method on every row; rows of a job that was stopped are not computed again."""
    data, model, rows = subject.data, subject.model, subject.rows
    methods = names(model, options.methods)
    asked = [data.revision, model.name, model.revision, model.precision, str(settings.random_draws), *methods]
    made_by = [code_revision(), *map(str, versions())]
    kept = Kept(options.out, [*asked, str(options.seed), str(options.deep), *made_by])
    checked: list[Checked] = []
    for number, row in enumerate(rows):
        progress_lines()(STEP, number / len(rows))
        checked += kept.read(row) or kept.written(
            row, list(check(model, [row], methods, settings.random_draws, options.seed, options.deep))
        )
    described = model_title(model.name, model.precision, dict(model.facts).get("weights", ""))
    of = f"{data.name}@{data.revision}, {len(rows)} texts; {described}; units: {GRANULARITY}"
    return Report(of, summaries(checked), paired(checked, CONTROL))


def write(report: Report, out: Path) -> None:
    """The figures as JSON and as a page."""
    out.mkdir(parents=True, exist_ok=True)
    (out / "explainers.json").write_text(json.dumps(asdict(report), indent=2, allow_nan=False) + "\n", "utf-8")
    (out / "explainers.html").write_text(page(report.of, report.methods, report.over_control), "utf-8")


def published(options: argparse.Namespace, settings: Settings) -> bool:
    """Whether the figures hold for the chat's own head, on texts it has not learned from."""
    return not options.languages and options.split == TEST and options.seed == settings.seed


def measured(model: ExplainedModel, data: Dataset, found: Sequence[Summary], out: Path | None) -> list[Validated]:
    """What the chat says of this model and precision from now on: each method's gain in comprehensiveness, from FEWEST texts on.

    The report is named by its folder alone, not by where that lies on this machine.
    """
    report = f"{out.resolve().name}/explainers.html" if out else "python -m jobs check_explainers"
    of = (model.name, model.revision, model.precision, data.name, data.revision)
    gains = [(one.method, one.gains["comprehensiveness"]) for one in found if one.method != CONTROL]
    enough = [(name, gain) for name, gain in gains if gain.n >= FEWEST]
    return [Validated(*of, name, gain.n, gain.mean, gain.low, gain.high, report) for name, gain in enough]


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
    return text_table(COLUMNS, list(map(_cells, found)))


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


def _options(argv: Sequence[str], settings: Settings) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m jobs check_explainers", description=__doc__)
    add_dataset(parser, "--data", required=True)
    add_model(parser)
    add_precision(parser, settings.precision)
    parser.add_argument(
        "--methods", action=Names, default=[], help="names with commas between; all that fit by default"
    )
    parser.add_argument("--limit", type=int, default=8, help="texts a language; 0: all")
    add_languages(parser, "; also of the rows a head is trained on")
    add_split(parser)
    add_seed(parser, settings.seed)
    parser.add_argument("--deep", action="store_true", help="also the metrics that are too dear for the chat")
    add_out(parser, "explainers.json and explainers.html")
    return parser.parse_args(argv)
