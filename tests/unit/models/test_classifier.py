"""The encoder classifier: the same scores by every way, spans in the text, rows cut or masked as promised."""

import itertools
import threading
import unicodedata

import pytest
import torch

from core.errors import UserError
from models.base import ATTENTIONS, EMBED, GRADIENTS, PREDICT, VALUE_VECTORS
from models.heads.networks import label_order, shortened, twin
from tests.tiny import LABELS, PAIR, POSITIONS, TINY, instance, tiny_classifier, tiny_encoder, tiny_headed

TEXTS = (
    "What a lovely film!",
    "  Der  Akku\nwar leer. ",
    "నమస్కారం, సినిమా బాగుంది.",
    "电池没电了，没人回答。",
    "e\u0301te\u0301 ﬁlm ㎏ ½ Ⅷ",
    "👨‍👩‍👧 ok 👍🏽 ok",
    "a\u200bb <mask> </s> [SEP] c",
)
every_model = pytest.mark.parametrize("make", TINY.values(), ids=TINY)
every_text = pytest.mark.parametrize("text", TEXTS)


def all_kept(encoded, rows=1):
    return torch.ones(rows, len(encoded.tokens), dtype=torch.bool)


@every_model
def test_every_way_gives_the_same_scores(make):
    model = make()
    encoded = model.encode(instance(TEXTS[0]))
    by_ids = model.scores(encoded, all_kept(encoded))
    by_embeddings = model.scores_of_embeddings(encoded, model.embeddings(encoded)[None])
    predicted = torch.tensor(model.predict([instance(TEXTS[0])])[0].probabilities)
    assert torch.allclose(by_ids, by_embeddings, atol=1e-5)
    assert torch.allclose(by_ids[0].softmax(-1), predicted.float(), atol=1e-5)


@every_model
def test_the_baseline_is_the_text_with_nothing_kept(make):
    model = make()
    encoded = model.encode(instance(TEXTS[0]))
    nothing = model.scores(encoded, ~all_kept(encoded))
    assert torch.allclose(nothing, model.scores_of_embeddings(encoded, model.baseline(encoded)[None]), atol=1e-5)


@every_model
def test_the_network_is_transformers_own(make):
    """The oracle is the model called as its documentation says, on ids with padding."""
    model = make()
    texts = [instance(text) for text in TEXTS[:4]]
    rows = [model.encode(text).ids for text in texts]
    longest = max(map(len, rows))
    found = torch.tensor([one.probabilities for one in model.predict(texts)], dtype=torch.float64)
    for row, chances in zip(rows, found, strict=True):
        padded = torch.nn.functional.pad(row, (0, longest - len(row)), value=model.reader.tokenizer.pad_token_id)
        mask = (torch.arange(longest) < len(row)).long()
        made = model.network.model(input_ids=padded[None], attention_mask=mask[None])
        if "logits" in made:
            logits = made.logits[0][[1, 2, 0]]
        else:
            mean = made.last_hidden_state[0, : len(row)].mean(0)
            logits = model.network._weight @ mean + model.network._bias
        assert torch.allclose(logits.softmax(-1).double(), chances, atol=1e-5)


@every_model
def test_two_in_a_batch_equal_two_alone(make):
    model = make()
    texts = [instance(text) for text in TEXTS]
    together = [one.probabilities for one in model.predict(texts)]
    alone = [model.predict([text])[0].probabilities for text in texts]
    assert torch.allclose(torch.tensor(together), torch.tensor(alone), atol=1e-5)
    assert all(sum(one) == pytest.approx(1, abs=1e-9) for one in together)


