"""`python -m jobs check_rationales --dataset FILE --model M`: how far a writer's reasons in words hold on a labelled data set."""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

from agent.registries import discover_all
from agent.running.cache import code_revision
from agent.running.run import versions
from core.data import TRAIN, Dataset, Instance, labelled
from core.errors import UserError
from core.explanations import Rationale
from core.faithfulness import BETTER
from core.languages import complete
from core.progress import Progress
from core.settings import Settings, read_settings
from core.statistics import Mean
from core.words import FALLBACK
from explainers.checking import Checked
from explainers.edits.figures import Sentences
from explainers.rationales.checking import Tools, check, rationales
from explainers.rationales.reader import LinearReader, spread
from jobs.shared import html
from jobs.shared.figures import shown, text_table
from jobs.shared.kept import Kept
from jobs.shared.subject import Subject
from jobs.shared.terminal import (
    add_dataset,
    add_languages,
    add_model,
    add_out,
    add_precision,
    add_seed,
    add_split,
    progress_lines,
)
from models.base import GENERATE, ExplainedModel
from models.generation.batch_writer import BatchWriter, DrawingWriter
from models.generation.generator import CausalGenerator
from models.loading import Models
from operations.rationalize import speaks

TEMPERATURE = 0.7  # of the texts that are drawn anew
COLUMNS = ("metric", "mean", "over its control", "n", "without a value")


@dataclass(frozen=True)
class Figure:
    """One metric over all reasons: its mean, by how much it is better than its control, and why it has no value how often."""

    metric: str
    value: Mean | None
    gain: Mean | None
    missing: Mapping[str, int]


@dataclass(frozen=True)
class Report:
    """What was checked, in words, and what came of it: the metrics, and how many reasons are clearly better than random words."""

    of: str
    checked: int
    better: int
    metrics: list[Figure]

    @property
    def verdict(self) -> str:
        """How many hold."""
        return f"Clearly better than random words: {self.better} of {self.checked}."


def main(argv: Sequence[str]) -> int:
    """Prints the table; with --out also writes JSON and a page without outside parts. Exit status 0; 2 where nothing can be checked."""
    settings = read_settings()
    options = _options(argv, settings)
    discover_all()
    subject = Subject.of(options, settings)
    data, model, rows = subject.data, subject.model, subject.rows
    tools = tools_of(subject.models, options, data)
    name, seed, progress = tools.writer.name, options.seed, progress_lines()
    made = rationales(model, [(row, spoken(name, row)) for row in rows], tools.writer, seed, progress)
    if not made:
        raise UserError("no_rationale", writer=name)
    asked = [data.revision, model.name, model.revision, model.precision, name, code_revision(), *map(str, versions())]
    kept = Kept(options.out, [*asked, str(settings.random_draws), str(seed), str(options.variants), str(len(made))])
    checked = list(_checked(model, made, tools, kept, settings.random_draws, seed, progress))
    of = f"{data.name}@{data.revision}: reasons by {name} for {len(made)} of {len(rows)} texts; {model.name} ({model.precision})"
    report = Report(of, len(checked), sum(one.better for one in checked), figures(checked))
    print(report.of, report.verdict, table(report.metrics), sep="\n")
    if options.out:
        options.out.mkdir(parents=True, exist_ok=True)
        written = json.dumps(asdict(report), indent=2, allow_nan=False)
        (options.out / "rationales.json").write_text(f"{written}\n", "utf-8")
        (options.out / "rationales.html").write_text(page(report), "utf-8")
    return 0


def tools_of(models: Models, options: argparse.Namespace, data: Dataset) -> Tools:
    """The writer and the judges. Raises UserError("missing_capability") for a writer that is not on this machine."""
    writer = models.generator(options.writer, models.settings.precision, progress_lines())
    if not isinstance(writer, CausalGenerator):
        raise UserError("missing_capability", model=options.writer, capability=GENERATE)
    encoder = models.encoder()
    drawing = DrawingWriter(BatchWriter(writer, TEMPERATURE))
    reader = reader_of(data, encoder)
    return Tools(writer, drawing, BatchWriter(writer).log_probs, reader, encoder, data, options.variants)


def reader_of(data: Dataset, encoder: Sentences) -> LinearReader | None:
    """A classifier of texts, taught by the training rows; None where these have a single label."""
    lessons = [(row.text, row.label) for row in spread(labelled(data, data.split(TRAIN)))]
    if len({label for _, label in lessons}) < 2:
        return None
    names = {data.schema.label_in(label, code) for label in data.schema.labels for code in complete()}
    return LinearReader.taught(encoder, lessons, {*data.schema.labels, *names})


def spoken(writer: str, row: Instance) -> str:
    """The language of the text where the writer speaks it, else English."""
    return row.language if row.language in complete() and speaks(writer, row.language) else FALLBACK


def _checked(
    model: ExplainedModel,
    made: Sequence[Rationale],
    tools: Tools,
    kept: Kept,
    draws: int,
    seed: int,
    progress: Progress,
) -> Iterator[Checked]:
    """Each reason's figures; those of a job that was stopped are not computed again."""
    for one in made:
        row, calls, begun = one.prediction.instance, model.calls, time.process_time()
        known = kept.read(row)
        if not known:
            found = check(model, one, made, tools, draws, seed, progress)
            cost = (time.process_time() - begun, model.calls - calls)
            known = kept.written(
                row, [Checked(one.generator, one.language, found.scores, found.verdict == BETTER, *cost)]
            )
        yield from known


def figures(checked: Sequence[Checked]) -> list[Figure]:
    """One a metric, in the order in which they were measured."""
    metrics = dict.fromkeys(score.metric for one in checked for score in one.scores)
    return [_figure(metric, checked) for metric in metrics]


def _figure(metric: str, checked: Sequence[Checked]) -> Figure:
    scores = [score for one in checked for score in one.scores if score.metric == metric]
    gains = Mean.of(one.gain(metric) for one in checked)
    missing = Counter(score.reason for score in scores if score.value is None)
    return Figure(metric, Mean.of(score.value for score in scores), gains, dict(missing))


def table(found: Sequence[Figure]) -> str:
    """The figures, one line a metric."""
    return text_table(COLUMNS, list(map(_cells, found)))


def page(report: Report) -> str:
    """The figures as one HTML file."""
    told = html.table("Reasons in words", COLUMNS, [_cells(one) for one in report.metrics])
    note = (
        "Means over texts with 95 % bootstrap intervals. Controls are random words, shuffled contributions or reasons for other texts: "
        "a metric says something where it is clearly above its control."
    )
    return html.page(f"Polylens: {report.of}", [html.paragraph(report.verdict), told, html.paragraph(note)])


def _cells(one: Figure) -> tuple[str, ...]:
    missing = ", ".join(f"{reason} ({count})" for reason, count in one.missing.items())
    return one.metric, shown(one.value), shown(one.gain), str(one.value.n if one.value else 0), missing


def _options(argv: Sequence[str], settings: Settings) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m jobs check_rationales", description=__doc__)
    add_dataset(parser, required=True)
    add_model(parser)
    add_precision(parser, settings.precision)
    parser.add_argument(
        "--writer", default=settings.writer, help="a causal model of the catalogue: it writes the reasons"
    )
    parser.add_argument("--limit", type=int, default=2, help="texts a language; 0: all")
    add_languages(parser)
    add_split(parser)
    parser.add_argument("--variants", type=int, default=24, help="variants of a text for CC-SHAP")
    add_seed(parser, settings.seed)
    add_out(parser, "rationales.json and rationales.html")
    return parser.parse_args(argv)
