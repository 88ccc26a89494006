"""A confusion matrix and a reliability diagram beside a score, as text and as picture; the model panel's two lines."""

from __future__ import annotations

import json
from typing import cast

from agent.registries import discover_all
from agent.running.costs import Weights
from agent.telling.base import Teller
from agent.telling.quality import quality
from agent.turn import Agent
from core.blocks import Fold, Plot, Rows, Text
from core.errors import UserError
from core.operation import OPERATIONS
from models.catalog import Row, find
from tests.markup_reader import read
from tests.tiny import SCHEMA
from ui.models import card

discover_all()
FACTS = {
    "confusion": json.dumps({"labels": ["negative", "positive"], "counts": [[8, 2], [1, 9]]}),
    "calibration": json.dumps([[0.5, 0.6, 4, 0.55, 0.75], [0.9, 1.0, 16, 0.95, 0.8]]),
}


def test_what_is_mixed_up_and_whether_confidence_holds() -> None:
    """Expected calibration error on paper: (4 · .20 + 16 · .15) / 20 = .16."""
    (fold,) = quality(Teller(OPERATIONS["score"].words, SCHEMA, "en"), FACTS)
    assert isinstance(fold, Fold)
    mixed, believed, told = fold.blocks
    assert isinstance(mixed, Rows) and mixed.columns == ("true label", "negative", "positive")
    assert mixed.cells == (("negative", "[8]", "2"), ("positive", "1", "[9]"))
    assert isinstance(believed, Plot) and [(bar.value, bar.strong) for bar in believed.bars] == [
        (0.75, False),
        (0.8, True),
    ]
    assert believed.bars[1].text == "80% right, n = 16"
    assert isinstance(told, Text) and "16.0 percentage points" in told.text


def test_other_tables_stay_as_they_are() -> None:
    assert quality(Teller(OPERATIONS["score"].words, SCHEMA, "en"), {"value": "1"}) == []


class Known:
    """An agent that knows one model, and a hub that cannot be reached."""

    def __init__(self, found: Weights) -> None:
        self.found = found

    def weights(self, model: str, precision: str) -> Weights:
        return self.found

    def size(self, model: str) -> int:
        raise UserError("no_network", name=model, source=model)

    def say_error(self, error: UserError, language: str) -> str:
        return f"sentence for {error.kind}"


def said(row: Row, here: bool, loaded: bool = False) -> str:
    agent = cast(Agent, Known(Weights(row, "fp32", 771_000_000, loaded, here)))
    return read(card(agent, row.name, "fp32", "en")).text


def test_the_panel_says_what_a_model_is_and_takes() -> None:
    row = find("e5-small")
    assert said(row, True) == "118 million parameters · MIT · many languagesabout 771 MB of memory · on this machine"
    assert said(row, True, True).endswith("loaded")
    assert said(row, False).endswith("91 MB to fetch with the first question")
    assert "13 languages" in said(find("qwen-coder-0.5b"), True)


def test_a_hub_that_cannot_be_reached_is_told() -> None:
    assert said(find("hub:owner/name"), False) == "sentence for no_network"
