"""Reads the labels' log-probabilities where a causal model decides: behind a constant prefix, batched, padded at the end."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel

from models.encoder import by_length
from models.generation.likelihood import scaled
from models.generation.prompt_cache import Prefix
from models.labels.grammar import LabelGrammar

POSITIONS_A_BATCH = 8192  # rows × (prefix and rest) in one pass without gradient: about 0.3 GB at 0.5 B parameters


class LabelReader:
    """A causal model behind `prefix` [position], asked for nothing but the choices of `grammar`.

    Rows hold what follows the prefix. Each row runs once for every path of the grammar: once where the labels' first tokens differ.
    """

    def __init__(self, model: PreTrainedModel, prefix: Sequence[int], grammar: LabelGrammar) -> None:
        self.model = model
        self.grammar = grammar
        self.prefix = Prefix(model, self.ids(prefix))
        self.paths = [self.embed(self.ids(path)) for path in grammar.paths]
        self.longest = max(len(path) for path in grammar.paths)
        self.calls = 0
        self._lock = threading.Lock()

    def ids(self, ids: Sequence[int]) -> Tensor:
        """Token ids [position] where the model is."""
        return torch.tensor(list(ids), dtype=torch.long, device=self.model.device)

    def embed(self, ids: Tensor) -> Tensor:
        """Input embeddings of ids, in the model's precision, detached: [..., hidden]."""
        embedded: Tensor = self.model.get_input_embeddings()(ids).detach()
        return embedded

    def scores(self, rows: Sequence[Tensor]) -> Tensor:
        """Label log-probabilities [row, label], fp32, no gradient, of rows of ids [position]."""
        found = torch.empty(len(rows), len(self.grammar.steps))
        before = len(self.prefix.ids) + self.longest
        for batch in by_length([before + len(row) for row in rows], POSITIONS_A_BATCH):
            picked = [rows[place] for place in batch]
            with torch.no_grad():
                embedded = self.embed(nn.utils.rnn.pad_sequence(picked, batch_first=True))
                found[batch] = self.scores_of_embeddings(embedded, [len(row) for row in picked]).cpu()
        return found

    def scores_of_embeddings(self, embeddings: Tensor, lengths: Sequence[int]) -> Tensor:
        """The same from input embeddings [row, position, hidden], with gradient; a row is its first `lengths` [row] positions."""
        rows = len(embeddings)
        states = self.prefix.states(self._with_paths(embeddings, lengths))
        states = states.reshape(len(self.paths), rows, *states.shape[1:])
        self._count(len(self.paths) * rows)
        return self._decided(states, torch.tensor(lengths) - 1)

    def _decided(self, states: Tensor, last: Tensor) -> Tensor:
        """Label log-probabilities [row, label] from last hidden states [path, row, position, hidden]; `last` [row] ends each row."""
        every = torch.arange(len(last))
        return self.grammar.scores(
            [
                choice_logits(self.model, states[branch.path, every, last + branch.depth], branch.choices)
                for branch in self.grammar.branches
            ]
        )

    def attentions(self, embeddings: Tensor) -> tuple[Tensor, Tensor]:
        """Of one row [position, hidden]: attention [point, layer, head, from, to] and who decides [point, from].

        A point is where labels part; positions are the row's own, then those of the longest path.
        """
        own = len(embeddings)
        with torch.no_grad():
            found = self.prefix.attentions(self._with_paths(embeddings[None], [own]))
        self._count(len(self.paths))
        maps = torch.stack([found[:, branch.path] for branch in self.grammar.branches]).float()
        deciding = maps.new_zeros(len(maps), maps.shape[-1])
        for point, branch in enumerate(self.grammar.branches):
            deciding[point, own - 1 + branch.depth] = 1
        return maps, deciding

    def _with_paths(self, embeddings: Tensor, lengths: Sequence[int]) -> Tensor:
        """[path × row, position, hidden]: every path put right behind every row's last position."""
        if not self.longest:
            return embeddings
        room = embeddings.new_zeros(len(embeddings), self.longest, embeddings.shape[-1])
        every, ends = torch.arange(len(embeddings))[:, None], torch.tensor(lengths)[:, None]
        extended = []
        for path in self.paths:
            row = torch.cat([embeddings, room], dim=1)
            row[every, ends + torch.arange(len(path))] = path
            extended.append(row)
        return torch.cat(extended)

    def _count(self, rows: int) -> None:
        with self._lock:
            self.calls += rows


def choice_logits(model: PreTrainedModel, states: Tensor, choices: Sequence[int]) -> Tensor:
    """Logits [row, choice], fp32, from last hidden states [row, hidden].

    Only the choices' rows of the output matrix are multiplied: over the whole vocabulary, or from a strided slice of the
    states in bf16, this one product can cost more than the network.
    """
    head = model.get_output_embeddings()
    if type(head) is nn.Linear:
        picked = torch.tensor(list(choices), device=head.weight.device)
        bias = None if head.bias is None else head.bias[picked].float()
        logits = nn.functional.linear(states.float(), head.weight[picked].float(), bias)
    else:  # a quantized matrix has no rows to pick
        logits = head(states)[:, list(choices)].float()
    return scaled(model, logits)
