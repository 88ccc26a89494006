"""The engine `ray`: the rows of `local` in the same order, whatever the order in which workers are done, and after any stop."""

from __future__ import annotations

import importlib
import json
import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from agent.replying.ask import say_error
from core.errors import UserError
from core.languages import complete
from core.settings import ROOT
from jobs import explain
from jobs.explaining import engines, ray_engine
from models.base import PREDICT
from models.loading import Models
from tests.tiny import sequence_folder
from tests.toys import Additive

WORDS = ("great", "good", "fine", "dull", "bad", "awful")
WORKERS = 2


class Actors:
    """Stands in for a cluster: two workers take batches in any order, one of them twice; it can break off after some."""

    def __init__(self, stop_after: int = 1000) -> None:
        self.stop_after, self.made, self.open = stop_after, 0, False

    def __call__(self) -> Actors:
        return self

    def __enter__(self) -> Actors:
        self.open = True
        return self

    def __exit__(self, *_: object) -> None:
        self.open = False

    def map(self, make: type, given: tuple[object, ...], batches: Sequence[Sequence[int]]) -> Iterator[dict[str, list]]:
        workers = [make(*given) for _ in range(WORKERS)]
        self.made += WORKERS
        order = [*batches, batches[0]]
        random.Random(3).shuffle(order)
        for number, batch in enumerate(order):
            if number == self.stop_after:
                raise KeyboardInterrupt
            yield workers[number % WORKERS]({"place": batch})


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Additive:
    made = Additive()
    monkeypatch.setattr(Models, "explained", lambda *_: made)
    monkeypatch.setenv("POLYLENS_RANDOM_DRAWS", "10")
    monkeypatch.setenv("POLYLENS_CACHE", str(tmp_path / "cache"))
    return made


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return written(tmp_path / "films.jsonl")


