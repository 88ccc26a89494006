"""Evaluation: rows of every format, the figures worked out by hand, and rows that cannot be read."""

import json
from pathlib import Path

import pytest

from core.dialogue import Call, Parse, Span, Utterance
from core.errors import UserError
from core.filters import ById
from core.progress import Progress
from core.settings import ROOT
from jobs import evaluate_parser
from jobs.__main__ import main
from parsers.base import PARSERS, ParserKind
from parsers.evaluation.gold import Gold, read_gold
from parsers.evaluation.scoring import Outcome, summary
from tests.parsing import REVIEWS, LetterEncoder

NOTATION = [
    {"text": "zeig 9", "lang": "de", "parse": "filter id 9 and show  [E]"},
    {"text": "show 9", "lang": "en", "parse": "filter id 9 and show [E]"},
    {"text": "predict 3", "lang": "en", "parse": "filter id 3 and predict [E]"},
]
CUSTOM = [
    {
        "text": 'flip "so bad" now',
        "lang": "en",
        "intent": "cfe",
        "input": "so bad",
        "start": 6,
        "end": 12,
        "slots": {"target_label": "positive"},
    },
    {
        "text": 'top 3 of "so bad"',
        "lang": "en",
        "intent": "nlpattribute",
        "input": "so bad",
        "start": 10,
        "end": 16,
        "slots": {"k": 3, "method": "default"},
    },
]


def _write(path: Path, rows: list[dict[str, object]]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return path


def test_row_formats(tmp_path: Path) -> None:
    rows = read_gold(
        _write(
            tmp_path / "de.jsonl",
            [*NOTATION[:1], *CUSTOM, {"text": "zeig 9", "parse": "show where id = 9", "split": "dev"}],
        )
    )
    assert rows[0] == Gold("zeig 9", "de", ("show",), "filter id 9 and show [E]")
    assert rows[1] == Gold('flip "so bad" now', "en", ("cfe",), span=(6, 12), slots=(("target_label", "positive"),))
    assert rows[2].slots == (("k", "3"),)
    assert rows[3] == Gold("zeig 9", "de", ("show",), "filter id 9 and show [E]")
    assert read_gold(tmp_path / "de.jsonl", split="dev")[-1:] == rows[-1:]


def test_figures() -> None:
    right, wrong = Parse((Call("show"),), ById(9)), Parse((Call("show"),), ById(8))
    spans = (Span("so", 6, 8),)
    rows = [
        Outcome(Gold("a", "de", ("show",), "filter id 9 and show [E]"), right, 0.010),
        Outcome(Gold("b", "en", ("show",), "filter id 9 and show [E]"), wrong, 0.020),
        Outcome(
            Gold('flip "so bad" now', "en", ("cfe",), span=(6, 12)),
            Parse((Call("counterfactual"),), custom=spans),
            0.030,
        ),
    ]
    assert summary(rows) == {
        "overall": {"n": 2, "exact_match": 0.5, "intent": 1.0},
        "by_language": {
            "de": {"n": 1, "exact_match": 1.0, "intent": 1.0},
            "en": {"n": 1, "exact_match": 0.0, "intent": 1.0},
        },
        "custom_input": {"n": 1, "span_exact": 0.0, "span_f1": 0.5, "intent": 1.0, "slots": 1.0, "joint": 0.0},
        "latency_ms": {"p50": 20.0, "p95": 29.0},
    }
    assert set(summary(rows[:1])) == {"overall", "by_language", "latency_ms"}
    assert set(summary(rows[2:])) == {"custom_input", "latency_ms"}


@pytest.mark.parametrize(
    "line",
    [
        "no json",
        "[]",
        '{"text": "a"}',
        '{"text": "a", "parse": "fly me to the moon [E]"}',
        '{"text": "", "parse": "countdata [E]"}',
        '{"text": "abc", "intent": "cfe", "input": "x", "start": 0, "end": 2}',
        '{"text": "abc", "intent": "fly", "input": "ab", "start": 0, "end": 2}',
        '{"text": "abc", "intent": "cfe", "start": 2, "end": 9}',
    ],
)
def test_malformed_rows_name_their_line(tmp_path: Path, line: str) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps(NOTATION[0]) + "\n\n" + line + "\n", "utf-8")
    with pytest.raises(UserError) as caught:
        read_gold(path)
    assert (caught.value.kind, caught.value.facts["line"], caught.value.facts["file"]) == (
        "bad_rows",
        "3",
        "rows.jsonl",
    )


