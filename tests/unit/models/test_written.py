"""What a causal model writes after a text, explained: against plain passes over prompt and answer, token by token."""

from __future__ import annotations

import pytest
import torch

from agent.words import say
from core.data import Instance
from core.dialogue import Request
from core.errors import UserError
from core.languages import complete
from core.operation import OPERATIONS, Context
from core.progress import Progress
from explainers.base import attribute
from explainers.metrics.judge import judge
from models.base import TRAIN
from models.causal import CausalClassifier
from models.labels.written import ALL, OTHERWISE, WrittenSpan, _place, writing_of
from tests.tiny_causal import CHAT, CLAIMS, FAMILIES, REVIEWS, ROW, tiny_causal, tiny_dataset, tiny_tokenizer
from tests.toys import Additive

CLOSE = 2e-5  # fp32 rounding
REVIEW = Instance((("text", "The battery was empty and nobody answered"),))
CLAIM = Instance((("claim", "The battery was empty."), ("evidence", "Батарея села. 电池没电了!")))


def classifier(family: str = "qwen2", chat: bool = False, schema=REVIEWS) -> CausalClassifier:
    tokenizer = tiny_tokenizer(CHAT if chat else "", opening=family == "llama")
    row = ROW.model_copy(update={"chat": chat})
    return CausalClassifier(row, tiny_causal(family), tokenizer, "fp32", tiny_dataset(schema), 0, "1")


def plain(model: WrittenSpan, ids: list[int]) -> float:
    """The mean log-probability of the asked tokens behind a prompt: one pass over everything, no cache."""
    writing = model.writing
    whole = torch.tensor([[*ids, *writing.ids]])
    with torch.no_grad():
        said = model.reader.model(input_ids=whole, use_cache=False).logits[0].log_softmax(-1)
    places = range(len(ids) + writing.first, len(ids) + writing.last)
    return sum(float(said[place - 1, whole[0, place]]) for place in places) / len(places)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize(("chat", "span"), [(False, ALL), (True, "a lovely film")])
def test_the_score_is_that_of_a_plain_pass(family: str, chat: bool, span: str) -> None:
    model = writing_of(classifier(family, chat), REVIEW, span)
    encoded = model.encode(REVIEW)
    keep = torch.ones(2, len(encoded.tokens), dtype=torch.bool)
    keep[1, :3] = False
    masked = encoded.ids.index_fill(0, encoded.places[:3], model._neutral)
    found = model.scores(encoded, keep)
    assert found[:, 0].tolist() == pytest.approx(
        [plain(model, encoded.ids.tolist()), plain(model, masked.tolist())], abs=CLOSE
    )
    assert found.exp().sum(-1).tolist() == pytest.approx([1, 1], abs=1e-5)


def test_it_is_what_the_model_writes_and_any_stretch_of_it_can_be_asked() -> None:
    asked = classifier()
    whole = writing_of(asked, REVIEW)
    ids = whole.encode(REVIEW).ids.tolist()
    said = asked.writer.continued(ids, 16)
    assert list(whole.writing.ids[whole.writing.first :]) == said[whole.writing.first : whole.writing.last]
    letter = next(char for char in whole.writing.text if char.isalpha())
    part = writing_of(asked, REVIEW, letter)
    assert part.writing.text == whole.writing.text
    assert letter in asked.writer.tokenizer.decode(part.writing.ids[part.writing.first : part.writing.last])
    assert part.labels[1] == OTHERWISE


def test_words_that_it_does_not_write_are_put_there() -> None:
    made = writing_of(classifier(), REVIEW, "a lovely film")
    assert made.labels[0] == "a lovely film" and "lovely" not in made.writing.text
    assert made.writer.tokenizer.decode(made.writing.ids) == " a lovely film"
    joined = writing_of(classifier(), REVIEW, "电池")
    assert joined.writer.tokenizer.decode(joined.writing.ids) == "电池"


@pytest.mark.parametrize("method", ["integrated_gradients", "occlusion", "attention", "value_zeroing"])
def test_methods_run_on_it(method: str) -> None:
    model = writing_of(classifier(), REVIEW)
    made = attribute(model, REVIEW, method, model.labels[0], fallback=True)
    assert len(made.scores) == 7 and made.target == model.labels[0]
    if made.gap is not None:
        encoded = model.encode(REVIEW)
        none = torch.zeros(2, len(encoded.tokens), dtype=torch.bool)
        none[0] = True
        full, empty = model.scores(encoded, none)[:, 0].tolist()
        assert sum(made.scores) == pytest.approx(full - empty, abs=made.gap + 1e-4)
    assert judge(model, made, draws=10).scores


@pytest.mark.parametrize("slots", [(("contrast", "negative"),), (("label", "positive"),), ()])
def test_labels_beside_it_play_no_part_and_that_is_said(slots: tuple[tuple[str, str], ...]) -> None:
    model = classifier()
    request = Request("attribute", (("method", "attention"), *slots, ("written", ALL)))
    context = Context(lambda: model, tiny_dataset(REVIEWS), (REVIEW,), Progress())
    made = OPERATIONS["attribute"].run(request, context)
    assert made.written and not made.contrast
    assert ("written_alone" in dict(made.provenance.notes)) == bool(slots)
    assert all(say("note.written_alone", language) for language in complete())


def test_both_fields_stand_in_the_prompt() -> None:
    model = writing_of(classifier(schema=CLAIMS), CLAIM)
    fields = {token.field for token in model.encode(CLAIM).tokens}
    assert fields == {"claim", "evidence"}


def test_calls_are_counted_on_the_model_and_nothing_is_learned() -> None:
    asked = classifier()
    before = asked.calls
    model = writing_of(asked, REVIEW)
    model.predict([REVIEW])
    assert asked.calls == before + 1 == before + model.calls
    assert TRAIN not in model.capabilities
    assert writing_of(asked, REVIEW, ALL) is model is writing_of(asked, REVIEW, model.labels[0])


def test_an_encoder_writes_nothing() -> None:
    with pytest.raises(UserError) as error:
        writing_of(Additive(), REVIEW)
    assert error.value.kind == "missing_capability"


@pytest.mark.parametrize(
    ("text", "span", "place"),
    [
        ("Die Straße ist heiß und gut", "gut", 24),
        ("Die Straße ist GUT", "gut", 15),
        ("İyi bir film", "film", 8),
        ("x", "y", None),
    ],
)
def test_a_stretch_is_found_where_it_stands(text: str, span: str, place: int | None) -> None:
    assert _place(text, span) == place
