"""The load test's figures, and that it sees a mixed session and an error when there is one."""

from __future__ import annotations

import random
from typing import Any

import pytest

from jobs.load_test import Question, _asked, _record, main, questions
from jobs.reporting.load_figures import Sample, figures, quantile, table


def test_quantiles_by_hand() -> None:
    assert [quantile([3, 1, 2, 4], share) for share in (0.25, 0.5, 0.95, 1.0)] == [1, 2, 4, 4]
    assert quantile([], 0.5) == 0.0


def test_figures_by_hand() -> None:
    samples = [
        Sample("count", 0, 1.0),
        Sample("count", 1, 3.0),
        Sample("show", 2, 2.0, mine=False),
        Sample("show", 3, 9.0, "disk_full"),
    ]
    found = figures(samples, [(5, 900), (61, 1000), (120, 1050)], 120)
    assert (found["answers"], found["errors"], found["mixed"]) == (3, 1, 1)
    assert found["kinds"]["count"] == {"n": 2, "p50": 1.0, "p95": 3.0, "max": 3.0} and found["all"]["p50"] == 2.0
    assert found["memory"] == {"minute": 1000, "end": 1050, "most": 1050, "growth": 0.05}
    assert "1 × disk_full" in table(found) and "+5.0%" in table(found)


class Fake:
    """An app that answers everybody with one record."""

    def __init__(self, record: dict[str, Any]) -> None:
        self.record = record

    def ask(self, **given: str) -> dict[str, Any]:
        return self.record


def test_an_answer_of_somebody_else_is_seen() -> None:
    asked = next(one for one in questions(3, range(100), random.Random(1)) if one.kind == "predict")
    own = int(asked.query.rsplit(" ", 1)[1])
    mine = _asked(Fake({"request": {"ids": [own]}}), "s", asked, 0.0)  # type: ignore[arg-type]
    other = _asked(Fake({"request": {"ids": [own + 1]}}), "s", asked, 0.0)  # type: ignore[arg-type]
    failed = _asked(Fake({"error": {"kind": "disk_full"}}), "s", asked, 0.0)  # type: ignore[arg-type]
    broken = _asked(Fake({}), "s", asked, 0.0)  # type: ignore[arg-type]
    assert (mine.mine, other.mine, failed.trouble) == (True, False, "disk_full") and "KeyError" in broken.trouble


def test_visitors_ask_about_ids_of_their_own() -> None:
    rounds = [questions(number, range(720), random.Random(number)) for number in range(20)]
    assert len({one.query for round_ in rounds for one in round_ if one.kind in ("predict", "own text")}) == 40
    assert all(isinstance(one, Question) for one in rounds[0])


def test_a_stream_of_events_ends_with_its_record() -> None:
    assert _record(["event: heartbeat", "data: null", "event: complete", 'data: [{"parse": "count"}]']) == {
        "parse": "count"
    }
    with pytest.raises(ValueError, match="failed"):
        _record(["event: error", "data: null"])
    with pytest.raises(ValueError, match="without"):
        _record([])


def test_where_nothing_answers_the_test_fails() -> None:
    assert main(["--address", "http://127.0.0.1:9", "--visitors", "2", "--minutes", "0.15"]) == 1