@every_model
def test_deleting_is_what_is_left_and_rows_keep_their_order(make):
    model = make()
    encoded = model.encode(instance(TEXTS[0]))
    keep = all_kept(encoded, 3)
    keep[0, 1:] = False
    keep[2, 0] = False
    found = model.scores(encoded, keep, delete=True)
    for row in range(3):
        gone = {place for place, kept in zip(encoded.places.tolist(), keep[row].tolist(), strict=True) if not kept}
        ids = torch.tensor([id for place, id in enumerate(encoded.ids.tolist()) if place not in gone])
        alone = model.network.scores(model._embed(ids)[None], torch.ones(1, len(ids)), ids[None])
        assert torch.allclose(found[row], alone[0], atol=1e-5)


@every_model
def test_masking_keeps_every_place(make):
    model = make()
    encoded = model.encode(instance(TEXTS[0]))
    keep = all_kept(encoded)
    keep[0, 1] = False
    points = model.embeddings(encoded).clone()
    points[1] = model.baseline(encoded)[1]
    assert torch.allclose(model.scores(encoded, keep), model.scores_of_embeddings(encoded, points[None]), atol=1e-5)


@every_model
def test_gradients_agree_with_differences(make):
    model = make()
    encoded = model.encode(instance(TEXTS[0]))
    point = model.embeddings(encoded)
    direction = torch.randn(point.shape, generator=torch.Generator().manual_seed(0))
    inputs = point[None].clone().requires_grad_(True)
    (slope,) = torch.autograd.grad(model.scores_of_embeddings(encoded, inputs)[0, 0], inputs)
    step = 1e-3
    ends = model.scores_of_embeddings(encoded, torch.stack([point + step * direction, point - step * direction]))[:, 0]
    assert float((slope[0] * direction).sum()) == pytest.approx(
        float(ends[0] - ends[1]) / (2 * step), rel=0.02, abs=1e-3
    )
    assert all(parameter.grad is None for parameter in model.network.model.parameters())


@every_model
def test_attentions_are_parts_of_one(make):
    model = make()
    encoded = model.encode(instance(TEXTS[0]))
    found = model.attentions(encoded)
    assert found.shape[2] == len(encoded.tokens)
    assert bool((found >= 0).all()) and bool((found.sum(-1) <= 1 + 1e-5).all())
    assert torch.equal(found, model.attentions(encoded))
    assert model.network.model.config._attn_implementation != "eager"


def test_attention_of_a_mean_is_the_mean_of_attentions():
    model = tiny_headed()
    encoded = model.encode(instance(TEXTS[0]))
    eager = twin(model.network.model)
    eager.set_attn_implementation("eager")
    layers = eager(input_ids=encoded.ids[None], output_attentions=True).attentions
    wanted = torch.stack([layer[0].mean(1) for layer in layers])[..., encoded.places]
    assert torch.allclose(model.attentions(encoded), wanted, atol=1e-5)


@every_model
@every_text
def test_spans_lie_in_the_text(make, text):
    tokens = make().encode(instance(text)).tokens
    assert tokens
    for token in tokens:
        assert token.text == text[token.start : token.end]
        assert token.text and token.text == token.text.strip()
    for before, after in itertools.pairwise(tokens):
        same = (before.start, before.end) == (after.start, after.end)
        assert same or before.end <= after.start


@every_text
def test_every_letter_is_in_a_token(text):
    covered = {
        place for token in tiny_headed().encode(instance(text)).tokens for place in range(token.start, token.end)
    }
    letters = {place for place, char in enumerate(text) if unicodedata.category(char)[0] in "LN"}
    assert letters <= covered


@every_model
def test_marks_in_the_text_are_characters(make):
    model = make()
    encoded = model.encode(instance("a <mask> </s> [SEP] [MASK] <pad> b"))
    inside = encoded.ids[encoded.places].tolist()
    assert not set(inside) & (set(model.reader.tokenizer.all_special_ids) - {model.reader.tokenizer.unk_token_id})


