"""`python -m jobs evaluate_parser --data FILE…`: how well a parser reads rows of the benchmark's formats."""

from __future__ import annotations

import argparse
import json
import random
import time
from collections import defaultdict
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from agent.registries import discover_all
from core.data import Schema
from core.dialogue import Utterance
from core.reading import load_dataset
from core.settings import read_settings
from jobs.reporting.parser_report import comparison, write_page
from jobs.shared.terminal import progress_lines, writable
from models.loading import Models
from parsers.base import PARSERS, Parser, Tools
from parsers.evaluation.gold import Gold, read_gold
from parsers.evaluation.scoring import Outcome, summary, table
from parsers.words.language_id import detect


def main(argv: Sequence[str]) -> int:
    """Prints a table by language and writes the figures as JSON. Exit status 0; 2 for rows that cannot be read."""
    settings = read_settings()
    options = _options(argv, settings.parser, settings.generator)
    discover_all()
    wanted = [options.parser, *(name for name in PARSERS.names() if options.all and name != options.parser)]
    kinds = [PARSERS[name] for name in wanted]
    every = [row for path in options.data for row in read_gold(path, options.split)]
    rows = sampled(every, options.limit, settings.seed)
    progress, models = progress_lines(), Models(settings)
    generator = partial(models.generator, options.generator, settings.precision, progress)
    schema = load_dataset(options.dataset or settings.dataset).schema
    found: dict[str, list[Outcome]] = {}
    for kind in kinds:
        parser = kind.build(Tools(models.encoder(progress), settings.cache, progress, generator))
        found[kind.name] = evaluate(parser, rows, schema)
        print(f"{kind.name}\n{table(found[kind.name])}\n", flush=True)
    print(comparison(found))
    figures = summary(found[options.parser])
    print(json.dumps(figures.get("latency_ms", {})))
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n", "utf-8")
    if options.report:
        options.report.write_text(write_page(found), "utf-8")
    return 0


def sampled(rows: Sequence[Gold], limit: int, seed: int) -> list[Gold]:
    """At most `limit` rows of each language, drawn at random, in their order; all for 0."""
    by_language: dict[str, list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        by_language[row.language].append(place)
    source = random.Random(seed)
    drawn = [source.sample(places, min(limit or len(places), len(places))) for places in by_language.values()]
    return [rows[place] for place in sorted(place for places in drawn for place in places)]


def evaluate(parser: Parser, rows: Sequence[Gold], schema: Schema) -> list[Outcome]:
    """Every row parsed on its own, as in a chat: the language is found first, without a hint."""
    if rows:
        _read(parser, rows[0], schema)  # the first call loads what is loaded on demand
    return [_read(parser, row, schema) for row in rows]


def _read(parser: Parser, row: Gold, schema: Schema) -> Outcome:
    start = time.perf_counter()
    parse = parser.parse(Utterance(row.text, *detect(row.text)), schema)
    return Outcome(row, parse, time.perf_counter() - start)


def _options(argv: Sequence[str], parser_name: str, generator: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m jobs evaluate_parser", description=__doc__)
    parser.add_argument(
        "--data", nargs="+", required=True, type=Path, help="JSON Lines files with notation or custom-input rows"
    )
    parser.add_argument("--parser", default=parser_name, help="name of a parser")
    parser.add_argument("--generator", default=generator, help="the language model of the parsers that ask one")
    parser.add_argument(
        "--limit", default=0, type=int, help="at most so many rows a language, drawn at random (seeded)"
    )
    parser.add_argument("--all", action="store_true", help="every parser, compared with the one named")
    parser.add_argument("--json", "--out", type=writable, help="where to write the figures of the parser named")
    parser.add_argument(
        "--report", type=writable, help="where to write a page with intervals, calibration and confusions"
    )
    parser.add_argument("--split", default="", help="only rows of this split, in files that have splits")
    parser.add_argument("--dataset", default="", help="the task whose labels and fields count")
    return parser.parse_args(argv)
