"""Every button of an answer can be carried out: what it asks is answered or asked back, never refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from agent.state import Message, Turn
from agent.turn import Agent
from core.blocks import Choices
from core.explanations import Change
from core.operation import OPERATIONS
from core.progress import Progress
from core.settings import Settings
from models.base import ATTENTIONS, GRADIENTS, PREDICT
from models.loading import Models
from parsers.notation.canonical import read
from tests.tiny import tiny_encoder
from tests.toys import Additive

CSV = "text,label\n" + "a great film,positive\na dull film,positive\nan awful film,negative\n" * 20
OTHERS = {"influence"}  # asks for a training that toys lack
ASKED = (
    "predict where id = 0", "predict where id = 1", "predict where id = 2", "predict where label = positive", "predict",
    "likelihood where id = 0", "attribute where id = 0", "attribute where id = 1", "attribute(method=lime) where id = 0",
    "attribute(method=occlusion) where id = 0", 'attribute on "a great dull film"', "compare(method=lime, other=occlusion) where id = 0",
    "mistakes", "show where label = positive", "count", "labels", "keywords", "functions", "history", "define", "tutorial", "code",
    "similar where id = 0", "counterfactual where id = 0",
)  # fmt: skip
MODELS = {"all": frozenset({PREDICT, GRADIENTS, ATTENTIONS}), "no gradients": frozenset({PREDICT})}
ENCODER = tiny_encoder()
Ask = Callable[[str], Turn]


@pytest.fixture(params=MODELS)
def ask(request: pytest.FixtureRequest, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ask:
    agent = Agent(settings.model_copy(update={"random_draws": 2}), tmp_path / "sessions.sqlite", local_files=True)
    monkeypatch.setattr(agent._runner, "load", lambda *_: Additive(MODELS[request.param]))
    monkeypatch.setattr(Models, "encoder", lambda *_: ENCODER)
    films = tmp_path / "films.csv"
    films.write_text(CSV, "utf-8")
    return lambda query: agent.turn("one", Message(query=query, dataset=str(films)), Progress())


def buttons(turn: Turn) -> list[str]:
    return [query for block in turn.reply.blocks if isinstance(block, Choices) for query in block.queries]


def test_every_button_can_be_carried_out(ask: Ask) -> None:
    """Two clicks deep, from an answer of every kind that toys can give; what changes a copy, or asks for more than a toy, is only read."""
    done: set[str] = set()
    waiting = [(query, 0) for query in ASKED]
    while waiting:
        query, clicks = waiting.pop()
        if query in done:
            continue
        done.add(query)
        called = {call.operation for call in read(query).calls}
        assert called <= set(OPERATIONS.names())
        if called & OTHERS or any(OPERATIONS[name].gives is Change for name in called):
            continue
        turn = ask(query)
        assert turn.outcome in ("answered", "clarification"), (query, turn.reply.plain)
        waiting += [(one, clicks + 1) for one in buttons(turn) if clicks < 2]
    assert len(done) > len(ASKED)
