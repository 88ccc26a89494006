"""The memory of a batch job: what its models take together, what they may take, and that one goes before the next comes."""

from __future__ import annotations

import gc
import json
import weakref
from pathlib import Path

import pytest

from core.errors import UserError
from core.reading import load_dataset
from core.settings import Settings
from jobs import explain
from jobs.explaining import work
from jobs.explaining.engines import engine
from jobs.explaining.plan import Plan, facts, plan
from jobs.explaining.work import Local, Worker, check_memory, within
from models.generation.fluency_judge import JUDGE
from models.loading import Models

LINES = [{"text": "a great film", "label": "positive"}, {"text": "an awful film", "label": "negative"}]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "films.jsonl"
    path.write_text("\n".join(json.dumps(line) for line in LINES), "utf-8")
    return path


def job_of(data: Path, settings: Settings, *more: str) -> Plan:
    """The job of these options."""
    options = explain._options(["--dataset", str(data), "--out", "unused", *more], settings)
    return plan(options, load_dataset(str(data)), settings)


def needed(job: Plan, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> tuple[set[str], int]:
    """The models that a job needs together, and their megabytes."""
    monkeypatch.setattr(work, "used_memory", lambda: 0)
    with pytest.raises(UserError, match="memory_ceiling") as caught:
        check_memory(job, settings, 1)
    return set(caught.value.facts["name"].split(" + ")), int(caught.value.facts["need"])


def test_every_helper_counts(data: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    edits = ("--operations", "counterfactual", "--precision", "rtn4")
    alone = needed(job_of(data, settings, "--operations", "predict", "--precision", "fp32"), settings, monkeypatch)
    assert alone == ({"e5-small"}, 794)
    assert needed(job_of(data, settings, *edits), settings, monkeypatch) == ({"e5-small"}, 2 * 794)
    monkeypatch.setattr(Models, "has", lambda *_: True)
    fp32 = settings.model_copy(update={"precision": "fp32"})
    assert needed(job_of(data, fp32, *edits), fp32, monkeypatch) == ({"e5-small", JUDGE}, 2 * 794 + 1700)


def test_what_unpacking_takes_counts_until_it_was_done(
    data: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = job_of(data, settings, "--operations", "predict", "--model", "qwen-coder-0.5b", "--precision", "bf16")
    assert needed(job, settings, monkeypatch)[1] == int(4.5 * 630_167_424) // 1_000_000
    (settings.cache / "models" / "qwen-coder-0.5b-1d9614638d18").mkdir(parents=True)
    assert needed(job, settings, monkeypatch)[1] == 1400


def test_models_make_way_before_the_job_must_stop(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "used_memory", lambda: 600)
    assert within(settings, 0) is settings
    assert within(settings, 2000).memory_mb == 1400
    assert within(settings.model_copy(update={"memory_mb": 900}), 2000).memory_mb == 900
    assert within(settings, 500).memory_mb == 1, "0 would be no ceiling"


def test_a_worker_is_gone_before_the_next_comes(
    data: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    alive: list[weakref.ref[Worker]] = []
    seen: list[int] = []

    class Watched(Worker):
        """Counts those before it that still live."""

        def __init__(self, *given: object) -> None:
            seen.append(sum(one() is not None for one in alive))
            super().__init__(*given)  # type: ignore[arg-type]
            alive.append(weakref.ref(self))

    monkeypatch.setattr(work, "Worker", Watched)
    monkeypatch.setattr(Watched, "__call__", lambda self, item: {"key": item.key})
    job = job_of(data, settings, "--precision", "fp32,rtn8,rtn4")
    gc.disable()
    try:
        assert len(list(Local().batches(iter(job), job, settings))) == len(job)
    finally:
        gc.enable()
    assert seen == [0, 0, 0]


def test_a_device_that_only_workers_have_can_be_planned_for(data: Path, settings: Settings) -> None:
    there = settings.model_copy(update={"device": "cuda"})
    job = job_of(data, there, "--operations", "counterfactual", "--precision", "fp32")
    check_memory(job, there, 100_000)
    assert facts(job, there)["fluency"] == ""
    options = explain._options(["--out", "unused"], there)
    with pytest.raises(UserError, match="unknown_choice"):
        engine(options, there)
