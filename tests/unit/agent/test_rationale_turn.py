"""A rationale through the whole house: writer from the settings, slots, notes, telling, badge and marks on the heat map."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.state import Message
from agent.turn import Agent
from core.blocks import Badge, Heat, Notice
from core.errors import UserError
from core.languages import complete
from core.progress import Progress
from core.refinements import COMPOSED
from core.settings import Settings
from operations.rationalize import SMALLER
from tests.toys import Additive
from tests.unit.explainers.test_rationale import GOOD, REASONS, Scripted
from ui.blocks import render

CSV = "text,label\na great film in a long row of films about ships and seas,positive\na dull film,negative\n"


@pytest.fixture
def agent(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Agent:
    made = Agent(settings, tmp_path / "sessions.sqlite", local_files=True)
    monkeypatch.setattr(made._runner, "load", lambda *_: Additive())
    return made


def ask(agent: Agent, query: str, tmp_path: Path, language: str = "en"):  # type: ignore[no-untyped-def]
    path = tmp_path / "films.csv"
    path.write_text(CSV, "utf-8")
    message = Message(query=query, dataset=str(path), interface=language, language=language)
    return agent.turn("one", message, Progress())


def lend(agent: Agent, monkeypatch: pytest.MonkeyPatch, writer: Scripted, refuse: str = "") -> list[str]:
    """Let the agent's models give this writer; the default one is refused with the error `refuse`."""
    asked: list[str] = []

    def generator(name: str, precision: str, progress: Progress) -> Scripted:
        asked.append(name)
        writer.name = name
        if refuse and name != SMALLER:
            raise UserError(refuse, name=name)
        return writer

    monkeypatch.setattr(agent._models, "generator", generator)
    return asked


@pytest.mark.parametrize("language", [code for code in complete() if code != "te"])
def test_it_is_told_in_every_language_with_who_wrote_it(
    agent: Agent, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    lend(agent, monkeypatch, Scripted(REASONS[language]))  # Telugu, which its makers do not name, is in test_refine.py
    turn = ask(agent, "rationalize where id = 0", tmp_path, language)
    assert turn.outcome == "answered" and turn.explanation.language == language
    notices = " ".join(block.text for block in turn.reply.blocks if isinstance(block, Notice))
    assert "Qwen2.5-Coder 1.5B Instruct" in notices and "1117" in notices, "who wrote it, and what was downloaded"
    heats = [block for block in turn.reply.blocks if isinstance(block, Heat)]
    assert [token.text for token in heats[0].tokens if token.marked] == ["great"]
    assert any(isinstance(block, Badge) and block.tone == "good" for block in turn.reply.blocks)
    assert "marked" in render(turn.reply.blocks)


def test_slots_reach_the_writer(agent: Agent, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = Scripted(GOOD)
    lend(agent, monkeypatch, writer)
    turn = ask(agent, "rationalize(audience=expert, style=contrastive) where id = 0", tmp_path)
    assert (turn.explanation.style, turn.explanation.audience) == ("contrastive", "expert")
    assert "specialist" in writer.asked[0][0] and "and not “negative”" in writer.asked[0][1]


def test_an_own_text_is_explained(agent: Agent, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lend(agent, monkeypatch, Scripted(GOOD))
    turn = ask(agent, 'rationalize on "a great evening with friends"', tmp_path)
    assert [token.text for token in turn.explanation.cited] == ["great"]


def test_a_writer_that_does_not_fit_makes_way_for_a_smaller_one(
    agent: Agent, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = lend(agent, monkeypatch, Scripted(GOOD), refuse="out_of_memory")
    turn = ask(agent, "rationalize where id = 0", tmp_path)
    assert asked == [agent.settings.writer, SMALLER] and turn.explanation.generator == SMALLER
    assert "smaller_writer" in [key for key, _ in turn.explanation.provenance.notes]


def test_what_a_smaller_writer_had_to_write_is_not_kept(
    agent: Agent, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lend(agent, monkeypatch, Scripted(GOOD), refuse="no_network")
    assert ask(agent, "rationalize where id = 0", tmp_path).explanation.generator == SMALLER
    lend(agent, monkeypatch, Scripted(GOOD))
    first = ask(agent, "rationalize where id = 0", tmp_path).explanation
    assert first.generator == agent.settings.writer and [key for key, _ in first.provenance.notes] == ["downloaded"]
    for forget in (lambda: None, agent._runner._kept.clear):  # what is in memory, and what is on the disk
        forget()
        again = ask(agent, "rationalize where id = 0", tmp_path).explanation
        assert again.text == first.text and again.provenance.notes == ()


@pytest.mark.parametrize(("said", "language"), [("", "en"), (REASONS["en"], "de")])
def test_a_writer_of_no_use_is_asked_twice_and_the_measured_words_answer(
    agent: Agent, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str, language: str
) -> None:
    writer = Scripted(said)
    lend(agent, monkeypatch, writer)
    turn = ask(agent, "rationalize(refine=yes) where id = 0", tmp_path, language)
    assert turn.explanation.generator == COMPOSED and turn.explanation.language == language
    keys = [key for key, _ in turn.explanation.provenance.notes]
    assert keys[-2:] == ["composed_tried", "composed_refine"] and len(writer.asked) == 2
