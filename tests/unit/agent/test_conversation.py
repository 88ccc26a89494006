"""A conversation in words around a toy model: questions back are answered, wishes kept, and what fails leaves the rest its answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from agent.running.judge import judge
from agent.state import Message, Turn
from agent.telling.base import Teller
from agent.telling.conversations import history
from agent.telling.neighbours import neighbours
from agent.turn import Agent
from agent.words import say
from core.blocks import Notice
from core.data import Dataset, Instance
from core.dialogue import Call, Parse, Utterance
from core.explanations import Neighbours
from core.operation import OPERATIONS, Context
from core.past import Asked, History
from core.progress import Progress
from core.settings import Settings
from parsers.notation.canonical import is_query, read
from parsers.words.language_id import detect
from tests.toys import Additive

CSV = "text,label\na great film,positive\na dull film,negative\nan awful film,negative\n"
WISHES = {"keep it simple": read("same(audience=novice)"), "German from now on": replace(read("same"), language="de")}
Say = Callable[[str], Turn]


class Queries:
    """Reads queries as they stand, and everything else as nothing we have."""

    def __call__(self, message: Message, data: Dataset, spoken: str = "") -> tuple[Utterance, Parse]:
        parse = WISHES.get(message.text) or is_query(message.text) or Parse((Call("none"),))
        return Utterance(message.text, detect(message.text, spoken or message.interface)[0]), parse


@pytest.fixture
def ask(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Say:
    agent = Agent(settings, tmp_path / "sessions.sqlite", local_files=True)
    agent._reader = Queries()  # type: ignore[misc,assignment]
    monkeypatch.setattr(agent._runner, "load", lambda *_: Additive())
    films = tmp_path / "films.csv"
    films.write_text(CSV, "utf-8")
    return lambda text: agent.turn("one", Message(text, dataset=str(films)), Progress())


def test_an_id_answers_the_question_which_text_is_meant(ask: Say) -> None:
    assert ask("attribute(method=occlusion)").outcome == "clarification"
    turn = ask("number 2")
    assert turn.outcome == "answered" and turn.reply.parse == "attribute(method=occlusion) where id = 2"
    assert ask("number 1").outcome == "clarification", "nothing was asked any more"


def test_a_label_answers_the_question_after_the_id_did(ask: Say) -> None:
    ask("edit_label")
    assert ask("1").clarification.reason == "which_label"  # type: ignore[union-attr]
    assert ask("positive").reply.parse == "edit_label(label=positive) where id = 1"


def test_a_wrong_answer_leaves_the_question_open(ask: Say) -> None:
    ask("predict")
    assert ask("99").problem.kind == "unknown_instance"  # type: ignore[union-attr]
    assert ask("0").reply.parse == "predict where id = 0"


def test_one_operation_that_fails_leaves_the_others_their_answers(ask: Say) -> None:
    turn = ask("predict; learn; count where id = 1")
    assert turn.outcome == "answered"
    assert [answer.request.operation for answer in turn.answers] == ["predict", "count"]
    told = [block.text for block in turn.reply.blocks if isinstance(block, Notice) and block.tone == "error"]
    assert len(told) == 1 and told[0].startswith("Train on an instance: not possible. The model")
    assert ask("learn where id = 1").outcome == "error"


def test_a_wish_said_first_is_kept(ask: Say) -> None:
    wished = ask("keep it simple")
    assert wished.outcome == "clarification" and say("ask.wish", "en") in wished.reply.plain
    assert ask("tutorial(topic=attribute)").request.slot("audience") == "novice"  # type: ignore[union-attr]
    assert ask("German from now on").reply.language == "de"
    assert ask("count").reply.language == "de"


def test_a_few_words_are_in_the_language_spoken_so_far(ask: Say) -> None:
    assert ask("¿Qué puedes hacer con estos textos?").outcome == "clarification"
    assert ask("ID 2").reply.language == "es", "also after a question back"


def test_that_a_filter_found_more_than_the_one_text_is_said(ask: Say) -> None:
    told = ask("attribute(method=occlusion) where label = negative").reply.plain
    assert say("note.first_fit", "en", total=2) in told
    assert "texts fit" not in ask('attribute(method=occlusion) where includes("dull")').reply.plain


def test_similar_texts_need_no_model() -> None:
    def load() -> None:
        raise AssertionError("a model was loaded")

    rows = tuple(Instance((("text", f"film {number}"),), number) for number in range(3))
    context = Context(load, Dataset(Additive.schema, rows), rows[:1], Progress())
    assert judge(Neighbours(rows[0], rows[1:], (0.9, 0.8), "cosine"), context, 0).reason == "no_reason_claimed"


def test_no_table_is_cut_without_a_word(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    agent = Agent(settings, tmp_path / "sessions.sqlite", local_files=True)
    monkeypatch.setattr(agent._runner, "load", lambda *_: Additive())
    many = tmp_path / "many.csv"
    many.write_text("text,label\n" + "a great film,positive\na dull film,negative\n" * 15, "utf-8")
    for query in ("predict", "likelihood"):
        told = agent.turn("one", Message(query=f'{query} where includes("film")', dataset=str(many)), Progress())
        assert "30 instances" in told.reply.plain and "20" in told.reply.blocks[0].plain
        few = agent.turn("one", Message(query=f"{query} where id = 0 or id = 1", dataset=str(many)), Progress())
        assert "shown" not in few.reply.blocks[0].plain


def test_a_history_says_when_it_is_not_the_whole() -> None:
    teller = Teller(OPERATIONS["history"].words, Additive.schema, "en")
    asked = (Asked("why?", "answered"),)
    assert "last questions" not in history(teller, History(asked))[0].plain
    assert "last questions" in history(teller, History(asked, whole=False))[0].plain


def test_rows_without_any_like_them_are_told() -> None:
    row = Instance((("text", "film"),), 0)
    told = neighbours(Teller(OPERATIONS["similar"].words, Additive.schema, "en"), Neighbours(row, (), (), "cosine"))
    assert [block.plain for block in told] == ["There is no other instance in these data to compare with."]
