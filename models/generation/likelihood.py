"""How likely a causal model finds a text: the log-probability of every token, teacher forced, and the perplexity of a set."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from models.encoder import by_length
from models.generation.prompt_cache import Prefix
from models.prompts.text_tokens import TextTokens

POSITIONS_A_BATCH = 2048  # rows × longest row in one pass: about 0.2 GB at 0.5 B parameters
ROWS_OF_LOGITS = 128  # positions whose whole vocabulary is written out at a time: 134 MB at 262,144 words
WORTH = 8  # ids in common from which a pass of their own pays

Row = tuple[Sequence[int], Sequence[int]]
"""The ids that stand before, and those whose probability is asked. Nothing before: the first has none and is left out."""


def token_log_probs(model: PreTrainedModel, rows: Sequence[Row]) -> list[tuple[float, ...]]:
    """Natural log-probability of each asked token after all that stand before it [row][token]; softmax in fp32, no gradient.

    Rows with the same beginning share its pass. Two rows together give what each gives alone, up to rounding.
    """
    found: list[tuple[float, ...]] = [()] * len(rows)
    groups: dict[tuple[int, ...], list[int]] = {}
    for place, (before, _) in enumerate(rows):
        groups.setdefault(tuple(before), []).append(place)
    alone = {places[0]: (*rows[places[0]][0], *rows[places[0]][1]) for places in groups.values() if len(places) == 1}
    shared = _shared([rows[place][0] for place in alone])
    _fill(found, model, shared, {place: ids[len(shared) :] for place, ids in alone.items()}, rows)
    for before, places in groups.items():
        if len(places) > 1:
            behind = {place: (*before[-1:], *rows[place][1]) for place in places}
            _fill(found, model, before[:-1], behind, rows)
    return found


def _shared(begun: Sequence[Sequence[int]]) -> tuple[int, ...]:
    """The ids with which several rows begin, without the last before the first that is asked; () where it saves nothing."""
    if len(begun) < 2:
        return ()
    same = 0
    for column in zip(*(one[:-1] for one in begun), strict=False):
        if len(set(column)) > 1:
            break
        same += 1
    return tuple(begun[0][:same]) if same >= WORTH else ()


def _fill(
    found: list[tuple[float, ...]],
    model: PreTrainedModel,
    shared: Sequence[int],
    own: dict[int, tuple[int, ...]],
    rows: Sequence[Row],
) -> None:
    """Put the log-probabilities of rows that stand behind the same ids into their places."""
    asked = [place for place, ids in own.items() if len(ids) > 1 and len(rows[place][1])]
    if not asked:
        return
    prefix = Prefix(model, torch.tensor(list(shared), dtype=torch.long, device=model.device))
    lengths = [len(shared) + len(own[place]) for place in asked]
    for batch in by_length(lengths, POSITIONS_A_BATCH):
        ids = [torch.tensor(own[asked[one]], device=model.device) for one in batch]
        with torch.no_grad():
            embedded = model.get_input_embeddings()(nn.utils.rnn.pad_sequence(ids, batch_first=True))
            states = prefix.states(embedded)
            for row, one in enumerate(batch):
                count = min(len(rows[asked[one]][1]), len(ids[row]) - 1)
                last = len(ids[row]) - 1
                said = chosen_log_probs(model, states[row, last - count : last], ids[row][last - count + 1 :])
                found[asked[one]] = tuple(said.tolist())


def chosen_log_probs(model: PreTrainedModel, states: Tensor, ids: Tensor) -> Tensor:
    """The log-probability of each id [position] after its state [position, hidden], with gradient to the states."""
    parts = zip(torch.split(states, ROWS_OF_LOGITS), torch.split(ids, ROWS_OF_LOGITS), strict=True)
    return torch.cat(
        [all_logits(model, part).log_softmax(-1).gather(-1, own[:, None])[:, 0].cpu() for part, own in parts]
    )


def all_logits(model: PreTrainedModel, states: Tensor) -> Tensor:
    """Logits [row, vocabulary], fp32, from last hidden states [row, hidden], scaled and capped as the model does."""
    return scaled(model, model.get_output_embeddings()(states.contiguous()).float())


def scaled(model: PreTrainedModel, logits: Tensor) -> Tensor:
    """What the output matrix gave, scaled and capped as the model does: Granite divides, Cohere multiplies, Gemma 2 caps."""
    config = model.config.get_text_config()
    logits = logits * (getattr(config, "logit_scale", None) or 1.0) / (getattr(config, "logits_scaling", None) or 1.0)
    cap = getattr(config, "final_logit_softcapping", None)
    return logits if cap is None else torch.tanh(logits / cap) * cap


class Likelihood:
    """A causal model as a judge of texts. A text's first token counts only where the tokenizer puts something before it."""

    def __init__(self, model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> None:
        self.model = model.eval()
        self._text = TextTokens(tokenizer)
        self._limit = int(getattr(model.config.get_text_config(), "max_position_embeddings", 2048))

    def log_probs(self, texts: Sequence[str]) -> list[tuple[float, ...]]:
        """The log-probability of each token of each text, in nats; () for a text too short to ask about. Long texts lose their ends."""
        opening = self._text.opening()
        read = [[id for id, _, _ in self._text.data(text)][: self._limit - len(opening)] for text in texts]
        return token_log_probs(self.model, [(opening, ids) for ids in read])


def mean(log_probs: Sequence[float]) -> float | None:
    """The mean log-probability of a text's tokens; None where there are none."""
    return math.fsum(log_probs) / len(log_probs) if log_probs else None


def perplexity(texts: Sequence[Sequence[float]]) -> float | None:
    """exp of the negative mean log-probability over all tokens of all texts, 1 and more, lower is better; None without tokens.

    Jelinek et al. 1977, doi 10.1121/1.2016299. Comparable only between models with the same tokenizer.
    """
    every = [one for text in texts for one in text]
    return math.exp(-math.fsum(every) / len(every)) if every else None
