"""Edits that a language model writes: beginnings of the text gone on with, and a search that leaves room for joining."""

from __future__ import annotations

import pytest

from core.data import Instance
from core.explanations import Prediction
from core.progress import Progress
from explainers.base import explained_units
from explainers.counterfactual import counterfactual
from explainers.edits.continued import continuations, demonstrations_of
from explainers.edits.search import FIRST, SLOW, Search
from explainers.edits.text import Change, Move, changes_to, written
from models.causal import CausalClassifier
from models.generation.batch_writer import BatchWriter
from models.generation.generator import CausalGenerator
from tests.tiny_causal import CHAT, ROW, tiny_causal, tiny_dataset, tiny_tokenizer
from tests.toys import Additive, instance
from tests.unit.explainers.test_edits import DATA, Letters

TEXT = "The battery was empty. Nobody answered at all."


def causal() -> CausalClassifier:
    return CausalClassifier(ROW, tiny_causal("qwen2"), tiny_tokenizer(), "fp32", tiny_dataset(), 0, "1")


class Says:
    """Writes the same after every opening."""

    def __init__(self, said: str) -> None:
        self.said, self.openings = said, []

    def write(self, prompts, tokens, seeds, openings):
        self.openings += openings
        return [self.said] * len(prompts)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (TEXT, "The battery was full. Nobody answered at all."),
        (TEXT, "The battery was empty."),
        ("电池没电了，没人回答。", "电池很好，没人回答。"),
        ("", "new"),
    ],
)
def test_changes_lead_from_one_text_to_the_other(before: str, after: str) -> None:
    changes = changes_to("text", before, after)
    draft = tuple(Move((change,), "any") for change in changes)
    assert written(Instance((("text", before),)), draft).text == after


def test_a_sentence_is_gone_on_with_and_the_rest_stays_or_goes() -> None:
    row = Instance((("text", TEXT),), language="en")
    model = Additive()
    places = [unit for unit in explained_units(model.encode(row), "word") if unit.text in ("The", "was")]
    says = Says(" was a joy to use. And more")
    made = [written(row, draft).text for draft in continuations(says, "a prompt", row, places)]
    assert says.openings == ["The battery"]  # nothing stands before "The"
    assert made == ["The battery was a joy to use. Nobody answered at all.", "The battery was a joy to use."]


def test_sentences_without_an_end_are_no_edits() -> None:
    row = Instance((("text", TEXT),), language="en")
    places = explained_units(Additive().encode(row), "word")
    assert continuations(Says(" was 3.5 times"), "a prompt", row, places) == []
    assert continuations(Says(" was fine."), "", row, places) == []


def test_the_demonstrations_have_the_label_and_language_and_stay_the_same() -> None:
    data = tiny_dataset()
    row = Instance((("text", "Der Akku war leer."),), language="de")
    prompt = demonstrations_of(data, row, "positive")
    assert prompt.count("Label: positive\nText:\n") == 3 and "negative" not in prompt
    assert "Der Akku positive" in prompt and "The battery" not in prompt and prompt.endswith("\nText:\n")
    assert prompt == demonstrations_of(data, row, "positive")
    assert demonstrations_of(data, Instance((("text", "x"),), language="fi"), "positive") == ""


@pytest.mark.parametrize("chat", ["", CHAT])
def test_many_openings_are_gone_on_with_as_one_is(chat: str) -> None:
    row = ROW.model_copy(update={"chat": bool(chat)})
    writer = CausalGenerator(row, tiny_causal("qwen2"), tiny_tokenizer(chat))
    openings = ["The battery", "Der Akku war"]
    found = BatchWriter(writer).write(["Text:"] * 2, 6, [0, 0], openings)
    assert found == ["".join(writer.stream("Text:", 6, opening=one)) for one in openings]


def moves(*words: str) -> list[Move]:
    text = " ".join(words)
    found, place = [], 0
    for word in words:
        found.append(Move((Change("text", place, place + len(word), "good"),), "any"))
        place += len(word) + 1
    assert len(text) == place - 1
    return found


def test_a_part_of_the_budget_is_left_for_joining() -> None:
    words = ["bad"] * 9

    def short(made: Prediction) -> float:
        return made.instance.text.count("good") - 4.5

    search = Search(Additive(), instance(" ".join(words)), short, 16, Progress())
    found = search.begun([(move,) for move in moves(*words)])
    assert len(found) == int(FIRST * 16) and search.limit <= SLOW
    flips = [one for one in search.grown(found, 1) if one.gain > 0]
    assert [len(one.draft) for one in flips][:1] == [5], "the best single moves were joined"


def test_a_model_that_writes_finds_verified_edits() -> None:
    model = causal()
    row = Instance((("text", "The battery negative again train."),), language="en")
    made = counterfactual(model, row, tiny_dataset(), Letters(), count=2)
    before = model.predict([row])[0].label
    assert 0 < made.tried <= SLOW
    for edit in made.edits:
        assert model.predict([edit.prediction.instance])[0].label == edit.prediction.label != before
    assert made.edits or made.attempt


def test_models_that_do_not_write_are_searched_as_before() -> None:
    assert counterfactual(Additive(), instance("a film with a bad end"), DATA, Letters()).edits[0].changed == 1