class Fixed:
    """A parser that shows instance 9, whatever is said."""

    name = "fixed"

    def parse(self, utterance: Utterance, schema: object) -> Parse:
        return Parse((Call("show"),), ById(9), parser=self.name)


def test_the_job_prints_and_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(PARSERS._items, "fixed", ParserKind("fixed", lambda tools: Fixed()))
    monkeypatch.setattr(evaluate_parser.Models, "encoder", lambda self, progress: LetterEncoder())
    data, out = _write(tmp_path / "rows.jsonl", [*NOTATION, *CUSTOM]), tmp_path / "out.json"
    assert main(["evaluate_parser", "--data", str(data), "--parser", "fixed", "--json", str(out)]) == 0
    figures = json.loads(out.read_text("utf-8"))
    assert figures["overall"] == {"n": 3, "exact_match": 0.6667, "intent": 0.6667}
    assert figures["by_language"]["de"] == {"n": 1, "exact_match": 1.0, "intent": 1.0}
    assert figures["custom_input"]["n"] == 2
    assert figures["latency_ms"]["p95"] >= figures["latency_ms"]["p50"] >= 0
    assert "de" in capsys.readouterr().out


def test_a_sample_has_as_many_rows_of_every_language() -> None:
    rows = [Gold(f"{language}{number}", language, ("show",)) for number in range(9) for language in ("de", "en", "te")]
    drawn = evaluate_parser.sampled(rows[:-7], 3, seed=1)
    assert sorted(row.language for row in drawn) == ["de"] * 3 + ["en"] * 3 + ["te"] * 3
    assert drawn == evaluate_parser.sampled(rows[:-7], 3, seed=1) == sorted(drawn, key=rows.index)
    assert drawn != evaluate_parser.sampled(rows[:-7], 3, seed=2)
    assert evaluate_parser.sampled(rows, 0, seed=1) == rows
    assert len(evaluate_parser.sampled(rows, 100, seed=1)) == len(rows)


def test_an_unknown_generator_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(evaluate_parser.Models, "encoder", lambda self, progress: LetterEncoder())
    data = _write(tmp_path / "rows.jsonl", NOTATION)
    assert main(["evaluate_parser", "--data", str(data), "--parser", "guided", "--generator", "typewriter"]) == 2
    assert "qwen-coder-0.5b" in capsys.readouterr().err


def test_the_job_refuses(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = _write(tmp_path / "rows.jsonl", NOTATION)
    assert main(["evaluate_parser", "--data", str(data), "--parser", "crystal_ball"]) == 2
    assert "nearest" in capsys.readouterr().err
    assert main(["evaluate_parser", "--data", str(tmp_path / "none.jsonl")]) == 2
    data.write_text("{}\n", "utf-8")
    assert main(["evaluate_parser", "--data", str(data)]) == 2
    assert "1" in capsys.readouterr().err


@pytest.mark.real
def test_the_default_reads_ordinary_rows() -> None:
    """Ordinary questions and own texts in eleven languages, on the default parser, with floors below what is reported."""
    settings = evaluate_parser.read_settings()
    parser = PARSERS[settings.parser].build(
        evaluate_parser.Tools(evaluate_parser.Models(settings).encoder(Progress()), settings.cache)
    )
    data = ROOT / "tests" / "data"
    rows = [*read_gold(data / "ordinary.jsonl")[::6], *read_gold(data / "ordinary_custom.jsonl")[::6]]
    figures = summary(evaluate_parser.evaluate(parser, rows, REVIEWS))
    overall, custom = figures["overall"], figures["custom_input"]
    assert isinstance(overall, dict) and overall["exact_match"] >= 0.9
    assert isinstance(custom, dict) and custom["joint"] >= 0.7
