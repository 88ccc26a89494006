"""Questions back and apologies are in the reader's words, without names from the code."""

from __future__ import annotations

import pytest

from agent.ask import ask_back, sentence
from agent.reply import _note
from agent.telling.base import Teller
from agent.words import WORDS
from core.blocks import Choices
from core.data import Schema
from core.dialogue import Clarification
from core.languages import complete
from core.operation import OPERATIONS
from jobs.common import discover_all
from models.base import ATTENTIONS, EMBED, GENERATE, GRADIENTS, PREDICT, TRAIN, VALUE_VECTORS
from parsers.canonical import read
from parsers.decoded import GRAMMAR

discover_all()
SCHEMA = Schema("soup", ("text",), ("negative", "positive"))
CAPABILITIES = {PREDICT, GRADIENTS, ATTENTIONS, EMBED, GENERATE, TRAIN, VALUE_VECTORS, GRAMMAR}


@pytest.mark.parametrize("language", complete())
def test_what_a_model_lacks_is_said_in_words(language: str) -> None:
    assert set(WORDS.tables[language]["capability"]) == CAPABILITIES
    facts = {"model": "tiny", "capability": f"{GRADIENTS}, {VALUE_VECTORS}", "method": "lime", "nearest": "occlusion"}
    for kind in ("missing_capability", "missing_for_method"):
        assert VALUE_VECTORS not in sentence(kind, facts, language)
    assert "Gradienten, der Zugriff auf die Value-Vektoren" in sentence("missing_capability", facts, "de")
    note = _note(Teller(OPERATIONS["attribute"].words, SCHEMA, language), "fallback", facts | {"used": "occlusion"})
    assert VALUE_VECTORS not in note.text


@pytest.mark.parametrize(("language", "named"), [("en", "id 12"), ("de", "ID 12"), ("te", "ఐడి 12")])
def test_a_button_says_id_as_the_tables_do(language: str, named: str) -> None:
    made = ask_back(Clarification("which_instance", choices=(read("predict where id = 12"),)), SCHEMA, language)
    choices = made.blocks[1]
    assert isinstance(choices, Choices) and choices.labels[0].endswith(named)
