"""The batch job: the same rows after any kill, nothing computed twice, failures as rows, and nothing foreign overwritten."""

from __future__ import annotations

import json
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pyarrow.parquet as parquet
import pytest

from agent.state import Message
from agent.turn import Agent
from core.errors import UserError
from core.progress import Progress
from core.settings import ROOT, read_settings
from core.values import from_json, to_json
from explainers.metrics.judge import judge
from jobs import explain
from jobs.__main__ import names
from jobs.explaining.report import Running
from jobs.explaining.rows import COLUMNS, SCHEMA
from jobs.shared.folder import Folder, differences
from models.base import PREDICT
from models.loading import Models
from tests.toys import Additive

TEXTS = ("a very great film", "an awful long rain", "ein great Tag", "quite dull but good")
METHODS = ["--methods", "occlusion,integrated_gradients"]


class Killed(BaseException):
    """What stands for kill -9: nothing in the house catches it."""


class Toys:
    """Stands in for the models; every load gives the same toy."""

    def __init__(self, model: Additive) -> None:
        self.model, self.loads = model, 0

    def __call__(self, *_: object) -> Additive:
        self.loads += 1
        return self.model


@pytest.fixture
def toys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Toys:
    made = Toys(Additive())
    monkeypatch.setattr(Models, "explained", made)
    monkeypatch.setenv("POLYLENS_RANDOM_DRAWS", "10")
    monkeypatch.setenv("POLYLENS_CACHE", str(tmp_path / "cache"))
    return made


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "films.jsonl"
    write(path, TEXTS)
    return path


