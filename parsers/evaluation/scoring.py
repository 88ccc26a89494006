"""How well parses fit their rows: exact match, intent, spans, slots and time, in all and by language."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.dialogue import Parse
from parsers.evaluation.gold import Gold, names_of, slots_of
from parsers.notation.coxql import to_coxql

Rates = dict[str, float | int]


@dataclass(frozen=True)
class Outcome:
    """One row, its parse and the seconds that language identification and parsing took together."""

    gold: Gold
    parse: Parse
    seconds: float

    @property
    def exact(self) -> bool:
        """Whether the whole parse is the row's, as strings with collapsed spaces."""
        return to_coxql(self.parse) == self.gold.notation

    @property
    def intent(self) -> bool:
        """Whether the operations are the row's."""
        return names_of(self.parse) == self.gold.names

    @property
    def span_exact(self) -> bool:
        """Whether one text was found, at exactly the row's characters."""
        found = self.parse.custom
        return len(found) == 1 and (found[0].start, found[0].end) == self.gold.span

    @property
    def span_f1(self) -> float:
        """F1 over characters: the same measure in every script, also where words have no borders."""
        wanted = set(range(*(self.gold.span or (0, 0))))
        found = {place for span in self.parse.custom for place in range(span.start, span.end)}
        return 2 * len(wanted & found) / (len(wanted) + len(found)) if wanted or found else 1.0

    @property
    def slots(self) -> bool:
        """Whether all slots that the benchmark names are the row's, no more and no fewer."""
        return slots_of(self.parse.calls[0]) == self.gold.slots


def summary(outcomes: Sequence[Outcome]) -> dict[str, object]:
    """The figures, rates 0 to 1; kinds of rows that are missing are left out."""
    notation = [one for one in outcomes if one.gold.span is None]
    custom = [one for one in outcomes if one.gold.span is not None]
    made: dict[str, object] = {}
    if notation:
        made["overall"] = _notation(notation)
        made["by_language"] = {language: _notation(rows) for language, rows in by_language(notation).items()}
    if custom:
        made["custom_input"] = _custom(custom)
    if outcomes:
        times = sorted(one.seconds * 1000 for one in outcomes)
        made["latency_ms"] = {"p50": round(_quantile(times, 0.5), 2), "p95": round(_quantile(times, 0.95), 2)}
    return made


def by_language(outcomes: Iterable[Outcome]) -> dict[str, list[Outcome]]:
    """Outcomes by the language of their rows, sorted by code."""
    found: dict[str, list[Outcome]] = defaultdict(list)
    for one in outcomes:
        found[one.gold.language].append(one)
    return dict(sorted(found.items()))


def table(outcomes: Sequence[Outcome]) -> str:
    """The figures as text, one line a language and kind."""
    lines = [f"{'':6}{'n':>6}{'exact':>8}{'intent':>8}{'span':>8}{'spanF1':>8}{'slots':>8}{'joint':>8}"]
    for language, rows in [*by_language(outcomes).items(), ("all", list(outcomes))]:
        notation = [one for one in rows if one.gold.span is None]
        custom = [one for one in rows if one.gold.span is not None]
        lines += [_line(language, _notation(notation), ("exact_match", "intent"))] if notation else []
        lines += (
            [_line(f"{language}*", _custom(custom), ("", "intent", "span_exact", "span_f1", "slots", "joint"))]
            if custom
            else []
        )
    return "\n".join(lines)


def _line(name: str, rates: Rates, columns: Sequence[str]) -> str:
    cells = "".join(f"{rates[column]:8.3f}" if column else " " * 8 for column in columns)
    return f"{name:6}{rates['n']:6}{cells}"


def _notation(rows: Sequence[Outcome]) -> Rates:
    return {
        "n": len(rows),
        "exact_match": _mean(one.exact for one in rows),
        "intent": _mean(one.intent for one in rows),
    }


def _custom(rows: Sequence[Outcome]) -> Rates:
    return {
        "n": len(rows),
        "span_exact": _mean(one.span_exact for one in rows),
        "span_f1": _mean(one.span_f1 for one in rows),
        "intent": _mean(one.intent for one in rows),
        "slots": _mean(one.slots for one in rows),
        "joint": _mean(one.intent and one.span_exact for one in rows),
    }


def _mean(values: Iterable[float]) -> float:
    found = list(values)
    return round(sum(found) / len(found), 4)


def _quantile(ordered: Sequence[float], share: float) -> float:
    """The value below which that share lies, linear between neighbours."""
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)