def written(path: Path, texts: int = 9) -> Path:
    rows = [
        {"id": place, "text": f"{WORDS[place % 6]} film {place}", "label": ("positive", "negative")[place % 2]}
        for place in range(texts)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def run(data: Path, out: Path, *more: str) -> int:
    return explain.main(
        ["--dataset", str(data), "--precision", "fp32", "--methods", "occlusion,saliency", "--out", str(out), *more]
    )


def by_ray(data: Path, out: Path, actors: Actors, monkeypatch: pytest.MonkeyPatch, *more: str) -> int:
    with monkeypatch.context() as patch:
        patch.setattr(explain, "engine", lambda *_: ray_engine.Ray(actors, texts=2))
        return run(data, out, "--engine", "ray", *more)


def rows(out: Path) -> list[dict[str, object]]:
    found = [json.loads(line) for line in (out / "rows.jsonl").read_text("utf-8").splitlines()]
    return [{name: item for name, item in row.items() if name not in ("seconds", "explanation")} for row in found]


def other_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("POLYLENS_CACHE", str(tmp_path / "other cache"))


def test_rows_are_those_of_local_in_the_same_order(data, toy, tmp_path, monkeypatch):
    run(data, tmp_path / "local")
    other_cache(monkeypatch, tmp_path)
    actors = Actors()
    assert by_ray(data, tmp_path / "ray", actors, monkeypatch) == 0
    assert rows(tmp_path / "ray") == rows(tmp_path / "local") and len(rows(tmp_path / "ray")) == 18
    assert actors.made == WORKERS and not actors.open
    kept = json.loads((tmp_path / "ray" / "manifest.json").read_text())
    assert kept["state"] == "done" and kept["last_run"]["memory_mb"] > 100
    assert kept["job"] == json.loads((tmp_path / "local" / "manifest.json").read_text())["job"]


@pytest.mark.parametrize("stop_after", [0, 1, 3])
def test_a_stopped_job_keeps_whole_batches_and_goes_on(stop_after, data, toy, tmp_path, monkeypatch):
    run(data, tmp_path / "local")
    other_cache(monkeypatch, tmp_path)
    assert by_ray(data, tmp_path / "ray", Actors(stop_after), monkeypatch) == 130
    path = tmp_path / "ray" / "rows.jsonl"
    kept = len(rows(tmp_path / "ray")) if path.exists() else 0
    assert 4 * max(stop_after - 1, 0) - 2 <= kept <= 4 * stop_after  # 2 texts × 2 questions; the last batch is smaller
    assert run(data, tmp_path / "ray") == 0  # by the engine `local`: a folder belongs to the job, not to an engine
    assert rows(tmp_path / "ray") == rows(tmp_path / "local")


def test_a_job_that_is_done_starts_no_cluster(data, toy, tmp_path, monkeypatch):
    run(data, tmp_path / "out", "--limit", "2")
    actors = Actors()
    assert by_ray(data, tmp_path / "out", actors, monkeypatch, "--limit", "2") == 0 and actors.made == 0


def test_a_text_s_questions_stay_together(data, toy, tmp_path, monkeypatch):
    seen: list[list[int]] = []

    class Watching(Actors):
        def map(self, make, given, batches):
            seen.extend(batches)
            return super().map(make, given, batches)

    by_ray(data, tmp_path / "out", Watching(), monkeypatch)
    assert [len(batch) for batch in seen] == [4, 4, 4, 4, 2]
    assert sorted(place for batch in seen for place in batch) == list(range(18))


def test_failures_are_rows(data, toy, tmp_path, monkeypatch):
    toy.capabilities = frozenset({PREDICT})
    by_ray(data, tmp_path / "out", Actors(), monkeypatch, "--methods", "occlusion,integrated_gradients")
    found = {(row["method"], row["status"], row["error_kind"]) for row in rows(tmp_path / "out")}
    assert found == {("occlusion", "ok", ""), ("integrated_gradients", "failed", "missing_for_method")}


def test_workers_with_other_code_are_refused(data, toy, tmp_path, monkeypatch):
    class Elsewhere(ray_engine.Answerer):
        def __call__(self, batch):
            return super().__call__(batch) | {"made_by": ["f00, torch 1.0"] * len(batch["place"])}

    monkeypatch.setattr(ray_engine, "Answerer", Elsewhere)
    with pytest.raises(UserError, match="other_code") as refused:
        by_ray(data, tmp_path / "out", Actors(), monkeypatch)
    assert refused.value.facts["there"] == "f00, torch 1.0" and not (tmp_path / "out" / "rows.jsonl").exists()


def test_a_worker_above_the_ceiling_stops_the_job(data, toy, tmp_path, monkeypatch):
    monkeypatch.setattr(ray_engine, "used_memory", lambda: 999_999)
    with pytest.raises(UserError, match="memory_exceeded") as refused:
        by_ray(data, tmp_path / "out", Actors(), monkeypatch, "--memory", "99000")
    assert refused.value.facts["used"] == "999999"


def test_without_the_package_a_sentence_names_the_extra(data, toy, tmp_path, monkeypatch):
    monkeypatch.delitem(sys.modules, engines.CLUSTER, raising=False)
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(UserError, match="missing_extra") as refused:
        run(data, tmp_path / "out", "--engine", "ray")
    for language in complete():
        said = say_error(refused.value, language)
        assert "ray" in said and ".[ray]" in said and "{" not in said
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_a_real_cluster_gives_the_rows_of_local(tmp_path, monkeypatch, capsys):
    pytest.importorskip("ray")
    monkeypatch.setenv("POLYLENS_RANDOM_DRAWS", "10")
    monkeypatch.setenv("POLYLENS_CACHE", str(tmp_path / "cache"))
    (tmp_path / "data").mkdir()
    data, model = written(tmp_path / "data" / "films.jsonl"), f"file:{sequence_folder(tmp_path / 'model')}"
    schema = 'name = "films"\nfields = ["text"]\nlabels = ["negative", "neutral", "positive"]\n'
    (tmp_path / "data" / "schema.toml").write_text(schema)
    data.rename(data.with_name("rows.jsonl"))
    run(data.parent, tmp_path / "local", "--model", model)
    run(data.parent, tmp_path / "ray", "--model", model, "--engine", "ray", "--workers", "2")
    assert rows(tmp_path / "ray") == rows(tmp_path / "local") and len(rows(tmp_path / "ray")) == 18
    assert {row["status"] for row in rows(tmp_path / "ray")} == {"ok"}
    with pytest.raises(UserError, match="no_cluster"):
        run(data.parent, tmp_path / "far", "--model", model, "--engine", "ray", "--address", "ray://127.0.0.1:1")


def test_the_seam_is_the_one_file_that_imports_ray():
    importing = [path.name for path in (ROOT / "jobs").rglob("*.py") if "import ray" in path.read_text("utf-8")]
    assert importing == ["cluster.py"]
    assert importlib.util.find_spec(engines.CLUSTER) is not None