def write(path: Path, texts: tuple[str, ...], label: str = "positive") -> None:
    languages = ("en", "en", "de", "en")
    rows = [
        {"id": number, "text": text, "label": (label, "negative")[number % 2], "lang": languages[number % 4]}
        for number, text in enumerate(texts)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")


def run(data: Path, out: Path, *more: str) -> int:
    return explain.main(["--dataset", str(data), "--precision", "fp32", *(more or METHODS), "--out", str(out)])


def rows(out: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (out / "rows.jsonl").read_text("utf-8").splitlines()]


def timeless(out: Path) -> list[dict[str, object]]:
    """Rows without what a clock says."""
    return [{name: item for name, item in row.items() if name not in ("seconds", "explanation")} for row in rows(out)]


def fresh(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("POLYLENS_CACHE", str(tmp_path / "other cache"))


def kill_at(monkeypatch: pytest.MonkeyPatch, count: int, stump: int) -> None:
    """Die after `count` rows, with `stump` bytes of the next one on the disk."""
    keep = Folder.append

    def append(self: Folder, row: dict[str, object]) -> None:
        if self.done == count:
            line = json.dumps(row, ensure_ascii=False).encode()
            with self.rows_file.open("ab") as file:
                file.write(line[:stump])
            raise Killed
        keep(self, row)

    monkeypatch.setattr(Folder, "append", append)


@pytest.mark.parametrize(("count", "stump"), [(0, 40), (3, 0), (7, 900)])
def test_a_killed_job_ends_with_the_same_rows(count, stump, data, toys, tmp_path, monkeypatch, capsys):
    assert run(data, tmp_path / "whole") == 0
    fresh(monkeypatch, tmp_path)
    with monkeypatch.context() as patch:
        kill_at(patch, count, stump)
        with pytest.raises(Killed):
            run(data, tmp_path / "killed")
    assert not (tmp_path / "killed" / "rows.parquet").exists()
    assert run(data, tmp_path / "killed") == 0
    assert timeless(tmp_path / "killed") == timeless(tmp_path / "whole")
    assert len({row["key"] for row in rows(tmp_path / "killed")}) == len(TEXTS) * 2
    assert ("cut off" in capsys.readouterr().err) == (stump > 0)
    assert json.loads((tmp_path / "killed" / "manifest.json").read_text())["last_run"]["rows"] == 8 - count


def test_a_kill_while_parquet_is_written_leaves_no_half_file(data, toys, tmp_path, monkeypatch):
    out = tmp_path / "out"

    def half(self: Folder, _schema: object) -> None:
        (self.path / "rows.parquet.part").write_bytes(b"PAR1 half")
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(Folder, "_write_parquet", half)
        with pytest.raises(Killed):
            run(data, out)
    calls = toys.model.calls
    assert run(data, out) == 0 and toys.model.calls == calls
    assert parquet.read_table(out / "rows.parquet").num_rows == 8
    assert not list(out.glob("*.part"))


def test_a_second_run_computes_nothing(data, toys, tmp_path):
    run(data, tmp_path / "first")
    calls, loads = toys.model.calls, toys.loads
    assert calls > 0 and loads > 0
    run(data, tmp_path / "first")
    run(data, tmp_path / "second")
    assert (toys.model.calls, toys.loads) == (calls, loads)
    assert rows(tmp_path / "second") == rows(tmp_path / "first")


def test_a_part_of_another_job_is_free(data, toys, tmp_path):
    run(data, tmp_path / "small", *METHODS, "--limit", "2")
    calls = toys.model.calls
    run(data, tmp_path / "large")
    extra = toys.model.calls - calls
    assert rows(tmp_path / "large")[:4] == rows(tmp_path / "small")
    assert 0 < extra < 2 * calls


def test_the_chat_answers_from_the_rows_of_a_job(data, toys, tmp_path):
    run(data, tmp_path / "out", "--methods", "occlusion")
    toys.model.broken = True
    agent = Agent(read_settings(), tmp_path / "sessions.sqlite", local_files=True)
    message = Message(query="attribute(method=occlusion) where id = 0", dataset=str(data), precision="fp32")
    turn = agent.turn("one", message, Progress())
    assert turn.outcome == "answered"
    assert to_json(turn.explanation) == rows(tmp_path / "out")[0]["explanation"]
    assert agent.turn("one", replace(message, query="predict where id = 0"), Progress()).outcome == "error"


def test_rows_hold_what_the_chat_would_say(data, toys, tmp_path):
    run(data, tmp_path / "out", "--methods", "occlusion")
    first = rows(tmp_path / "out")[0]
    scores = {token["text"]: token["score"] for token in first["tokens"]}
    assert scores["great"] == pytest.approx(3.0) and scores["film"] == pytest.approx(0.0)
    assert (first["predicted"], first["target"], first["method"]) == ("positive", "positive", "occlusion")
    again = judge(toys.model, from_json(first["explanation"]), draws=10)
    assert first["verdict"] == again.verdict
    assert [score["value"] for score in first["scores"]] == [score.value for score in again.scores]
    assert from_json(first["request"]).ids == (0,) and first["language"] == "en"


def test_the_grid_is_texts_by_models_by_questions(data, toys, tmp_path):
    more = ["--operations", "attribute,predict", *METHODS, "--model", "e5-small,smollm2-135m", "--languages", "en"]
    run(data, tmp_path / "out", *more)
    found = [(row["id"], row["operation"], row["slots"], row["model"]) for row in rows(tmp_path / "out")]
    assert len(set(found)) == len(found) == 3 * 3 * 2
    assert {row["verdict"] for row in rows(tmp_path / "out") if row["operation"] == "predict"} == {"not_applicable"}


def test_other_options_in_an_old_folder_are_refused(data, toys, tmp_path):
    run(data, tmp_path / "out")
    before = (tmp_path / "out" / "rows.jsonl").read_bytes()
    changes = {
        "dataset.texts: 4 → 3": ["--limit", "3"],
        "requests: ": ["--methods", "occlusion"],
        "seed: 0 → 7": ["--seed", "7"],
        "models[0].weights": ["--model", "smollm2-135m"],
    }
    for told, change in changes.items():
        with pytest.raises(UserError, match="job_changed") as refused:
            run(data, tmp_path / "out", *METHODS, *change)
        assert told in refused.value.facts["differences"]
    assert (tmp_path / "out" / "rows.jsonl").read_bytes() == before


def test_changed_data_are_refused_with_the_difference(data, toys, tmp_path):
    run(data, tmp_path / "out")
    write(data, (*TEXTS[:3], "quite another text"))
    with pytest.raises(UserError, match="job_changed") as refused:
        run(data, tmp_path / "out")
    assert "dataset.revision" in refused.value.facts["differences"]


def test_differences_name_the_place():
    before = {"a": {"b": 1, "c": [1, {"d": 2}]}, "e": 5}
    assert differences(before, before) == []
    assert differences(before, {"a": {"b": 1, "c": [1, {"d": 3}]}}) == ["a.c[1].d: 2 → 3", "e: 5 → –"]
    assert differences([1], [1, 2], "list") == ["list: [1] → [1, 2]"]


def test_rows_of_another_schema_are_not_mixed(data, toys, tmp_path):
    run(data, tmp_path / "out")
    path = tmp_path / "out" / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest["job"]["schema"] = 0
    path.write_text(json.dumps(manifest))
    with pytest.raises(UserError, match="job_changed") as refused:
        run(data, tmp_path / "out")
    assert refused.value.facts["differences"] == "schema: 0 → 1"


def test_two_jobs_do_not_share_a_folder(data, toys, tmp_path):
    with Folder(tmp_path / "out").locked(), pytest.raises(UserError, match="job_running"):
        run(data, tmp_path / "out")
    assert run(data, tmp_path / "out") == 0


def test_rows_of_somebody_else_are_not_touched(data, toys, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "rows.jsonl").write_text('{"mine": 1}\n')
    with pytest.raises(UserError, match="job_changed"):
        run(data, tmp_path / "out")
    assert (tmp_path / "out" / "rows.jsonl").read_text() == '{"mine": 1}\n'


def test_a_broken_line_in_the_middle_is_told_with_its_number(data, toys, tmp_path):
    run(data, tmp_path / "out")
    path = tmp_path / "out" / "rows.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([lines[0], b"{broken\n", *lines[2:]]))
    with pytest.raises(UserError, match="bad_rows") as refused:
        run(data, tmp_path / "out")
    assert refused.value.facts["line"] == "2"


def test_a_folder_that_cannot_be_is_refused(data, toys, tmp_path):
    with pytest.raises(UserError, match="output_unwritable"):
        run(data, data / "out")
    assert toys.loads == 0


def test_a_full_disk_keeps_what_is_there(data, toys, tmp_path):
    run(data, tmp_path / "out")
    row = rows(tmp_path / "out")[0]
    folder = Folder(tmp_path / "full")
    with folder.locked():
        folder.begin({"seed": 1})
        folder.rows_file.symlink_to("/dev/full")
        with pytest.raises(UserError, match="output_full") as refused:
            folder.append(row)
    assert refused.value.facts["done"] == "0" and folder.done == 0


def test_failures_are_rows_and_the_job_goes_on(data, toys, tmp_path):
    toys.model.capabilities = frozenset({PREDICT})
    assert run(data, tmp_path / "out") == 0
    by_method = {row["method"]: row for row in rows(tmp_path / "out")}
    assert by_method["occlusion"]["status"] == "ok"
    failed = by_method["integrated_gradients"]
    assert (failed["status"], failed["error_kind"]) == ("failed", "missing_for_method")
    assert "occlusion" in failed["error"] and failed["tokens"] == [] and failed["predicted"] is None
    assert "missing_for_method" in (tmp_path / "out" / "report.html").read_text()


def test_a_defect_is_a_row_too(data, toys, tmp_path, caplog):
    toys.model.broken = True
    assert run(data, tmp_path / "out") == 0
    assert {row["error"] for row in rows(tmp_path / "out")} == {"RuntimeError: the forward pass failed"}
    assert len(caplog.records) == 1  # the log says where, once


def test_a_model_that_cannot_be_loaded_is_tried_once(data, toys, tmp_path, monkeypatch):
    tried = []

    def refuse(*_: object) -> None:
        tried.append(1)
        raise UserError("out_of_memory", name="x", need=2, free=1, fits="–")

    monkeypatch.setattr(Models, "explained", refuse)
    assert run(data, tmp_path / "out") == 0
    assert len(tried) == 1
    assert [row["error_kind"] for row in rows(tmp_path / "out")] == ["out_of_memory"] * 8


def test_rows_that_failed_are_tried_again_when_asked_for(data, toys, tmp_path, capsys):
    toys.model.capabilities = frozenset({PREDICT})
    run(data, tmp_path / "out")
    toys.model.capabilities = Additive().capabilities
    run(data, tmp_path / "out")
    assert sum(row["status"] == "failed" for row in rows(tmp_path / "out")) == 4, "not by itself"
    assert run(data, tmp_path / "out", *METHODS, "--again") == 0
    assert "4 rows that failed are computed again" in capsys.readouterr().err
    run(data, tmp_path / "other")
    assert rows(tmp_path / "out") == rows(tmp_path / "other"), "in the job's order"
    assert {row["status"] for row in rows(tmp_path / "out")} == {"ok"}
    assert parquet.read_table(tmp_path / "out" / "rows.parquet").num_rows == 8


def test_old_and_new_spellings_of_options_are_one_job(data, toys, tmp_path):
    run(data, tmp_path / "out", *METHODS, "--model", "e5-small,smollm2-135m", "--operations", "attribute")
    new = (
        "--methods",
        "occlusion",
        "integrated_gradients",
        "--models",
        "e5-small",
        "smollm2-135m",
        "--precisions",
        "fp32",
    )
    assert run(data, tmp_path / "out", *new) == 0


def test_a_row_without_text_fails(toys, tmp_path):
    data = tmp_path / "films.jsonl"
    write(data, ("great film", "   ", "bad film", "dull day"))
    run(data, tmp_path / "out", "--methods", "occlusion")
    assert [(row["id"], row["error_kind"]) for row in rows(tmp_path / "out")] == [
        (0, ""),
        (1, "empty_text"),
        (2, ""),
        (3, ""),
    ]


def test_parquet_has_the_documented_schema_and_the_same_rows(data, toys, tmp_path):
    toys.model.capabilities = frozenset({PREDICT})  # failed rows among them
    run(data, tmp_path / "out")
    table = parquet.read_table(tmp_path / "out" / "rows.parquet")
    assert table.schema.equals(SCHEMA) and table.schema.metadata[b"polylens.schema"] == b"1"
    assert table.to_pylist() == rows(tmp_path / "out")
    assert list(rows(tmp_path / "out")[0]) == [one.name for one in COLUMNS]
    page = (ROOT / "docs" / "jobs.md").read_text("utf-8")
    for one in COLUMNS:
        spelled = str(one.type).replace("list<element: ", "list<").replace("list<item: ", "list<")
        assert f"| `{one.name}` | `{spelled}` | {one.about} |" in page


class Tags(HTMLParser):
    """Collects the tags of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add(tag)
        assert not [name for name, _ in attrs if name.startswith("on") or name == "src"]


def test_the_report_stands_alone_and_escapes_what_is_not_ours(toys, tmp_path):
    data = tmp_path / "<b>films.jsonl"
    texts = ("<script>alert(1)</script> great", '"><img src=x onerror=alert(2)> bad', "<b>good</b>", "fine <i>")
    write(data, texts)
    run(data, tmp_path / "out", "--methods", "occlusion")
    page = (tmp_path / "out" / "report.html").read_text("utf-8")
    allowed = "html head meta title style body h1 h2 p table caption thead tbody tr th td figure figcaption svg text rect line"
    assert Tags(page).found <= set(allowed.split())
    assert "&lt;script&gt;" in page and "http" not in page.replace("http-equiv", "")
    assert "better than chance" in page and "Wilson" in page
    assert "9% are called better" in page and "de-quantized from 4-bit blocks" in page


def test_ctrl_c_stops_cleanly_and_the_job_goes_on(data, toys, tmp_path, monkeypatch, capsys):
    keep = Folder.append

    def interrupted(self: Folder, row: dict[str, object]) -> None:
        keep(self, row)
        if self.done == 3:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Folder, "append", interrupted)
        assert run(data, tmp_path / "out") == 130
    assert "3 of 8 rows are kept" in capsys.readouterr().err
    assert run(data, tmp_path / "out") == 0 and len(rows(tmp_path / "out")) == 8


def test_a_memory_ceiling_is_refused_before_and_kept_while_working(data, toys, tmp_path, monkeypatch):
    with pytest.raises(UserError, match="memory_ceiling"):
        run(data, tmp_path / "out", *METHODS, "--memory", "100")
    assert toys.loads == 0
    monkeypatch.setattr(explain, "check_memory", lambda *_: None)
    with pytest.raises(UserError, match="memory_exceeded"):
        run(data, tmp_path / "out", *METHODS, "--memory", "100")
    assert len(rows(tmp_path / "out")) == 1
    assert run(data, tmp_path / "out") == 0 and len(rows(tmp_path / "out")) == 8


def test_options_that_make_no_sense_say_what_would(data, toys, tmp_path):
    def kind(*more: str) -> str:
        with pytest.raises(UserError) as refused:
            run(data, tmp_path / "out", *more)
        return refused.value.kind

    assert kind("--operations", "count") == "not_for_rows"
    assert kind("--operations", "learn") == "not_for_rows"
    assert kind("--operations", "explode") == "unknown_operation"
    assert kind("--operations", "predict", "--methods", "lime") == "unknown_slot"
    assert kind("--methods", "limes") == "unknown_method"
    assert kind("--languages", "xx") == "no_instance"
    assert kind("--model", "no-such") == "unknown_model"
    assert not (tmp_path / "out").exists()


def test_an_engine_that_is_not_there_is_refused(data, toys, tmp_path):
    with pytest.raises(UserError, match="unknown_choice") as refused:
        run(data, tmp_path / "out", *METHODS, "--engine", "spark")
    assert refused.value.facts["known"] == "local, ray" and not (tmp_path / "out").exists()


def test_the_estimate_comes_after_one_of_each(data, toys, tmp_path, capsys):
    run(data, tmp_path / "out")
    said = capsys.readouterr().err
    assert "8 rows: 4 texts × 2 questions × 1 models" in said and "for the other 5 rows" in said


def test_running_means_agree_with_all_numbers_at_once():
    found = Running()
    for number in (1.0, 2.0, 4.0):
        found.add(number)
    assert found.mean == pytest.approx(7 / 3)
    assert found.half == pytest.approx(1.959964 * (7 / 3 / 3) ** 0.5)  # variance 7/3, three numbers


def test_helpers_of_the_job_are_no_jobs():
    assert "explain" in names() and not [name for name in names() if name.startswith("explain_")]


def test_what_one_question_was_refused_the_others_are_not(data, toys, tmp_path, monkeypatch):
    """`compare` needs the model in 4 bit, too; `attribute` does not."""

    def only_full(_: Models, name: str, precision: str, *more: object) -> Additive:
        if precision != "fp32":
            raise UserError("already_quantized", name=name, found="gptq", wanted=precision)
        return toys.model

    monkeypatch.setattr(Models, "explained", only_full)
    run(data, tmp_path / "out", "--operations", "attribute,compare", "--limit", "2")
    found = [(row["operation"], row["status"]) for row in rows(tmp_path / "out")]
    assert found == [("attribute", "ok"), ("compare", "failed")] * 2


def test_edits_judged_by_another_model_are_not_mixed(data, toys, tmp_path, monkeypatch):
    toys.model.broken = True  # what is in the rows does not matter here
    asked = ["--operations", "counterfactual", "--limit", "1"]
    run(data, tmp_path / "out", *asked)
    monkeypatch.setenv("POLYLENS_FLUENCY", "smollm2-135m")
    with pytest.raises(UserError, match="job_changed") as refused:
        run(data, tmp_path / "out", *asked)
    assert "fluency" in refused.value.facts["differences"]


def test_an_empty_text_and_another_one_never_share_an_id(toys, tmp_path):
    data = tmp_path / "films.jsonl"
    said = [(1, "de", "ein great Film"), (2, "de", " "), (1, "en", "a great film"), (2, "en", "a bad day")]
    lines = [{"id": number, "lang": code, "text": text, "label": "positive"} for number, code, text in said]
    data.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    run(data, tmp_path / "out", "--methods", "occlusion")
    assert [(row["id"], row["error_kind"]) for row in rows(tmp_path / "out")] == [
        (0, ""),
        (1, "empty_text"),
        (2, ""),
        (3, ""),
    ]
