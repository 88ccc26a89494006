"""The grammar of the answers: branches, shared beginnings, one label that begins another; against plain enumeration."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from models.labels.grammar import Branch, Tokens, label_grammar

END = 99
labels = st.lists(st.lists(st.integers(0, 3), min_size=1, max_size=4).map(tuple), min_size=2, max_size=6, unique=True)


def enumerated(said: list[Tokens], logit: dict[Tokens, dict[int, float]]) -> list[float]:
    """Log-probability of each label, token by token, each shared among the tokens that lead to some label."""
    found = []
    for label in said:
        total = 0.0
        for depth, token in enumerate(label):
            head = label[:depth]
            possible = {other[depth] for other in said if other[:depth] == head and len(other) > depth}
            total += logit[head][token] - math.log(sum(math.exp(logit[head][one]) for one in possible))
        found.append(total)
    return found


def test_first_tokens_that_differ_need_one_reading_of_the_prompt() -> None:
    grammar = label_grammar([(5,), (7, 8), (9, 8, 4)], END)
    assert grammar.paths == ((),)
    assert grammar.branches == (Branch(0, 0, (5, 7, 9)),)


def test_a_shared_beginning_branches_twice_on_one_path() -> None:
    grammar = label_grammar([(1,), (2, 3), (2, 4, 5)], END)
    assert grammar.paths == ((2,),)
    assert grammar.branches == (Branch(0, 0, (1, 2)), Branch(0, 1, (3, 4)))
    logits = [torch.tensor([[0.0, math.log(3)]]), torch.tensor([[0.0, 0.0]])]
    assert grammar.scores(logits).exp()[0].tolist() == pytest.approx([0.25, 0.375, 0.375])


def test_a_label_that_begins_another_is_closed_by_the_end() -> None:
    grammar = label_grammar([(1,), (1, 2)], END)
    assert grammar.paths == ((1,),)
    assert grammar.branches == (Branch(0, 1, (END, 2)),)


@pytest.mark.parametrize("wrong", [[(1,)], [(1,), ()], [(1, 2), (1, 2)]])
def test_labels_that_cannot_be_told_apart_are_refused(wrong: list[Tokens]) -> None:
    with pytest.raises(ValueError, match="labels"):
        label_grammar(wrong, END)


@given(labels, st.integers(0, 1000))
def test_scores_equal_plain_enumeration_and_sum_to_one(said: list[Tokens], seed: int) -> None:
    grammar = label_grammar(said, END)
    begins = any(one != other and other[: len(one)] == one for one in said for other in said)
    closed = [(*label, END) for label in said] if begins else said
    table = torch.randn(len(said) * 6, 4, generator=torch.Generator().manual_seed(seed))
    heads = sorted({label[:depth] for label in closed for depth in range(len(label))})
    logit = {head: dict(zip((0, 1, 2, 3, END), [*table[n].tolist(), 0.5], strict=True)) for n, head in enumerate(heads)}
    read = [
        torch.tensor([[logit[grammar.paths[branch.path][: branch.depth]][token] for token in branch.choices]])
        for branch in grammar.branches
    ]
    scores = grammar.scores(read)[0]
    assert scores.tolist() == pytest.approx(enumerated(closed, logit), abs=1e-5)
    assert float(scores.exp().sum()) == pytest.approx(1.0, abs=1e-5)
