"""The grammar of the answers: only the labels can be said, so their probabilities sum to 1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

Tokens = tuple[int, ...]


@dataclass(frozen=True)
class Branch:
    """A point where the labels part: after the first `depth` tokens of path number `path`, one of `choices` follows."""

    path: int
    depth: int
    choices: Tokens


@dataclass(frozen=True)
class LabelGrammar:
    """The labels' tokens as a trie.

    `paths` are the token sequences to put behind the prompt, each without its last choice; () is the prompt alone.
    `steps` [label] lists what the label picks on its way: (branch, place in its choices).
    """

    paths: tuple[Tokens, ...]
    branches: tuple[Branch, ...]
    steps: tuple[tuple[tuple[int, int], ...], ...]

    def scores(self, logits: Sequence[Tensor]) -> Tensor:
        """Log-probabilities [row, label] from the logits [row, choice] of each branch: softmax over its choices alone.

        Where no choice is left a token costs nothing; the labels' probabilities sum to 1 by construction.
        """
        shares = [torch.log_softmax(part.float(), dim=-1) for part in logits]
        picked = [torch.stack([shares[branch][:, place] for branch, place in taken]) for taken in self.steps]
        return torch.stack([terms.sum(0) for terms in picked], dim=-1)


def label_grammar(labels: Sequence[Tokens], end: int) -> LabelGrammar:
    """The trie of the labels' tokens; `end` closes every label where one of them begins another.

    Raises ValueError for fewer than two labels, empty ones, and two that are written with the same tokens.
    """
    if len(labels) < 2 or not all(labels) or len(set(labels)) < len(labels):
        raise ValueError(f"labels must be at least two, not empty and distinct: {labels}")
    said = [(*label, end) for label in labels] if _one_begins_another(labels) else [tuple(label) for label in labels]
    heads = _branching(said)
    ends = [head for head in heads if not any(other != head and other[: len(head)] == head for other in heads)]
    branches = tuple(_branch(head, heads[head], ends) for head in heads)
    numbers = {head: number for number, head in enumerate(heads)}
    steps = tuple(
        tuple(
            (numbers[label[:depth]], branches[numbers[label[:depth]]].choices.index(label[depth]))
            for depth in range(len(label))
            if label[:depth] in numbers
        )
        for label in said
    )
    return LabelGrammar(tuple(ends), branches, steps)


def _one_begins_another(labels: Sequence[Tokens]) -> bool:
    return any(one != other and other[: len(one)] == one for one in labels for other in labels)


def _branching(said: Sequence[Tokens]) -> dict[Tokens, Tokens]:
    """Every beginning after which more than one token is possible, with these tokens; shortest beginnings first."""
    following: dict[Tokens, dict[int, None]] = {}
    for label in said:
        for depth in range(len(label)):
            following.setdefault(label[:depth], {})[label[depth]] = None
    found = {head: tuple(tokens) for head, tokens in following.items() if len(tokens) > 1}
    return dict(sorted(found.items(), key=lambda item: len(item[0])))


def _branch(head: Tokens, choices: Tokens, ends: Sequence[Tokens]) -> Branch:
    path = next(number for number, end in enumerate(ends) if end[: len(head)] == head)
    return Branch(path, len(head), choices)
