"""The conversation around a toy model: sessions, memory, stops, defects, and a broken store."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from agent.sessions.remember import matched
from agent.sessions.sqlite import open_store
from agent.state import Answer, Message
from agent.turn import Agent
from agent.words import say
from core.blocks import Notice
from core.data import Instance
from core.dialogue import Request
from core.explanations import Neighbours, Table
from core.faithfulness import NOT_APPLICABLE, Faithfulness
from core.filters import Includes
from core.progress import Progress
from core.settings import Settings
from core.values import to_json
from tests.toys import Additive

CSV = "text,label\na great film,positive\na dull film,negative\nan awful film,negative\n"


@pytest.fixture
def agent(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Agent:
    made = Agent(settings, tmp_path / "sessions.sqlite", local_files=True)
    monkeypatch.setattr(made._runner, "load", lambda *_: Additive())
    return made


@pytest.fixture
def films(tmp_path: Path) -> str:
    path = tmp_path / "films.csv"
    path.write_text(CSV, "utf-8")
    return str(path)


def ask(agent: Agent, query: str, films: str, session: str = "one", progress: Progress | None = None):  # type: ignore[no-untyped-def]
    return agent.turn(session, Message(query=query, dataset=films), progress or Progress())


def test_an_attribution_is_answered_and_judged(agent: Agent, films: str) -> None:
    turn = ask(agent, "attribute where id = 0", films)
    assert turn.outcome == "answered"
    scores = dict(zip((token.text for token in turn.explanation.tokens), turn.explanation.scores, strict=True))
    assert scores["great"] == max(scores.values()) > 0
    assert turn.faithfulness.verdict in ("better", "unclear") and turn.reply.parse == "attribute where id = 0"


def test_a_follow_up_goes_on_from_the_question_before(agent: Agent, films: str) -> None:
    ask(agent, "attribute(method=occlusion) where id = 0", films)
    ask(agent, "functions", films)
    turn = ask(agent, "same where id = 2", films)
    assert turn.request.ids == (2,) and turn.request.slot("method") == "occlusion"


def test_a_reader_is_told_from_then_on(agent: Agent, films: str) -> None:
    ask(agent, "attribute where id = 0", films)
    ask(agent, "functions", films)
    assert ask(agent, "same(audience=novice)", films).reply.parse == "tutorial(audience=novice, topic=functions)"
    assert ask(agent, "tutorial(topic=attribute)", films).request.slot("audience") == "novice"
    assert ask(agent, "tutorial(audience=expert, topic=attribute)", films).request.slot("audience") == "expert"


def test_among_those_means_the_rows_shown_before(agent: Agent, films: str) -> None:
    ask(agent, 'show where includes("an")', films)
    assert ask(agent, "count where previous", films).explanation.facts == (("total", "1"),)


def test_those_are_all_rows_that_fitted_however_few_were_shown(agent: Agent, tmp_path: Path) -> None:
    many = table(tmp_path, "many", "film", 150)
    assert ask(agent, 'count where includes("film 1")', many).explanation.facts == (("total", "61"),)
    listed = ask(agent, "count where previous and label = negative", many)
    assert listed.explanation.facts == (("total", "30"),) and "id = 148" in listed.reply.parse
    ask(agent, 'show where includes("film")', many)
    told = ask(agent, "count where previous and label = negative", many)
    assert told.reply.parse == 'count where label = negative and includes("film")'
    assert told.explanation.facts == (("total", "75"),)


def test_nothing_found_leaves_no_rows_to_go_on_with(agent: Agent, films: str) -> None:
    ask(agent, 'show where includes("dull")', films)
    ask(agent, 'count where includes("opera")', films)
    assert ask(agent, "count where previous", films).explanation.facts == (("total", "0"),)


def test_those_of_similar_texts_are_the_texts_found() -> None:
    rows = tuple(Instance((("text", f"film {number}"),), number) for number in range(4))
    asked, found = Request("similar", (("k", 2),), ids=(0,)), Neighbours(rows[0], rows[1:3], (0.9, 0.8), "cosine")
    assert matched(Answer(asked, found, Faithfulness(NOT_APPLICABLE)), rows[:1]) == (1, 2)
    wrong = Table(("id", "text"), ((3, "film 3"),), "sample", (("wrong", "2"), ("ids", "1 3")))
    told = Answer(Request("mistakes", where=Includes("film")), wrong, Faithfulness(NOT_APPLICABLE))
    assert matched(told, rows) == (1, 3)


def test_it_is_the_one_row_that_a_filter_found(agent: Agent, films: str) -> None:
    ask(agent, "attribute where id = 0", films)
    ask(agent, 'predict where includes("dull")', films)
    assert ask(agent, "attribute", films).request.ids == (1,)
    ask(agent, "show where label = negative", films)
    assert ask(agent, "attribute", films).request.ids == (1,), "several rows are no it"


def test_what_is_about_no_instance_hides_none_that_was_asked_about_beside_it(agent: Agent, films: str) -> None:
    ask(agent, "attribute where id = 0", films)
    ask(agent, "predict; functions where id = 2", films)
    again = ask(agent, "same where id = 1", films)
    assert [answer.request.operation for answer in again.answers] == ["predict"]
    ask(agent, "predict; count where id = 2", films)
    assert ask(agent, "attribute", films).request.ids == (2,)


def test_those_stay_the_rows_of_the_answer_whatever_is_asked_of_them(agent: Agent, tmp_path: Path) -> None:
    rows = (f"film {n},{'negative' if n % 2 else 'positive'},{'test' if n % 5 else 'train'}" for n in range(300))
    path = tmp_path / "parted.csv"
    path.write_text("\n".join(["text,label,split", *rows]), "utf-8")
    ask(agent, "predict where label = negative", str(path))
    assert ask(agent, "count where previous", str(path)).explanation.facts == (("total", "120"),)
    ask(agent, "show where label = negative", str(path))
    assert len(ask(agent, "predict where previous", str(path)).request.ids) == 150
    ask(agent, 'show where includes("film 10")', str(path))
    negative = ask(agent, "predict where previous and label = negative", str(path))
    assert [row[0] for row in negative.explanation.rows] == [101, 103, 105, 107, 109]


def test_those_of_mistakes_are_all_of_them_counted_or_shown(agent: Agent, tmp_path: Path) -> None:
    many = table(tmp_path, "many", "great film", 300)
    for kind in ("count", "sample"):
        wrong = dict(ask(agent, f"mistakes(kind={kind})", many).explanation.facts)["wrong"]
        assert int(wrong) == 30
        assert ask(agent, "count where previous and label = negative", many).explanation.facts == (("total", wrong),)


def test_those_that_are_left_out_are_told(agent: Agent, tmp_path: Path) -> None:
    many = table(tmp_path, "seven", "great film", 7)
    ask(agent, 'show where includes("film")', many)
    turn = ask(agent, "attribute where previous", many)
    assert [answer.request.ids for answer in turn.answers] == [(0,), (1,), (2,), (3,), (4,)]
    assert say("note.many", "en", total=7, shown=5) in [
        block.text for block in turn.reply.blocks if isinstance(block, Notice)
    ]


def test_rows_of_other_data_are_not_meant(agent: Agent, films: str, tmp_path: Path) -> None:
    other = table(tmp_path, "other", "play", 3)
    ask(agent, "attribute where id = 2", films)
    ask(agent, "count", other)
    assert ask(agent, "count where previous", other).explanation.facts == (("total", "0"),)
    assert ask(agent, "attribute", other).outcome == "clarification"


@pytest.mark.parametrize(
    ("query", "requests", "shown"),
    [("attribute; predict", 6, 5), ("compare", 5, 6), ("attribute(method=lime); likelihood", 6, 5), ("predict", 1, 0)],
)
def test_ids_that_are_left_out_are_told(agent: Agent, tmp_path: Path, query: str, requests: int, shown: int) -> None:
    seven = " or ".join(f"id = {number}" for number in range(7))
    turn = ask(agent, f"{query} where {seven}", table(tmp_path, "seven", "great film", 7))
    assert len(turn.answers) == requests
    notes = [block.text for block in turn.reply.blocks if isinstance(block, Notice)]
    assert ([say("note.many", "en", total=7, shown=shown)] if shown else []) == [one for one in notes if "named" in one]


def table(folder: Path, name: str, word: str, rows: int) -> str:
    """A file of so many texts, every other one negative."""
    lines = (f"{word} {number},{'positive' if number % 2 else 'negative'}" for number in range(rows))
    path = folder / f"{name}.csv"
    path.write_text("\n".join(["text,label", *lines]), "utf-8")
    return str(path)


def test_sessions_know_nothing_of_each_other(agent: Agent, films: str) -> None:
    ask(agent, "attribute where id = 0", films, "one")
    assert ask(agent, "attribute", films, "two").outcome == "clarification"
    assert [len(agent.history(name)) for name in ("one", "two", "three")] == [1, 1, 0]


def test_many_sessions_at_once_keep_their_own_memory(agent: Agent, films: str) -> None:
    found: dict[int, int] = {}

    def visit(number: int) -> None:
        ask(agent, f"attribute where id = {number % 3}", films, f"visitor {number}")
        found[number] = ask(agent, "same(method=occlusion)", films, f"visitor {number}").request.ids[0]

    threads = [threading.Thread(target=visit, args=(number,)) for number in range(9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {number: number % 3 for number in range(9)}


def test_the_conversation_comes_back_after_a_restart(
    agent: Agent, films: str, settings: Settings, tmp_path: Path
) -> None:
    turn = ask(agent, "predict where id = 1", films)
    again = Agent(settings, tmp_path / "sessions.sqlite", local_files=True)
    assert again.history("one") == (turn,)


def test_a_forgotten_session_is_gone(agent: Agent, films: str) -> None:
    ask(agent, "predict where id = 1", films)
    agent.forget("one")
    assert agent.history("one") == ()


def test_the_same_request_gets_the_same_answer(agent: Agent, films: str) -> None:
    first, second = ask(agent, "attribute where id = 0", films), ask(agent, "attribute where id = 0", films, "two")
    assert first.explanation == second.explanation and first.faithfulness == second.faithfulness


def test_stop_ends_the_turn_and_the_next_one_works(agent: Agent, films: str) -> None:
    progress = Progress()
    progress.stop()
    assert ask(agent, "attribute where id = 0", films, progress=progress).outcome == "stopped"
    assert ask(agent, "attribute where id = 0", films).outcome == "answered"


def test_a_defect_is_told_with_a_number_and_the_session_stays(
    agent: Agent, films: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(agent, "predict where id = 1", films)
    broken = Additive()
    broken.broken = True
    monkeypatch.setattr(agent._runner, "load", lambda *_: broken)
    turn = ask(agent, "attribute where id = 0", films)
    assert turn.outcome == "error" and turn.problem is not None and turn.problem.kind == "defect"
    assert dict(turn.problem.facts)["number"] in turn.reply.plain
    monkeypatch.setattr(agent._runner, "load", lambda *_: Additive())
    assert ask(agent, "same where id = 2", films).outcome == "answered"


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        (Message(""), "empty_message"),
        (Message("🙂🙂🙂"), "empty_message"),
        (Message("\x00\x07 \u200b"), "empty_message"),
        (Message("a" * 100_000), "too_long"),
        (Message(query="attribute where"), "bad_query"),
        (Message(query="predict", dataset="upload:../../etc/passwd"), "file_gone"),
        (Message(query="predict", dataset="nothing"), "unknown_dataset"),
    ],
)
def test_what_cannot_be_read_is_told_in_the_language_of_the_page(
    agent: Agent, message: Message, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    english, german = (agent.turn("one", replace(message, interface=code), Progress()) for code in ("en", "de"))
    assert english.outcome == german.outcome == "error"
    assert english.problem is not None and english.problem.kind == kind
    assert english.reply.plain != german.reply.plain


def test_a_broken_store_is_moved_aside(tmp_path: Path) -> None:
    path = tmp_path / "sessions.sqlite"
    path.write_bytes(b"this is no database, but it was one once" * 100)
    store = open_store(path)
    assert list(store.list(None)) == [] and len(list(tmp_path.glob("*.broken-*"))) == 1


def test_a_store_that_is_damaged_inside_is_moved_aside(agent: Agent, films: str, tmp_path: Path) -> None:
    ask(agent, "predict where id = 1", films)
    agent.conversations.store.saver.conn.close()  # type: ignore[attr-defined]
    path = tmp_path / "sessions.sqlite"
    head, rest = path.read_bytes()[:4096], path.stat().st_size - 4096
    path.write_bytes(head + b"\xff" * rest)
    assert list(open_store(path).list(None)) == [] and len(list(tmp_path.glob("*.broken-*"))) == 1


def test_a_store_that_cannot_forget_costs_no_answer_and_keeps_no_files(agent: Agent, films: str) -> None:
    agent.add_dataset("one", Path(films))
    agent.conversations.store.saver.conn.close()  # type: ignore[attr-defined]
    assert agent.answer(Request("count", dataset=films)).outcome == "answered"
    agent.forget("one")
    agent._tidy()
    assert all(name != "upload:films.csv" for name, _ in agent.datasets("one"))


@pytest.mark.parametrize("text", ["count \ud83d", "count \x00", "count 🙂"])
def test_half_an_emoji_is_left_out_before_anything_is_kept(agent: Agent, films: str, text: str) -> None:
    message = Message(text, query="count", dataset=films, fields=(("text", "half \udc00"),))
    made = agent.turn("one", message, Progress())
    assert made.outcome == "answered" and agent.history("one") == (made,)
    assert made.message == message.cleaned and to_json(made).encode()


def test_sessions_expire(settings: Settings, tmp_path: Path, films: str, monkeypatch: pytest.MonkeyPatch) -> None:
    first = Agent(settings, tmp_path / "sessions.sqlite", local_files=True)
    monkeypatch.setattr(first._runner, "load", lambda *_: Additive())
    ask(first, "predict where id = 1", films)
    soon = settings.model_copy(update={"session_hours": 1e-9})
    assert Agent(soon, tmp_path / "sessions.sqlite").history("one") == ()


def test_a_visitor_of_the_page_names_no_files(settings: Settings, tmp_path: Path, films: str) -> None:
    page = Agent(settings, tmp_path / "sessions.sqlite")
    assert page.turn("one", Message(query="count", dataset=films), Progress()).problem.kind == "unknown_dataset"  # type: ignore[union-attr]


def test_an_upload_belongs_to_its_session(agent: Agent, films: str) -> None:
    agent.add_dataset("one", Path(films))
    assert ("upload:films.csv", "films.csv") in agent.datasets("one")
    assert all(name != "upload:films.csv" for name, _ in agent.datasets("two"))
    assert agent.turn("one", Message(query="count", dataset="upload:films.csv"), Progress()).outcome == "answered"
    assert agent.turn("two", Message(query="count", dataset="upload:films.csv"), Progress()).outcome == "error"


def test_another_file_of_the_same_name_has_none_of_the_changes(agent: Agent, films: str) -> None:
    agent.add_dataset("one", Path(films))
    own = "upload:films.csv"
    assert ask(agent, "edit_label(label=positive) where id = 2", own).outcome == "answered"
    assert ask(agent, "count where label = positive", own).explanation.facts == (("total", "2"),)
    Path(films).write_text("\n".join(CSV.splitlines()[:3]), "utf-8")
    agent.add_dataset("one", Path(films))
    assert ask(agent, "undo", own).problem.kind == "nothing_to_undo"
    assert ask(agent, "predict", own).outcome == "clarification"
    assert ask(agent, "count", own).request.changes == ()


def test_an_answer_comes_in_the_language_that_was_asked_for(agent: Agent, films: str) -> None:
    agent.turn("one", Message(text="why id 0?", dataset=films), Progress())
    german = agent.turn("one", Message(text="in German please", dataset=films), Progress())
    assert german.reply.language == german.request.language == "de"
    assert (german.request.operation, german.request.ids) == ("attribute", (0,))
    french = agent.turn("one", Message(text="why id 0? answer in French", dataset=films), Progress())
    assert say("note.wanted_language", "en", wanted="Français") in french.reply.plain
