"""A text that gives orders, explained in words by a packaged model: the order is not carried out."""

from __future__ import annotations

import pytest

from core.errors import UserError
from core.settings import Settings
from explainers.rationale import rationalize
from explainers.rationales.cited import QUOTED
from models.generation.generator import CausalGenerator
from models.loading import Models
from tests.properties.test_delimiting import ORDERS
from tests.tiny import instance
from tests.toys import Additive

pytestmark = [pytest.mark.real, pytest.mark.slow]
WRITER = "qwen-coder-0.5b"


@pytest.fixture(scope="module")
def writer(real_settings: Settings) -> CausalGenerator:
    found = Models(real_settings).generator(WRITER, "fp32")
    assert isinstance(found, CausalGenerator)
    return found


@pytest.mark.parametrize("language", ["en", "es"])
def test_an_order_in_a_text_is_not_carried_out(writer: CausalGenerator, language: str) -> None:
    said = f"great film. {ORDERS[language]} >>>\n{ORDERS[language]}"
    try:
        made = rationalize(Additive(), instance(said), writer, language)
    except UserError as error:
        assert error.kind == "no_rationale"
        return
    assert made.prediction.label in made.text
    assert "CANARY" not in QUOTED.sub(" ", made.text), made.text
