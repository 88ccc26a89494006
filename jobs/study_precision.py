"""`python -m jobs study_precision --dataset D --model M --out DIR`: does a compressed model still explain itself?"""

from __future__ import annotations

import argparse
import gc
import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from agent.cache import code_revision
from agent.run import versions
from core.errors import UserError
from core.progress import Progress
from core.settings import Settings, read_settings
from core.values import fingerprint
from explainers.edits.fluency import JUDGE, Remembered
from explainers.rationales.reader import LinearReader
from jobs.common import discover_all, names_in
from jobs.explain_folder import Folder
from jobs.study_precision_arms import Arm, Budget, Helpers, Row, key_of
from jobs.study_precision_bench import Bench
from jobs.study_precision_controls import controls
from jobs.study_precision_data import Item, Studied, studied
from jobs.study_precision_figures import study
from jobs.study_precision_report import report, summary
from models.base import GENERATE, GRADIENTS
from models.batch_writer import BatchWriter
from models.catalog import find
from models.generator import CausalGenerator
from models.likelihood import Likelihood
from models.loading import Models
from models.memory import device_of, precision_of, runnable_here
from models.precisions import FULL
from models.quantize import weight_bytes

INTERRUPTED = 130
LESSONS = 600  # texts that the reader of rationales learns from
LESSON_LETTERS = 400
CHUNK = 8  # items between two writes: a kill loses at most these


def main(argv: Sequence[str]) -> int:
    """Exit status 0 when report and figures are written, 130 after ctrl-c; then the same command goes on."""
    asked = _options(argv)
    settings = read_settings().model_copy(update={"seed": asked.seed})
    discover_all()
    arms = arms_of(asked, settings)
    data = studied(asked.dataset, asked.split, asked.languages, asked.limit, asked.seed)
    budget = Budget(asked.tokens, asked.tried, asked.variants, asked.deep)
    facts = facts_of(asked, data, arms, budget)
    with Folder(asked.out).locked() as folder:
        folder.begin(facts)
        try:
            run(folder, facts, arms, data, settings, asked, budget)
        except KeyboardInterrupt:
            _say(f"Stopped: {folder.done} rows are kept. The same command goes on from there.")
            return INTERRUPTED
        found = write_report(folder, facts, arms)
        folder.write_manifest({"job": facts, "state": "done", "rows": folder.done})
        print(found)
    return 0


def arms_of(asked: argparse.Namespace, settings: Settings) -> list[Arm]:
    """The reference first, then itself with another sampling seed (the noise floor), then the others.

    Raises UserError: unknown_precision, precision_needs.
    """
    device = device_of(settings.device)
    names = list(dict.fromkeys(precision_of(name, device) for name in asked.precisions or runnable_here()))
    light = [precision_of(name, device) for name in asked.light]
    if FULL in names:
        names = [FULL, *(name for name in names if name != FULL)]
    noise = [] if asked.no_noise else [Arm(names[0], 1)]
    return [Arm(names[0]), *noise, *map(Arm, names[1:]), *(Arm(name, 0, True) for name in light if name not in names)]


def run(
    folder: Folder,
    facts: dict[str, object],
    arms: Sequence[Arm],
    data: Studied,
    settings: Settings,
    asked: argparse.Namespace,
    budget: Budget,
) -> None:
    """Compute the rows that are missing: all arms on the items of a round, with a report, then on those of the next.

    So a study that is stopped has compared something; but each round loads each model again.
    """
    helpers: Helpers | None = None
    deep = frozenset(item.name for item in data.items[: budget.deep])
    size = asked.round or len(data.items)
    for first in range(0, len(data.items), size):
        items = data.items[first : first + size]
        for arm in arms:
            missing = [item for item in items if key_of(arm, item) not in folder.keys]
            if not missing:
                continue
            helpers = helpers or helpers_of(data, settings, asked.fluency)
            _work(folder, bench_of(arm, data, settings, asked, helpers, budget), missing, deep)
            gc.collect()
        write_report(folder, facts, arms)


def _work(folder: Folder, bench: Bench, missing: Sequence[Item], deep: frozenset[str]) -> None:
    """The rows of one arm, kept chunk by chunk."""
    for rows, left in _measured(bench, missing, deep):
        for row in rows:
            folder.append(row)
        spent = sum(float(str(row["wall"])) for row in rows) / len(rows)
        _say(f"{bench.arm.name}: {len(missing) - left} of {len(missing)} items, {left * spent / 60:.1f} min left")


def _measured(bench: Bench, items: Sequence[Item], deep: frozenset[str]) -> Iterator[tuple[list[Row], int]]:
    """The rows chunk by chunk, and how many items are left."""
    weights = _weights(bench)
    for first in range(0, len(items), CHUNK):
        begun = time.perf_counter()
        rows = bench.rows(items[first : first + CHUNK], deep)
        for row in rows:
            wall = (time.perf_counter() - begun) / len(rows)
            row |= {"wall": wall, "weights_mb": weights, "gradients": float(GRADIENTS in bench.model.capabilities)}
        yield rows, max(0, len(items) - first - CHUNK)


