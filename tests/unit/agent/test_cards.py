"""Cards in words and numbers of the language: no code of ours, no English word, no foreign decimal mark."""

from __future__ import annotations

import pytest

from agent.replying.reply import reply
from agent.state import Answer
from agent.telling.cards import entry
from core.blocks import Fold, Rows
from core.data import Dataset, Instance, Schema
from core.dialogue import Request
from core.explanations import Card
from core.faithfulness import NOT_APPLICABLE, Faithfulness
from core.languages import complete
from core.operation import OPERATIONS, Context
from core.progress import Progress
from core.provenance import Provenance
from models.catalog import catalog
from models.predictions.facts import facts_of
from models.predictions.head_card import Accuracy, HeadCard
from tests.toys import Additive

SCHEMA = Schema("soup", ("text",), ("negative", "positive"))
TEST = (Accuracy("de", 48, 63), Accuracy("te", 50, 63))
HEAD = HeadCard(SCHEMA.labels, 8, "e5-small", "1", "fp32", "soup", "2", 0, 0.1, 0.8, 500, test=TEST)


def told(made: Card, operation: str, language: str) -> dict[str, str]:
    answer = Answer(Request(operation, language=language), made, Faithfulness(NOT_APPLICABLE))
    rows = next(block for block in reply((answer,), SCHEMA, language).blocks if isinstance(block, Rows))
    return dict(rows.cells)  # type: ignore[arg-type]


def test_the_model_card_is_told_in_the_language() -> None:
    facts = facts_of(catalog()["e5-small"], "1.0", "fp32", HEAD)
    card = told(Card(facts, "card", (("name", "e5-small"),)), "model_card", "ru")
    assert card["веса"] == "восстановлены из 4-битных блоков"
    assert card["параметры"] == "117\u202f653\u202f760" and card["языки"] == "много языков"
    accuracy = card["доля верных ответов (accuracy) на тесте"]
    assert "; Deutsch 76,2" in accuracy and "; తెలుగు 79,4" in accuracy and "." not in accuracy


def test_the_data_card_names_splits_and_languages() -> None:
    rows = tuple(
        Instance((("text", "soup"),), number, "positive", code, split)
        for number, (code, split) in enumerate([("de", "train"), ("te", "train"), ("de", "test"), ("xx", "mine")])
    )
    context = Context(Additive, Dataset(SCHEMA, rows), rows, Progress())
    made = OPERATIONS["dataset_card"].run(Request("dataset_card"), context)
    assert isinstance(made, Card)
    card = told(made, "dataset_card", "zh")
    assert card["样本数"] == "4 (训练集: 2, 测试集: 1, mine: 1)" and card["语言"] == "Deutsch, తెలుగు, xx"


@pytest.mark.parametrize("language", complete())
def test_how_weights_were_made_stands_in_words(language: str) -> None:
    notes = {row.note for row in catalog() if row.note}
    said = {note: entry("weights", note, language) for note in notes}
    assert all(note not in text and "{" not in text for note, text in said.items())
    assert len({entry("weights", "gguf Q4_1", one) for one in complete()}) == len(complete())


def test_an_older_record_keeps_its_sentence() -> None:
    assert entry("weights", "de-quantized from 4-bit blocks", "ru") == "de-quantized from 4-bit blocks"


def test_the_weights_under_an_answer_stand_in_words() -> None:
    made = Card((), "card", (("name", "x"),), provenance=Provenance(model="e5-small", weights="gguf Q4_1"))
    answer = Answer(Request("model_card", language="zh"), made, Faithfulness(NOT_APPLICABLE))
    (fold,) = (block for block in reply((answer,), SCHEMA, "zh").blocks if isinstance(block, Fold))
    assert "由 GGUF 文件（Q4_1）反量化得到" in fold.plain


def test_a_term_of_the_glossary_is_no_figure() -> None:
    card = told(Card((("accuracy", "The share of 1.5 % …"),), "defined", (("terms", "accuracy"),)), "define", "ru")
    assert card == {"accuracy": "The share of 1.5 % …"}
