"""The facade for programs: questions, queries and calls, follow-ups, and errors with words."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.library import Polylens
from core.errors import Stopped, UserError
from core.settings import Settings
from tests.films import films
from tests.toys import Additive


@pytest.fixture
def polylens(settings: Settings, tmp_path: Path) -> Polylens:
    made = Polylens(dataset=films(tmp_path), settings=settings)
    made.agent._runner.load = lambda *_: Additive()  # type: ignore[assignment]
    return made


def test_a_call_gives_a_typed_turn(polylens: Polylens) -> None:
    turn = polylens.call("attribute", text="a great film", method="occlusion")
    scores = dict(zip((token.text for token in turn.explanation.tokens), turn.explanation.scores, strict=True))
    assert scores["great"] == max(scores.values()) and "great" in turn.reply.plain
    assert turn.faithfulness is not None and turn.request is not None and turn.request.slot("method") == "occlusion"


def test_later_questions_go_on_from_earlier_ones(polylens: Polylens) -> None:
    polylens.query("predict where id = 1")
    assert polylens.query("same where id = 2").request.ids == (2,)  # type: ignore[union-attr]
    assert [turn.message.query for turn in polylens.history] == ["predict where id = 1", "same where id = 2"]


def test_an_answer_in_the_language_that_was_asked_for(polylens: Polylens) -> None:
    assert polylens.call("predict", id=1, language="de").reply.language == "de"


def test_what_is_wrong_is_raised_with_a_sentence(polylens: Polylens) -> None:
    with pytest.raises(UserError, match="unknown_instance") as refused:
        polylens.call("predict", id=99)
    assert refused.value.__notes__ == ["There is no instance with id 99. The ids go from 0 to 2."]
    with pytest.raises(UserError, match="unknown_operation"):
        polylens.call("atribute", id=0)
    assert "method" in polylens.arguments("attribute")


def test_progress_is_told_and_may_stop(polylens: Polylens) -> None:
    steps: list[str] = []
    polylens.call("attribute", id=0, progress=lambda step, done: steps.append(step))
    assert "attribute" in steps

    def stop(step: str, done: float) -> None:
        raise Stopped(step)

    with pytest.raises(Stopped):
        polylens.call("predict", id=0, progress=stop)