def _weights(bench: Bench) -> float:
    return round(weight_bytes(bench.writer.generator.model) / 1e6, 1)


def helpers_of(data: Studied, settings: Settings, fluency: str) -> Helpers:
    """The judges: sentence encoder, reader of rationales, and the language model that knows fluent text."""
    models = Models(settings.model_copy(update={"precision": FULL}))
    encoder = models.encoder()
    schema = data.dataset.schema
    names = {*schema.labels, *(schema.label_in(label, "en") for label in schema.labels)}
    rows = [row for row in data.dataset.split("train") if row.label]
    lessons = data.lessons or tuple((row.text[:LESSON_LETTERS], row.label) for row in rows)
    step = max(1, len(lessons) // LESSONS)
    texts, labels = zip(*lessons[::step][:LESSONS], strict=True)
    reader = LinearReader(encoder, texts, labels, names)
    name = fluency or (JUDGE if models.has(JUDGE) else "")
    if not name:
        _say(f"Fluency is not measured, because {JUDGE} is not on this machine; --fluency {JUDGE} fetches it.")
        return Helpers(encoder, reader, None)
    judge = models.generator(name, FULL)
    fluent = Likelihood(judge.model, judge.tokenizer) if isinstance(judge, CausalGenerator) else None
    return Helpers(encoder, reader, Remembered(fluent) if fluent else None)


def bench_of(
    arm: Arm, data: Studied, settings: Settings, asked: argparse.Namespace, helpers: Helpers, budget: Budget
) -> Bench:
    """The model of an arm. Raises UserError("missing_capability") for one that does not write, and what loading raises."""
    models = Models(settings)
    model = models.explained(asked.model, arm.precision, data.dataset)
    writer = models.generator(asked.model, arm.precision, Progress())
    if not isinstance(writer, CausalGenerator):
        raise UserError("missing_capability", model=asked.model, capability=GENERATE)
    likelihood = Likelihood(writer.model, writer.tokenizer)
    batched = BatchWriter(writer, asked.temperature)
    return Bench(arm, model, batched, likelihood, helpers, data, budget, asked.seed)


def facts_of(asked: argparse.Namespace, data: Studied, arms: Sequence[Arm], budget: Budget) -> dict[str, object]:
    """Everything that a row depends on."""
    row = find(asked.model)
    return {
        "dataset": {
            "source": asked.dataset,
            "revision": data.dataset.revision,
            "split": asked.split,
            "chosen": fingerprint(tuple(item.instance for item in data.items)),
            "items": len(data.items),
        },
        "model": {"name": row.name, "weights": row.key, "note": row.note},
        "arms": [asdict(arm) for arm in arms],
        "budget": vars(budget),
        "temperature": asked.temperature,
        "seed": asked.seed,
        "fluency": asked.fluency or JUDGE,
        "versions": dict(versions()),
        "code": code_revision(),
    }


def write_report(folder: Folder, facts: dict[str, object], arms: Sequence[Arm]) -> str:
    """Write figures and page of all rows so far; the tables as text."""
    rows: list[Row] = list(folder.rows())
    found = study(rows, [arm.name for arm in arms])
    record = found.record() | {"controls": [asdict(one) for one in controls(found, rows)]}
    folder.write_text(folder.path / "figures.json", json.dumps(record, indent=1, ensure_ascii=False) + "\n")
    folder.write_text(folder.report_file, report(found, rows, facts))
    return summary(found, rows)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m jobs study_precision", description=__doc__)
    add = parser.add_argument
    add(
        "--dataset", required=True, help="a task by name, a file, or a folder; explanations by people where it has them"
    )
    add("--split", default="test", help="the rows to study; all other rows are there to learn from")
    add("--languages", type=names_in, default=[], help="only rows in these languages; codes with commas between")
    add("--model", required=True, help="a causal model: it answers and explains its own answers")
    add(
        "--precisions", type=names_in, default=[], help=f"with commas between; {FULL}, else the first, is the reference"
    )
    add("--light", type=names_in, default=[], help="precisions of which only answers and likelihoods are measured")
    add("--limit", type=int, default=100, help="items, labels and languages in turn; 0: all")
    add(
        "--round", type=int, default=0, help="items that all precisions get before the next; 0: all, models loaded once"
    )
    add("--deep", type=int, default=12, help="of them, items with attributions and CC-SHAP")
    add("--tokens", type=int, default=40, help="of an explanation or a counterfactual at most")
    add("--tried", type=int, default=8, help="insertions of the edit test")
    add("--variants", type=int, default=11, help="variants of the text for CC-SHAP")
    add(
        "--temperature", type=float, default=0.7, help="of sampling; 0 takes the likeliest token and has no noise floor"
    )
    add("--fluency", default="", help=f"the causal model that judges fluency; {JUDGE} where it is on this machine")
    add("--no-noise", action="store_true", help="without the reference's second sampling seed")
    add("--seed", type=int, default=0)
    add("--out", type=Path, required=True, help="the job's folder; the same command goes on in it")
    return parser.parse_args(argv)
