"""A causal model that writes and reads many texts at once: batched answers, greedy or sampled, and how likely given answers are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import torch
from torch import Tensor
from transformers.cache_utils import DynamicCache

from models.encoder import pad
from models.generation.generator import CausalGenerator, never
from models.generation.likelihood import all_logits, token_log_probs

ROWS = 8  # answers written together: more take more memory and are hardly faster on a processor


class BatchWriter:
    """Each row draws from a source of its own, so an answer does not depend on those written beside it (up to rounding)."""

    def __init__(self, generator: CausalGenerator, temperature: float = 0.0) -> None:
        """`temperature` 0 takes the likeliest token; above it tokens are drawn from softmax(logits / temperature)."""
        self.generator = generator
        self.temperature = temperature

    def write(
        self, prompts: Sequence[str], tokens: int, seeds: Sequence[int], openings: Sequence[str] = ()
    ) -> list[str]:
        """The answer to each prompt, at most `tokens` tokens; what follows `openings`, as it follows, where answers begin so.

        Raises FloatingPointError where tokens are drawn and the model's numbers overflow.
        """
        begun = openings or [""] * len(prompts)
        read = [self.generator.read(prompt, tokens, one) for prompt, one in zip(prompts, begun, strict=True)]
        order = sorted(range(len(read)), key=lambda place: len(read[place]))
        found = [""] * len(read)
        for first in range(0, len(order), ROWS):
            batch = order[first : first + ROWS]
            made = self._batch([read[place] for place in batch], tokens, [seeds[place] for place in batch])
            for place, ids in zip(batch, made, strict=True):
                found[place] = str(self.generator.tokenizer.decode(ids, skip_special_tokens=True))
        return found if openings else [one.strip() for one in found]

    def log_probs(self, asked: Sequence[tuple[str, str]]) -> list[tuple[float, ...]]:
        """For each prompt and answer the log-probability, in nats, of each of the answer's tokens."""
        rows = [(self.generator.read(prompt, len(text)), self.generator.ids_of(text)) for prompt, text in asked]
        return token_log_probs(self.generator.model, rows)

    def _batch(self, rows: Sequence[Sequence[int]], tokens: int, seeds: Sequence[int]) -> list[list[int]]:
        """Padded at the front, so that all rows go on at the same place; positions count from each row's own beginning."""
        model, ends = self.generator.model, self.generator.ends
        step, mask = (one.flip(-1).to(model.device) for one in pad([list(reversed(row)) for row in rows], 0))
        places = (mask.cumsum(-1) - 1).clamp(min=0)
        cache = DynamicCache(config=model.config)
        sources = [torch.Generator().manual_seed(seed) for seed in seeds]
        found: list[list[int]] = [[] for _ in rows]
        open_rows = set(range(len(rows)))
        for _ in range(tokens):
            with torch.no_grad():
                states = model.base_model(
                    input_ids=step, attention_mask=mask, position_ids=places, past_key_values=cache, use_cache=True
                ).last_hidden_state
                logits = all_logits(model, states[:, -1])
            chosen = [self._choice(row, source) for row, source in zip(logits.cpu(), sources, strict=True)]
            open_rows -= {row for row in open_rows if chosen[row] in ends}
            if not open_rows:
                break
            for row in open_rows:
                found[row].append(chosen[row])
            step = torch.tensor(chosen, device=model.device)[:, None]
            mask = torch.cat([mask, mask.new_ones(len(rows), 1)], dim=-1)
            places = places[:, -1:] + 1
        return found

    def _choice(self, logits: Tensor, source: torch.Generator) -> int:
        if not self.temperature:
            return int(logits.argmax())
        chances = (logits / self.temperature).softmax(-1)
        if chances.isnan().any():
            raise FloatingPointError("probabilities that are not numbers")
        return int(torch.multinomial(chances, 1, generator=source))


class DrawingWriter:
    """explainers.rationale.Writer that draws its tokens, so that another seed writes another text; an answer comes in one part."""

    def __init__(self, writer: BatchWriter) -> None:
        self.name = writer.generator.name
        self._writer = writer

    def stream(
        self, prompt: str, tokens: int, seed: int = 0, stop: Callable[[], bool] = never, opening: str = ""
    ) -> Iterator[str]:
        """The whole answer behind `opening`, drawn by the seed."""
        yield from self._writer.write([prompt], tokens, [seed], [opening])
