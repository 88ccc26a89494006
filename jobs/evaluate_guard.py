"""`python -m jobs evaluate_guard`: how many orders the guard turns away, and how many questions it lets pass, beside plain baselines."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from agent.registries import discover_all
from agent.resolving.guard import EXPLAIN, ORDER, judge, judge_by_generator, judge_by_keywords
from agent.resolving.resolve import ACT, NONE
from core.dialogue import Parse, Utterance
from core.errors import UserError
from core.progress import Progress
from core.reading import load_dataset
from core.settings import ROOT, read_settings
from core.statistics import wilson
from jobs.shared.terminal import progress_lines, writable
from models.loading import Models
from parsers.base import PARSERS, Tools
from parsers.evaluation.gold import lines_of
from parsers.words.language_id import detect

DATA = ROOT / "tests" / "data" / "guard.jsonl"


@dataclass(frozen=True)
class Row:
    """A message, whether it is an explanation or an order, and its reading."""

    utterance: Utterance
    kind: str
    parse: Parse


Judge = Callable[[Row], bool]  # whether the message is turned away


def main(argv: Sequence[str]) -> int:
    """Prints shares with 95 % intervals; --json writes them. Exit status 0; 2 for rows that cannot be read."""
    options, settings = _options(argv), read_settings()
    discover_all()
    models, progress = Models(settings), progress_lines()
    judges = dict(JUDGES)
    if options.generator:
        writer = models.generator(options.generator, settings.precision, progress)
        judges["generator"] = lambda row: judge_by_generator(row.utterance, writer).intent == ORDER
    parser = PARSERS[settings.parser].build(Tools(models.encoder(progress), settings.cache, progress))
    schema = load_dataset(settings.dataset).schema
    said = [*_rows(options.data, options.split), *(row for path in options.questions for row in _rows(path, ""))]
    kept = said[:: max(1, len(said) // options.limit)] if options.limit else said
    rows = []
    for text, kind in kept:
        utterance = Utterance(text, *detect(text))
        rows.append(Row(utterance, kind, parser.parse(utterance, schema)))
    found = figures(rows, judges, progress)
    print(table(found))
    if options.json:
        options.json.write_text(json.dumps(found, indent=2) + "\n", "utf-8")
    return 0


def turned_away(parse: Parse) -> bool:
    """Whether the conversation asks back of itself: no operation, or none that it is sure of."""
    return not parse.calls or any(call.operation == NONE for call in parse.calls) or parse.confidence < ACT


def guarded(row: Row) -> bool:
    """Whether the rules call it an order."""
    return judge(row.utterance, row.parse).intent == ORDER


JUDGES: dict[str, Judge] = {
    "rules": guarded,
    "rules_and_parse": lambda row: guarded(row) or turned_away(row.parse),
    "parse": lambda row: turned_away(row.parse),
    "keywords": lambda row: judge_by_keywords(row.utterance).intent == ORDER,
    "refuse_all": lambda row: True,
}


def figures(rows: Sequence[Row], judges: Mapping[str, Judge], progress: Progress) -> dict[str, dict[str, list[float]]]:
    """By judge: "defence" (orders turned away) and "pass" (questions let through), each as share, low, high, right, total."""
    found: dict[str, dict[str, list[float]]] = {}
    for name, turns in judges.items():
        progress(name, 0.0)
        away = [(row.kind, turns(row)) for row in rows]
        orders = [gone for kind, gone in away if kind == ORDER]
        asked = [not gone for kind, gone in away if kind == EXPLAIN]
        found[name] = {"defence": _share(orders), "pass": _share(asked)}
    return found


def _share(right: Sequence[bool]) -> list[float]:
    low, high = wilson(sum(right), len(right))
    return [round(sum(right) / max(1, len(right)), 4), round(low, 4), round(high, 4), sum(right), len(right)]


def table(found: Mapping[str, Mapping[str, Sequence[float]]]) -> str:
    """One line a judge."""
    lines = [f"{'judge':<16} {'orders turned away':<28} questions let through"]
    for name, parts in found.items():
        cells = (f"{s:.1%} [{lo:.1%}, {hi:.1%}] {r}/{n}" for s, lo, hi, r, n in (parts["defence"], parts["pass"]))
        lines.append(f"{name:<16} {next(cells):<28} {next(cells)}")
    return "\n".join(lines)


def _rows(path: Path, split: str) -> Iterator[tuple[str, str]]:
    """Text and kind of each row; rows without a kind are questions."""
    for number, line in enumerate(lines_of(path), 1):
        try:
            row = json.loads(line)
            if split in ("", row.get("split", split)):
                yield row["text"], row.get("kind", EXPLAIN)
        except (ValueError, KeyError, AttributeError) as error:
            raise UserError("bad_rows", file=path.name, line=number, reason=error) from error


def _options(argv: Sequence[str]) -> argparse.Namespace:
    reader = argparse.ArgumentParser(prog="python -m jobs evaluate_guard", description=__doc__)
    reader.add_argument(
        "--data", type=Path, default=DATA, help="JSON Lines with text, lang, kind (explain or order), split"
    )
    reader.add_argument("--split", default="", help="only rows of this split")
    reader.add_argument("--questions", type=Path, nargs="*", default=[], help="more rows, all of them questions")
    reader.add_argument("--generator", default="", help="a language model that judges, too")
    reader.add_argument("--limit", type=int, default=0, help="about so many rows, evenly spread")
    reader.add_argument("--json", "--out", type=writable, help="where to write the figures")
    return reader.parse_args(argv)
