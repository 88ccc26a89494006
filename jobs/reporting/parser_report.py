"""What `evaluate_parser` found, as figures with intervals and as a page: by parser, language and operation, with calibration."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from core.statistics import Bin, calibration_error, mcnemar, reliability, wilson
from jobs.shared import html
from parsers.evaluation.scoring import Outcome, by_language

CONFUSED = 25  # pairs of operations that the page lists


def right(one: Outcome) -> bool:
    """Exact parse; for a row with an own text, operation and exact span."""
    return one.exact if one.gold.span is None else one.intent and one.span_exact


def comparison(every: Mapping[str, Sequence[Outcome]]) -> str:
    """One line a parser: share of right rows with interval, by kind of row, calibration and time."""
    lines = [f"{'parser':22}{'exact':>8}{'95 %':>16}{'n':>6}{'joint':>8}{'95 %':>16}{'n':>6}{'ECE':>7}{'p50 ms':>9}"]
    for name, outcomes in every.items():
        plain, custom = _kinds(outcomes)
        lines.append(
            f"{name:22}{_share(plain)}{_share(custom)}{calibration_error(_bins(outcomes)):7.3f}{_median(outcomes):9.1f}"
        )
    return "\n".join([*lines, *_tests(every)])


def _share(outcomes: Sequence[Outcome]) -> str:
    hits = sum(map(right, outcomes))
    low, high = wilson(hits, len(outcomes))
    return f"{hits / max(1, len(outcomes)):8.3f}{f'{low:.3f}–{high:.3f}':>16}{len(outcomes):6}"


def _tests(every: Mapping[str, Sequence[Outcome]]) -> list[str]:
    """McNemar's test of the first parser against each other one."""
    (first, own), *others = every.items()
    found = [(name, mcnemar(list(map(right, own)), list(map(right, theirs)))) for name, theirs in others]
    return [f"{first} against {name}: {more} to {fewer}, p = {p:.2g}" for name, (more, fewer, p) in found]


def write_page(every: Mapping[str, Sequence[Outcome]]) -> str:
    """The whole report as HTML."""
    parts = [
        html.paragraph("A row is right when the whole parse is; with an own text, when operation and exact span are.")
    ]
    parts.append(
        html.table(
            "Parsers", ("parser", "n", "right", "95 % low", "high", "ECE", "p50 ms"), list(map(_row, every.items()))
        )
    )
    parts += [html.paragraph(line) for line in _tests(every)]
    for name, outcomes in every.items():
        parts.append(html.heading(name))
        parts.append(html.table("By language", ("language", "n", "right", "95 % low", "high"), _languages(outcomes)))
        parts.append(html.diagram("Reliability of the operation", _bins(outcomes)))
        parts.append(html.table("Operations taken for another", ("meant", "read as", "rows"), _confused(outcomes)))
    return html.page("How well the parsers read", parts)


def _row(named: tuple[str, Sequence[Outcome]]) -> tuple[object, ...]:
    name, outcomes = named
    return name, *_counted(outcomes), calibration_error(_bins(outcomes)), _median(outcomes)


def _languages(outcomes: Sequence[Outcome]) -> list[tuple[object, ...]]:
    return [(code, *_counted(rows)) for code, rows in by_language(outcomes).items()]


def _counted(outcomes: Sequence[Outcome]) -> tuple[int, float, float, float]:
    hits = sum(map(right, outcomes))
    return len(outcomes), hits / max(1, len(outcomes)), *wilson(hits, len(outcomes))


def _confused(outcomes: Sequence[Outcome]) -> list[tuple[object, ...]]:
    wrong = [one for one in outcomes if not one.intent]
    pairs = Counter((" ".join(one.gold.names), " ".join(call.operation for call in one.parse.calls)) for one in wrong)
    return [(meant, said, count) for (meant, said), count in pairs.most_common(CONFUSED)]


def _bins(outcomes: Sequence[Outcome]) -> tuple[Bin, ...]:
    return reliability([one.parse.confidence for one in outcomes], [one.intent for one in outcomes])


def _kinds(outcomes: Sequence[Outcome]) -> tuple[list[Outcome], list[Outcome]]:
    return [one for one in outcomes if one.gold.span is None], [one for one in outcomes if one.gold.span is not None]


def _median(outcomes: Sequence[Outcome]) -> float:
    times = sorted(one.seconds * 1000 for one in outcomes)
    return times[len(times) // 2] if times else 0.0
