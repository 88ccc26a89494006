"""Questions back and apologies are in the reader's words, without names from the code."""

from __future__ import annotations

import pytest

from agent.registries import discover_all
from agent.replying.ask import ask_back, sentence, tell_problem
from agent.replying.reply import _note
from agent.replying.samples import examples
from agent.state import Problem
from agent.telling.base import Teller
from agent.words import WORDS
from core.blocks import Choices
from core.data import Dataset, Instance, Schema
from core.dialogue import Clarification
from core.languages import complete
from core.operation import OPERATIONS
from core.reading import load_dataset
from models.base import ATTENTIONS, EMBED, GENERATE, GRADIENTS, PREDICT, TRAIN, VALUE_VECTORS
from parsers.notation.canonical import read
from parsers.prompting.decoding import GRAMMAR

discover_all()
SCHEMA = Schema("soup", ("text",), ("negative", "positive"))
DATA = Dataset(SCHEMA, (Instance((("text", "Good soup."),), 1000, "positive"),))
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
    made = ask_back(Clarification("which_instance", choices=(read("predict where id = 12"),)), DATA, language)
    choices = made.blocks[1]
    assert isinstance(choices, Choices) and choices.labels[0].endswith(named)


@pytest.mark.parametrize("language", complete())
def test_samples_ask_about_rows_that_there_are(language: str) -> None:
    made = dict(map(reversed, examples(DATA, language)))
    assert "1000" in made["attribute where id = 1000"] and "12" not in "".join((*made, *made.values()))
    assert dict(map(reversed, examples(load_dataset("reviews"), language)))["attribute where id = 12"]
    choices = ask_back(Clarification("none"), DATA, language).blocks[1]
    assert isinstance(choices, Choices) and choices.queries[0] == "attribute where id = 1000"


def test_buttons_can_be_told_apart_and_are_in_words() -> None:
    queries = (
        "score(metric=accuracy)",
        "score(metric=recall)",
        "show where label = positive",
        "show where label = positive",
    )
    choices = ask_back(Clarification("unsure", choices=tuple(map(read, queries))), DATA, "de").blocks[1]
    assert isinstance(choices, Choices)
    assert choices.labels[:2] == ("Qualität · Metrik: Accuracy", "Qualität · Metrik: Recall")
    assert choices.labels[2].endswith(" · label = positive") and len(choices.labels) == 3
    several = ask_back(Clarification("unsure", choices=(read("predict where id = 3 or id = 5"),)), DATA, "en").blocks[1]
    assert isinstance(several, Choices) and several.labels == ("Prediction · id 3, 5",)


def test_labels_and_fields_in_an_error_are_in_the_words_of_the_reader() -> None:
    schema = Schema("soup", ("text",), ("negative", "positive"), label_words=(("positive", (("de", "gut"),)),))
    unknown = Problem("unknown_label", (("name", "toll"), ("nearest", "positive"), ("known", "negative, positive")))
    assert "negative, gut" in tell_problem(unknown, "de", schema).plain
    missing = Problem("missing_field", (("field", "evidence"), ("fields", "claim, evidence")))
    assert "Behauptung, Beleg" in tell_problem(missing, "de", schema).plain
    never = _note(Teller(OPERATIONS["score"].words, schema, "de"), "other_labels", {"labels": "negative, positive"})
    assert "„negative“, „gut“" in never.text
