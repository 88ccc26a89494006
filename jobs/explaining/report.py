"""The report of a batch job: what was asked, how faithful the answers are, what failed, and examples; one page that stands alone."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from core.explanations import Attribution
from core.faithfulness import BETTER, NOT_APPLICABLE
from core.languages import shorten
from core.operation import OPERATIONS
from core.settings import Settings
from core.statistics import Z, wilson
from jobs.explaining.plan import Plan, facts
from jobs.explaining.rows import FAILED, Row
from jobs.shared.html import bars, heading, page, paragraph, table
from jobs.shared.terminal import model_title
from models.catalog import find

SHOWN, WORDS, LETTERS, KINDS = 4, 3, 160, 30  # examples a question, words an example, letters a text, kinds of failure
BY_CHANCE = 0.09  # at most, as simulated: explainers/metrics/judge.py
Key = tuple[str, str, str, str]  # operation, settings, model, precision


@dataclass
class Running:
    """Mean of numbers that pass by, without keeping them. Welford 1962, Technometrics 4:419."""

    count: int = 0
    mean: float = 0.0
    _squares: float = 0.0

    def add(self, number: float) -> None:
        """Mean and squares with this number among the others."""
        self.count += 1
        step = number - self.mean
        self.mean += step / self.count
        self._squares += step * (number - self.mean)

    @property
    def half(self) -> float:
        """Half the 95 % interval of the mean (normal); 0 for fewer than two numbers."""
        return Z * math.sqrt(self._squares / (self.count - 1) / self.count) if self.count > 1 else 0.0


@dataclass
class Group:
    """All rows of one question to one model: counts, and means of what was measured."""

    rows: int = 0
    failed: int = 0
    seconds: Running = field(default_factory=Running)
    verdicts: Counter[str] = field(default_factory=Counter)
    languages: dict[str, Counter[str]] = field(default_factory=dict)
    metrics: dict[str, tuple[Running, Running]] = field(default_factory=dict)
    best: dict[str, str] = field(default_factory=dict)
    examples: list[Row] = field(default_factory=list)

    def add(self, row: Row) -> None:
        """Count a row; of one that failed, only that it did."""
        self.rows += 1
        if row["status"] == FAILED:
            self.failed += 1
            return
        self.seconds.add(row["seconds"])
        self.verdicts[row["verdict"]] += 1
        self.languages.setdefault(row["language"], Counter())[row["verdict"]] += 1
        for score in row["scores"]:
            self._score(score)
        if len(self.examples) < SHOWN:
            self.examples.append(row)

    def _score(self, score: Row) -> None:
        value, chance = self.metrics.setdefault(score["metric"], (Running(), Running()))
        self.best[score["metric"]] = score["best"]
        if score["value"] is not None:
            value.add(score["value"])
        if score["random_mean"] is not None:
            chance.add(score["random_mean"])

    @property
    def judged(self) -> int:
        """Rows whose explanation claims reasons."""
        return sum(count for verdict, count in self.verdicts.items() if verdict != NOT_APPLICABLE)


@dataclass
class Summary:
    """What the report tells, gathered in one pass; its size does not grow with the rows."""

    groups: dict[Key, Group] = field(default_factory=dict)
    failures: Counter[tuple[str, str]] = field(default_factory=Counter)
    failed: int = 0

    @classmethod
    def of(cls, rows: Iterable[Row]) -> Summary:
        """The summary of all rows."""
        summary = cls()
        for row in rows:
            summary.add(row)
        return summary

    def add(self, row: Row) -> None:
        """Count a row under its question and model."""
        said = ", ".join(f"{name} = {text}" for name, text in json.loads(row["slots"]).items())
        key = (row["operation"], said, row["model"], row["precision"])
        self.groups.setdefault(key, Group()).add(row)
        if row["status"] == FAILED:
            self.failed += 1
            why = (row["error_kind"], row["error"])
            self.failures[why if why in self.failures or len(self.failures) < KINDS else (row["error_kind"], "…")] += 1


def report(job: Plan, settings: Settings, found: Summary) -> str:
    """The page. Every text of users, data and models in it is escaped."""
    parts = [_size(job, found), _overview(found), _faithful(found), heading("Every metric"), _metrics(found)]
    parts += [heading("By language"), _languages(found)]
    if found.failures:
        parts += [heading("What failed"), _failures(found)]
    parts += [heading("Examples"), _examples(found), heading("Where this comes from"), _facts(job, settings)]
    return page(f"Explanations of {job.dataset.name}", parts)


def _size(job: Plan, found: Summary) -> str:
    models = ", ".join(model_title(name, precision, find(name).note) for name, precision in job.models)
    rows = sum(group.rows for group in found.groups.values())
    return paragraph(f"{rows} rows, {found.failed} failed; {len(job.texts)} texts of {job.dataset.name}; {models}.")


def _overview(found: Summary) -> str:
    rows = [
        (*key, group.rows, group.failed, *_share(group), f"{group.seconds.mean:.2f}")
        for key, group in found.groups.items()
    ]
    columns = (
        "operation",
        "settings",
        "model",
        "precision",
        "rows",
        "failed",
        "judged",
        "better than chance",
        "95 %",
        "seconds",
    )
    return table("Questions", columns, rows)


def _share(group: Group) -> tuple[int, str, str]:
    """Rows judged, share better than chance, and its interval."""
    if not group.judged:
        return 0, "–", "–"
    low, high = wilson(group.verdicts[BETTER], group.judged)
    return group.judged, f"{group.verdicts[BETTER] / group.judged:.0%}", f"{low:.0%} to {high:.0%}"


def _faithful(found: Summary) -> str:
    entries = [
        (_title(key), group.verdicts[BETTER] / group.judged, wilson(group.verdicts[BETTER], group.judged))
        for key, group in found.groups.items()
        if group.judged
    ]
    if not entries:
        return ""
    said = "Share of explanations that are better than chance, with 95 % interval (Wilson)"
    if not any(OPERATIONS[operation].gives is Attribution for operation, *_ in found.groups):
        return bars(said, entries)
    return bars(
        f"{said}. Dashed line: of random attribution maps, {BY_CHANCE:.0%} are called better", entries, BY_CHANCE
    )


def _title(key: Key) -> str:
    operation, said, model, precision = key
    return shorten(f"{' '.join((operation, said.removeprefix('method = '))).strip()} · {model} {precision}", 58)


def _metrics(found: Summary) -> str:
    rows = [
        (_title(key), metric, _mean(value), _mean(chance), group.best[metric])
        for key, group in found.groups.items()
        for metric, (value, chance) in group.metrics.items()
    ]
    columns = ("question", "metric", "mean (± 95 %)", "of random explanations", "better is")
    return table("Means over rows; intervals are normal", columns, rows)


def _mean(found: Running) -> str:
    return f"{found.mean:.3f} ± {found.half:.3f} (n = {found.count})" if found.count else "–"


def _languages(found: Summary) -> str:
    rows = []
    for key, group in found.groups.items():
        for language, verdicts in sorted(group.languages.items()):
            total = sum(verdicts.values())
            counts: Sequence[object] = (total, *(verdicts[name] for name in ("better", "no_better", "unclear")))
            rows.append((_title(key), language or "–", *counts))
    return table("Verdicts", ("question", "language", "rows", "better", "no better", "unclear"), rows)


def _failures(found: Summary) -> str:
    rows = [(kind, sentence, count) for (kind, sentence), count in found.failures.most_common()]
    return table("Rows without an explanation", ("kind", "reason", "rows"), rows)


def _examples(found: Summary) -> str:
    rows = [
        (_title(key), str(row["id"]), shorten(_text(row), LETTERS), row["predicted"] or "–", gist(row), row["verdict"])
        for key, group in found.groups.items()
        for row in group.examples
    ]
    return table("First rows of each question", ("question", "id", "text", "answer", "explanation", "verdict"), rows)


def _text(row: Row) -> str:
    return " · ".join(one["text"] for one in row["fields"])


def gist(row: Row) -> str:
    """An explanation in a line: the strongest words with their scores, the first edit, or the rationale."""
    if row["tokens"]:
        strongest = sorted(row["tokens"], key=lambda one: -abs(one["score"]))[:WORDS]
        return ", ".join(f"“{one['text']}” {one['score']:+.3f}" for one in strongest)
    if row["edits"]:
        return shorten(f"{row['edits'][0]['label']}: {row['edits'][0]['text']}", LETTERS)
    return shorten(row["rationale"] or "–", LETTERS)


def _facts(job: Plan, settings: Settings) -> str:
    rows = [(name, json.dumps(fact, ensure_ascii=False)) for name, fact in facts(job, settings).items()]
    return table("The job", ("fact", "value"), rows)
