"""Answers on disk: shared by content, never a session's own, and never in the way."""

from __future__ import annotations

from dataclasses import replace

import pytest

import operations
from agent.running.cache import Cache
from agent.running.run import Runner
from agent.state import Answer
from core.data import Dataset
from core.dialogue import Alteration, Request
from core.explanations import Instances
from core.faithfulness import NOT_APPLICABLE, Faithfulness
from core.progress import Progress
from core.registry import discover
from models.loading import Models
from tests.toys import Additive
from tests.toys import instance as text

discover(operations)
ANSWER = Answer(Request("show"), Instances((), 0), Faithfulness(NOT_APPLICABLE))
ROW = replace(text("a great film"), id=4, split="test")
DATA = Dataset(Additive.schema, (ROW, replace(ROW, id=5)))
ASKED = Request("predict", ids=(4,), dataset="toys", model="e5-small", precision="fp32")


@pytest.fixture
def runner(settings):
    model = Additive()
    made = Runner(lambda *_: model, 10, Models(settings), Cache(settings.cache / "answers.sqlite"))
    return made, model


def ask(runner, request, data=DATA):
    return runner.answer(request, runner.context(request, data, Progress()))


def forget(runner):
    """Another process with the same folder."""
    return replace(runner, cache=Cache(runner.cache.file), _kept=type(runner._kept)())


def test_an_answer_comes_back_as_it_was(tmp_path):
    Cache(tmp_path / "a.sqlite").put("x", ANSWER)
    assert Cache(tmp_path / "a.sqlite").get("x") == ANSWER
    assert Cache(tmp_path / "a.sqlite").get("y") is None


def test_the_oldest_make_way(tmp_path):
    first = Cache(tmp_path / "a.sqlite")
    for name in "abc":
        first.put(name, ANSWER)
    second = Cache(tmp_path / "a.sqlite", most=2)
    assert [second.get(name) is not None for name in "abc"] == [False, True, True]


def test_a_file_that_is_no_cache_is_a_note_in_the_log(tmp_path, caplog):
    (tmp_path / "a.sqlite").write_bytes(b"this is no data base, whatever its name says" * 100)
    broken = Cache(tmp_path / "a.sqlite")
    broken.put("x", ANSWER)
    assert broken.get("x") is None and len(caplog.records) == 1


def test_another_process_finds_the_answer_without_the_model(runner):
    made, model = runner
    first, calls = ask(made, ASKED), model.calls
    assert calls > 0 and first.request.revision == "1"
    assert ask(forget(made), ASKED) == first and model.calls == calls


@pytest.mark.parametrize(
    "other",
    [{"ids": (5,)}, {"seed": 1}, {"model": "smollm2-135m"}, {"precision": "bf16"}, {"operation": "likelihood"}],
)
def test_another_question_is_another_answer(other, runner):
    made, model = runner
    ask(made, ASKED)
    calls = model.calls
    ask(forget(made), replace(ASKED, **other))
    assert model.calls > calls


def test_other_data_are_another_answer(runner):
    made, model = runner
    ask(made, ASKED)
    calls = model.calls
    ask(forget(made), ASKED, Dataset(DATA.schema, (replace(ROW, label="positive"),)))
    assert model.calls > calls


@pytest.mark.parametrize(
    "own",
    [
        {"ids": (), "custom": (("text", "my secret is great"),)},
        {"changes": (Alteration("edit_label", 5, "negative"),)},
        {"dataset": "upload:mine.csv"},
    ],
)
def test_what_is_a_sessions_own_is_not_written(own, runner):
    made, _ = runner
    ask(made, replace(ASKED, **own))
    assert not made.cache.file.exists() or b"secret" not in made.cache.file.read_bytes()
    assert made._lasting(replace(ASKED, **own), made.context(ASKED, DATA, Progress())) == ""


def test_edits_are_asked_for_again_where_another_judge_of_fluency_is_there(runner, monkeypatch):
    made, _ = runner
    asked = replace(ASKED, operation="counterfactual")
    context = made.context(asked, DATA, Progress())
    without = made._lasting(asked, context)
    attributed = made._lasting(ASKED, context)
    monkeypatch.setattr(Models, "has", lambda *_: True)
    assert "" != made._lasting(asked, context) != without
    assert made._lasting(ASKED, context) == attributed, "nobody is asked about an answer that edits nothing"
    made.library.settings = made.library.settings.model_copy(update={"fluency": "hub:org/judge"})
    assert made._lasting(asked, context) == "", "another day it may be another model"


@pytest.mark.parametrize("change", [{"instruction": "Other."}, {"label_words": (("negative", (("en", "bad"),)),)}])
def test_another_schema_is_another_answer(change, runner):
    made, _ = runner
    other = Dataset(replace(DATA.schema, **change), DATA.rows)
    names = [made._lasting(ASKED, made.context(ASKED, data, Progress())) for data in (DATA, other)]
    assert names[0] and names[0] != names[1]
