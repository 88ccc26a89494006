"""Likelihoods against one token at a time, perplexity on paper, and answers written many at once."""

from __future__ import annotations

import math

import pytest
import torch

from models.causal import CausalGenerator
from models.generation.batch_writer import ROWS, BatchWriter
from models.generation.likelihood import Likelihood, mean, perplexity, token_log_probs
from tests.tiny_causal import CHAT, FAMILIES, ROW, tiny_causal, tiny_tokenizer

TEXTS = ["The battery was empty.", "Der Akku", "电池没电了", "a"]


def one_by_one(model, before, own):
    """The oracle: a whole pass for every single token."""
    found, said = [], list(before)
    for token in own:
        if said:
            with torch.no_grad():
                logits = model(torch.tensor([said])).logits[0, -1]
            found.append(float(logits.double().log_softmax(-1)[token]))
        said.append(token)
    return found


@pytest.mark.parametrize("family", FAMILIES)
def test_log_probabilities_are_those_of_one_token_at_a_time(family):
    model = tiny_causal(family)
    begun = list(range(20, 40))
    rows = [
        ([*begun, 7, 8], [9, 10, 11]),  # these two share their whole beginning
        ([*begun, 7, 8], [12]),
        ([*begun, 50], [51, 52]),  # these two share a part of theirs
        ([*begun, 60, 61], [62, 63, 64, 65]),
        ([5], [6, 7]),
    ]
    for asked in (rows, rows[2:4], rows[:1]):
        for (before, own), found in zip(asked, token_log_probs(model, asked), strict=True):
            assert found == pytest.approx(one_by_one(model, before, own), abs=2e-4)


def test_what_has_nothing_before_it_is_left_out():
    model = tiny_causal("qwen2")
    bare, empty = token_log_probs(model, [((), [5, 6, 7]), ((), [5])])
    assert bare == pytest.approx(one_by_one(model, [], [5, 6, 7]), abs=2e-4) and len(bare) == 2
    assert empty == () and mean(empty) is None


@pytest.mark.parametrize("family", ["qwen2", "llama"])
def test_a_text_begins_as_its_tokenizer_begins_it(family):
    model, tokenizer = tiny_causal(family), tiny_tokenizer(opening=family == "llama")
    opening = [1] if family == "llama" else []
    for text, found in zip(TEXTS, Likelihood(model, tokenizer).log_probs(TEXTS), strict=True):
        own = tokenizer(text, add_special_tokens=False)["input_ids"]
        assert found == pytest.approx(one_by_one(model, opening, own), abs=2e-4)


def test_perplexity_on_paper():
    assert perplexity([[math.log(0.5)], [math.log(0.125), math.log(0.5)]]) == pytest.approx(32 ** (1 / 3))
    assert perplexity([[], []]) is None
    assert mean([-1.0, -3.0]) == -2.0


def writer(family, chat=""):
    row = ROW.model_copy(update={"chat": bool(chat)})
    return CausalGenerator(row, tiny_causal(family), tiny_tokenizer(chat, opening=family == "llama"))


@pytest.mark.parametrize("family", FAMILIES)
def test_many_greedy_answers_are_those_written_one_by_one(family):
    made = writer(family, CHAT)
    read = [made.read(text, 12) for text in TEXTS]
    alone = [list(made._tokens(ids, 12)) for ids in read]
    assert BatchWriter(made)._batch(read, 12, [0] * len(TEXTS)) == alone
    assert all(alone)
    assert BatchWriter(made).write(TEXTS, 12, [0] * len(TEXTS)) == [made.generate(text, 12).strip() for text in TEXTS]


def test_a_sampled_answer_depends_on_its_seed_alone():
    made = BatchWriter(writer("qwen2"), temperature=0.8)
    together = made.write(TEXTS * 3, 10, list(range(3 * len(TEXTS))))
    assert len(TEXTS) * 3 > ROWS
    assert [made.write([text], 10, [seed])[0] for seed, text in enumerate(TEXTS)] == together[: len(TEXTS)]
    assert made.write(TEXTS[:1], 10, [99]) != together[:1]


def test_an_answer_is_likelier_than_another_where_the_model_would_write_it():
    made = writer("qwen2", CHAT)
    said = made.generate("Der Akku", 6)
    own, other = BatchWriter(made).log_probs([("Der Akku", said), ("Der Akku", "zzz qqq")])
    assert (mean(own) or 0) > (mean(other) or 0)
