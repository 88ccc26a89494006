"""Links, records, code and replays around a toy model: an answer that was kept can be had again, and says when it cannot."""

from __future__ import annotations

import contextlib
import io
import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

import agent.library
from agent.sharing.code import command, snippet
from agent.sharing.differences import Tolerance, differences
from agent.sharing.links import decode, encode
from agent.sharing.records import explanation_record, json_line, read_records
from agent.sharing.reopen import link_of
from agent.state import Message, Turn
from agent.turn import Agent
from core.dialogue import Alteration, Request
from core.errors import UserError
from core.filters import And, ById, ByLabel, ByLength, Not
from core.operation import OPERATIONS
from core.progress import Progress
from core.settings import Settings
from jobs import ask, replay
from tests.toys import Additive

CSV = "text,label\na great film,positive\na dull film,negative\nan awful film,negative\n"


@pytest.fixture
def made(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Agent:
    toy = Additive()
    monkeypatch.setattr(Agent, "_explained", lambda *_, **__: toy)
    return Agent(settings, tmp_path / "sessions.sqlite", local_files=True)


@pytest.fixture
def films(tmp_path: Path) -> str:
    (tmp_path / "films.csv").write_text(CSV, "utf-8")
    return str(tmp_path / "films.csv")


def say(agent: Agent, query: str, data: str, session: str = "one", link: str = "", language: str = "en") -> Turn:
    message = Message(query=query, dataset=data, link=link, interface=language, language=language)
    return agent.turn(session, message, Progress())


def same(one: Turn, other: Turn) -> bool:
    pairs = zip(one.answers, other.answers, strict=True)
    return not [found for pair in pairs for found in differences(*pair, Tolerance())]


def test_a_link_gives_the_answer_again_in_another_session(made: Agent, films: str) -> None:
    turn = say(made, "attribute(method=occlusion) where id = 0", films)
    again = say(made, "", "", "two", link_of([answer.request for answer in turn.answers]))
    assert again.request == turn.request and same(turn, again)
    assert again.reply.parse == turn.reply.parse
    assert say(made, "same where id = 2", films, "two").request.slot("method") == "occlusion", (
        "and it can be gone on from"
    )


def test_another_revision_of_the_model_is_said_aloud(made: Agent, films: str) -> None:
    request = say(made, "predict where id = 0", films).request
    assert request is not None and "r-old" not in made.answer(request).reply.plain
    assert "r-old" in made.answer(replace(request, revision="r-old")).reply.plain


def test_those_of_the_answer_before_travel_as_ids(made: Agent, films: str) -> None:
    say(made, "show where label = negative", films)
    turn = say(made, "count where previous", films)
    assert turn.request.where is not None and "previous" not in turn.reply.parse
    again = made.answer(decode(encode(turn.request)))
    assert again.explanation.facts == turn.explanation.facts == (("total", "2"),)


def test_requests_about_several_data_sets_are_each_asked_about_their_own(made: Agent, films: str) -> None:
    other = str(Path(films).with_name("plays.csv"))
    Path(other).write_text("text,label\na great play,positive\n", "utf-8")
    asked = [Request("count", dataset=data) for data in (films, other, films)]
    turn = made.answer(*asked)
    assert [answer.explanation.facts[0] for answer in turn.answers] == [("total", n) for n in ("3", "1", "3")]
    assert len(turn.reply.blocks) > len(made.answer(asked[0]).reply.blocks)
    assert len(made.answer(*asked[:1] * 30).answers) == 30
    assert made.answer(asked[0], replace(asked[1], dataset="/nowhere.csv")).outcome == "error"


def test_what_a_link_names_is_checked(made: Agent, films: str) -> None:
    base = Request("predict", ids=(0,), dataset=films, model="toys")
    bad = [
        (replace(base, ids=(99,)), "unknown_instance"),
        (replace(base, slots=(("precision", "fp99"),)), "unknown_precision"),
        (replace(base, ids=(), custom=(("text", "x" * 20_000),)), "too_long"),
        (replace(base, ids=(), custom=(("text", " "),)), "missing_field"),
        (replace(base, dataset="upload:films.csv"), "file_needed"),
        (replace(base, changes=(Alteration("learn", 99),)), "unknown_instance"),
        (replace(base, changes=(Alteration("edit_label", 1, "sad"),)), "unknown_label"),
        (replace(base, dataset="/nowhere/films.csv"), "unknown_dataset"),
    ]
    for request, kind in bad:
        turn = made.answer(request)
        assert turn.problem is not None and turn.problem.kind == kind, request


def test_a_visitors_link_reads_no_file_of_the_server(settings: Settings, tmp_path: Path, films: str) -> None:
    shy = Agent(settings, tmp_path / "shy.sqlite")
    assert shy.answer(Request("count", dataset=films)).problem.kind == "unknown_dataset"  # type: ignore[union-attr]
    assert shy.answer(Request("predict", dataset="reviews", model=f"file:{tmp_path}")).problem.kind == "unknown_model"  # type: ignore[union-attr]


def test_changes_travel_with_the_link_and_leave_those_of_the_receiver_alone(made: Agent, films: str) -> None:
    say(made, "edit_label(label=positive) where id = 1", films)
    link = encode(say(made, "count where label = positive", films).request)
    assert made.answer(decode(link)).explanation.facts == (("total", "2"),)
    say(made, "edit_label(label=negative) where id = 0", films, "two")
    assert say(made, "", "", "two", link).explanation.facts == (("total", "2"),)
    assert say(made, "count where label = positive", films, "two").explanation.facts == (("total", "0"),)


def test_the_past_of_a_session_is_told_and_stays_in_it(made: Agent, films: str) -> None:
    assert say(made, "history", films).explanation.asked == ()
    say(made, "attribute where id = 0", films)
    say(made, "blargh where", films)
    told = say(made, "history", films)
    assert [(one.outcome, one.verdict != "") for one in told.explanation.asked] == [
        ("answered", False), ("answered", True), ("error", False),
    ]  # fmt: skip
    assert told.reply.blocks[2].queries == ("attribute where id = 0",)
    assert say(made, "history", films, "two").explanation.asked == ()


def test_the_code_is_that_of_the_last_answer(made: Agent, films: str) -> None:
    assert say(made, "code", films).explanation.requests == ()
    last = say(made, "predict where id = 2", films)
    say(made, "history", films)
    turn = say(made, "code", films)
    assert turn.explanation.requests == (last.request,)
    assert snippet(last.request).rstrip() in turn.reply.plain and command(last.request) in turn.reply.plain
    together = say(made, "count; code", films)
    assert [one.operation for one in together.answers[1].explanation.requests] == ["count"]


@pytest.mark.parametrize("language", ["en", "de", "es", "ru", "zh", "te"])
def test_history_and_code_are_told_in_every_language(made: Agent, films: str, language: str) -> None:
    for query in ("history", "code", "predict where id = 0", "history", "code"):
        told = say(made, query, films, language=language)
        assert told.outcome == "answered" and "{" not in told.reply.plain.replace("{'", "")


@pytest.mark.parametrize("name", OPERATIONS.names())
def test_the_snippet_of_every_operation_is_a_program(name: str) -> None:
    where = And((ById(3), Not(ByLabel('it\'s "so"')), ByLength("words", "greater", 20)))
    slots = tuple((slot.name, "a\nb") for slot in OPERATIONS[name].slots)
    request = Request(
        name, slots, (3,), (("text", "x'''\\"),), where, "upload:a b.csv", changes=(Alteration("learn", 5),)
    )
    compile(snippet(request), name, "exec")
    space: dict[str, object] = {}
    body = snippet(request).replace("polylens = Polylens()", "").partition("print(")[0]
    exec(body, space)  # our own text: the request that the program builds is the one that was asked
    assert space["request"] == replace(request, dataset="a b.csv")
    bare = snippet(Request(name, dataset="reviews", model="e5-small"))
    assert len(bare.strip().splitlines()) <= 12


def test_the_snippet_gives_the_answer(
    made: Agent, films: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file stands in it by its name, so it runs where the file lies."""
    turn = say(made, "predict where id = 0", films)
    monkeypatch.setattr(agent.library, "read_settings", lambda: settings)
    monkeypatch.chdir(Path(films).parent)
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(snippet(turn.request), {})
    assert printed.getvalue().split("\n\n")[:3] == turn.reply.plain.split("\n\n")[:3]


@pytest.mark.skipif(shutil.which("sh") is None, reason="no shell")
def test_the_command_is_one_word_after_another_for_a_shell() -> None:
    request = Request("count", dataset="upload:$(touch x) it's.csv")
    said = command(request).replace("python -m jobs ask", "printf '%s\\n'")
    words = subprocess.run(["sh", "-c", said], capture_output=True, text=True, check=True).stdout.splitlines()
    assert words == [
        "--request",
        encode(replace(request, dataset="$(touch x) it's.csv")),
        "--dataset",
        "$(touch x) it's.csv",
    ]


def test_a_record_is_read_as_it_was_written(made: Agent, films: str) -> None:
    turns = [say(made, query, films) for query in ("attribute where id = 0", "attribute", "nonsense(", "count; labels")]
    turns[1] = replace(turns[1], answers=())
    lines = "\n".join(json_line(turn) for turn in turns if turn.answers or turn.problem)
    kept = read_records(lines)
    assert [one.answers for one in kept] == [turns[0].answers, turns[3].answers]
    indented = json.dumps(explanation_record(turns[0]), indent=2)
    assert read_records(indented)[0].requests == (turns[0].request,)
    record = explanation_record(turns[0])
    assert decode(record["link"]) == turns[0].request and "torch" in record["versions"]


@pytest.mark.parametrize(
    "text",
    ["{", '{"a": 1}', "{}\n[1]", '{"record": 2, "text": ""}', '{"text": "", "request": {"is": "Request", "operation": 1}}',
     '{"text": "", "request": 5, "explanation": 5, "faithfulness": 5}', '{"text":' * 50_000,
     '{"text": "", "request": {"is": "Card", "entries": []}, "explanation": [], "faithfulness": []}'],
)  # fmt: skip
def test_what_is_no_record_is_refused(text: str) -> None:
    with pytest.raises(UserError) as refused:
        read_records(text)
    assert refused.value.kind == "bad_record"


@pytest.fixture
def kept(made: Agent, films: str, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Records of two answers, for jobs that read the same settings."""
    file = tmp_path / "kept.jsonl"
    lines = [
        json_line(say(made, query, films))
        for query in ("attribute(method=occlusion) where id = 0", "labels", "history")
    ]
    file.write_text("\n".join(lines), "utf-8")
    monkeypatch.setattr(replay, "read_settings", lambda: settings)
    monkeypatch.setattr(ask, "read_settings", lambda: settings)
    return file


def altered(file: Path, change: str, to: object) -> str:
    """The first record of the file with one place changed: "explanation.scores.0"."""
    record = json.loads(file.read_text("utf-8").splitlines()[0])
    *way, last = [int(step) if step.isdecimal() else step for step in change.split(".")]
    part = record
    for step in way:
        part = part[step]
    part[last] = to
    made = file.with_name("altered.json")
    made.write_text(json.dumps(record), "utf-8")
    return str(made)


def test_a_replay_of_what_stayed_the_same(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert replay.main([str(kept)]) == 0
    told = capsys.readouterr().out
    assert told.count("the same figures") == 2 and "3 records, 0 of them different" in told


def test_a_replay_tells_what_changed(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    score = json.loads(kept.read_text("utf-8").splitlines()[0])["explanation"]["scores"][0]
    assert replay.main([altered(kept, "explanation.scores.0", score + 0.5)]) == 1
    assert "scores[0]" in (told := capsys.readouterr().out) and "(by -0.5)" in told
    assert replay.main([altered(kept, "explanation.scores.0", score + 0.5), "--absolute", "0.6"]) == 0
    assert replay.main([altered(kept, "explanation.scores.0", score + 5e-5)]) == 0, "within the declared tolerance"
    assert replay.main([altered(kept, "explanation.target", "sad")]) == 1


def test_a_replay_tells_other_versions_apart_from_other_figures(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert replay.main([altered(kept, "explanation.provenance.versions.0.1", "0.0")]) == 0
    assert "versions.torch: 0.0, now 2." in capsys.readouterr().out
    assert replay.main([altered(kept, "versions.polylens", "0ld")]) == 0
    assert "code of Polylens: 0ld, now " in capsys.readouterr().out
    assert replay.main([altered(kept, "request.ids.0", 77)]) == 1
    assert "cannot be run any more" in capsys.readouterr().out
    assert replay.main([altered(kept, "request.operation", "divine")]) == 1
    assert "cannot be run any more: there is no operation “divine”" in capsys.readouterr().out


def test_a_file_stands_in_for_files_alone(made: Agent, kept: Path, films: str, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    moved = shutil.move(films, tmp_path / "elsewhere")
    with kept.open("a", encoding="utf-8") as file:
        file.write("\n" + json_line(say(made, "count", "reviews")))
    assert replay.main([str(kept)]) == 1
    assert replay.main([str(kept), "--dataset", moved]) == 0


def test_ask_runs_links_and_records_without_reading_anything(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    link = json.loads(kept.read_text("utf-8").splitlines()[1])["link"]
    assert ask.main(["--request", link, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["request"]["operation"] == "labels"
    assert ask.main(["--request", str(kept), "--json"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 3
    assert ask.main(["--request", link, "--dataset", "reviews", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["request"]["dataset"] == "reviews"
    with pytest.raises(UserError):
        ask.main(["--request", "nonsense"])


def test_a_text_that_no_address_could_hold_has_no_command() -> None:
    assert command(Request("predict", custom=(("text", "x" * 101_000),))) == ""