def test_a_long_text_keeps_its_head():
    model = tiny_headed()
    encoded = model.encode(instance("lovely film " * 100))
    assert len(encoded.ids) == POSITIONS and encoded.truncated
    assert encoded.total == len(model.encode(instance("lovely film")).tokens) * 100
    assert encoded.tokens[0].start == 0
    assert encoded.ids[0] == 0 and encoded.ids[-1] == 2
    note = dict(model.predict([instance("lovely film " * 100)])[0].provenance.notes)["truncated"]
    assert note == (("kept", str(len(encoded.tokens))), ("total", str(encoded.total)))


def test_of_two_fields_the_longer_is_cut():
    model = tiny_classifier(schema=PAIR)
    encoded = model.encode(instance("lovely film", "der akku war leer " * 50))
    kept = [token.text for token in encoded.tokens if token.field == "claim"]
    assert kept == ["lovely", "film"] or "".join(kept) == "lovelyfilm"
    assert encoded.truncated and len(encoded.ids) == POSITIONS


def test_a_pair_reads_as_bert_reads_it():
    model = tiny_classifier(schema=PAIR)
    tokenizer = model.reader.tokenizer
    encoded = model.encode(instance("lovely film", "der akku war leer"))
    wanted = tokenizer("lovely film", "der akku war leer", return_tensors="pt", return_token_type_ids=True)
    assert encoded.ids.tolist() == wanted["input_ids"][0].tolist()
    types = model.network._inputs(torch.zeros(1, len(encoded.ids), 16), encoded.ids[None])["token_type_ids"]
    assert types.tolist() == wanted["token_type_ids"].tolist()
    logits = model.network.model(**wanted).logits[0][[1, 2, 0]]
    found = torch.tensor(model.predict([instance("lovely film", "der akku war leer")])[0].probabilities)
    assert torch.allclose(found, logits.softmax(-1), atol=1e-5)


@every_model
@pytest.mark.parametrize("text", ["", " \n\t", "\u3000"])
def test_nothing_to_read_is_an_error(make, text):
    with pytest.raises(UserError, match="empty_text"):
        make().encode(instance(text))


def test_capabilities_and_counting():
    model = tiny_headed()
    assert model.capabilities == {PREDICT, GRADIENTS, ATTENTIONS, EMBED, VALUE_VECTORS}
    encoded = model.encode(instance(TEXTS[0]))
    before = model.calls
    work = [threading.Thread(target=model.scores, args=(encoded, all_kept(encoded, 5))) for _ in range(8)]
    for one in work:
        one.start()
    for one in work:
        one.join()
    assert model.calls - before == 40


def test_embed_is_of_length_one():
    found = tiny_headed().embed([instance(text) for text in TEXTS])
    assert torch.allclose(found.norm(dim=-1), torch.ones(len(TEXTS)))


def test_a_shorter_twin_leaves_the_encoder_alone():
    model = tiny_encoder().model
    short = shortened(model, 2)
    ids = torch.tensor([[0, 5, 6, 2]])
    states = model(input_ids=ids, output_hidden_states=True).hidden_states
    assert len(model.encoder.layer) == 3 and model.config.num_hidden_layers == 3
    assert torch.allclose(short(input_ids=ids).last_hidden_state, states[2])
    assert {p.data_ptr() for p in short.parameters()} <= {p.data_ptr() for p in model.parameters()}


def test_labels_are_matched_by_name():
    assert label_order({0: "Positive", 1: "Negative", 2: "Neutral"}, LABELS, "x") == (LABELS, [1, 2, 0])
    assert label_order({0: "LABEL_0", 1: "LABEL_1"}, LABELS, "x") == (("label_0", "label_1"), [0, 1])
    assert label_order({0: "NEGATIVE", 1: "POSITIVE"}, ("Positive", "Negative"), "x") == (
        ("Positive", "Negative"),
        [1, 0],
    )
    assert label_order({0: "NEG", 1: "POSITIVE"}, ("Positive", "Negative"), "x") == (("neg", "Positive"), [0, 1])
    with pytest.raises(UserError, match="no_classifier"):
        label_order({0: "score"}, LABELS, "x")
