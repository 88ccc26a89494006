"""How the tuned reader learns: supervised contrast and cross-entropy for the operation, in or out for the custom text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import safe_open
from safetensors.torch import save_file
from sklearn.linear_model import LogisticRegression
from torch import Tensor, nn

from models.encoder import PREFIX, Encoder, by_length, pad
from parsers.texts.runs import inside_loss, run_loss
from parsers.tuned.averaging import averaged
from parsers.tuned.compact import input_ranges
from parsers.tuned.lessons import Lesson
from parsers.tuned.network import LOW, RANK, Read, Tuned

TEMPERATURE = 0.07  # of the contrast; Khosla et al. 2020, arXiv 2004.11362
LEARNING_RATE = 5e-4
HEADS_RATE = 5e-3
WARM_UP = 40
LONGEST = 72  # tokens of an utterance in training; longer ones are cut, which only custom texts reach
INVERSE_REGULARIZATION = 30.0  # of the final logistic head, as measured in shared experiments with vectors of length 1
POSITIONS = 400  # padded positions in one group of a batch
SAMPLED = 300  # lessons that show how large the inputs of the network's products get
LOGIT_SCALE = 10.0  # vectors have length 1, so a head that starts near 0 needs room


@dataclass(frozen=True)
class Wanted:
    """The positions of the message itself, and among them the run [first, last] that is its custom text."""

    places: list[int]
    run: tuple[int, int] | None


class Trainer:
    """A reader under training; every step is determined by the seed and the step's number."""

    def __init__(self, encoder: Encoder, classes: Sequence[str], seed: int, steps: int) -> None:
        torch.manual_seed(seed)
        self._encoder = encoder
        self._classes = classes
        self.steps = steps
        self._longest = min(LONGEST, encoder.limit)
        self._tokenized: dict[str, Mapping[str, Any]] = {}
        self.done = 0
        self._begin(RANK)

    def _begin(self, rank: int) -> None:
        """A fresh reader with adapters of this rank, and what moves its numbers."""
        self.tuned = Tuned(self._encoder, self._classes)
        self.tuned.adapt(rank)
        heads = [*self.tuned.operation.parameters(), *self.tuned.span.parameters()]
        low = [part for name, part in self.tuned.named_parameters() if name.endswith(LOW)]
        self.optimizer = torch.optim.AdamW([{"params": low}, {"params": heads}], weight_decay=0.01)

    def _set_rates(self) -> None:
        """Linear warm-up, then linear decay to nothing."""
        share = min((self.done + 1) / WARM_UP, max(self.steps - self.done, 0) / max(self.steps - WARM_UP, 1))
        for group, highest in zip(self.optimizer.param_groups, (LEARNING_RATE, HEADS_RATE), strict=True):
            group["lr"] = highest * share

    def step(self, batch: Sequence[Lesson]) -> float:
        """One step of gradient descent; returns the loss."""
        self.tuned.train()
        self._set_rates()
        targets = torch.tensor([self.tuned.classes.index(lesson.target) for lesson in batch])
        parts = [self._read([batch[place] for place in places]) for places in self._groups(batch)]
        order = torch.tensor([place for places in self._groups(batch) for place in places]).argsort()
        vectors = torch.cat([read.vectors for read, _ in parts])[order]
        logits = torch.cat([read.operations for read, _ in parts])[order]
        spans = [one for read, wanted in parts for one in zip(read.spans, wanted, strict=True)]
        loss = contrast(vectors, targets) + nn.functional.cross_entropy(logits * LOGIT_SCALE, targets)
        loss = loss + torch.stack([span_loss(scores, wanted) for scores, wanted in spans]).mean()
        self.optimizer.zero_grad()
        torch.autograd.backward(loss)
        nn.utils.clip_grad_norm_(self.tuned.parameters(), 1.0)
        self.optimizer.step()
        self.done += 1
        return float(loss.detach())

    def _groups(self, batch: Sequence[Lesson]) -> list[list[int]]:
        """Places in the batch, texts of like length together: padding is work for nothing."""
        return list(by_length([len(self._tokens(lesson)["input_ids"]) for lesson in batch], POSITIONS))

    def _read(self, group: Sequence[Lesson]) -> tuple[Read, list[Wanted]]:
        """What the network says of some lessons, and what it should say of the positions of each."""
        made = [self._tokens(lesson) for lesson in group]
        ids, mask = pad([one["input_ids"] for one in made], self.tuned.tokenizer.pad_token_id or 0)
        wanted = [_wanted(lesson, one["offset_mapping"]) for lesson, one in zip(group, made, strict=True)]
        return self.tuned(ids, mask), wanted

    def _tokens(self, lesson: Lesson) -> Mapping[str, Any]:
        if lesson.text not in self._tokenized:
            self._tokenized[lesson.text] = self.tuned.tokenizer(
                PREFIX + lesson.text, truncation=True, max_length=self._longest, return_offsets_mapping=True
            )
        return self._tokenized[lesson.text]

    def checkpoint(self, path: Path, facts: Mapping[str, str]) -> None:
        """Everything that the next step depends on, in safetensors; `facts` are the run's settings."""
        state = dict(self.tuned.learned())
        for number, entry in self.optimizer.state_dict()["state"].items():
            state |= {f"optimizer.{number}.{name}": part for name, part in entry.items()}
        partial = path.with_suffix(".partial")
        save_file({name: part.contiguous() for name, part in state.items()}, partial, {**facts, "step": str(self.done)})
        partial.replace(path)

    def average(self, paths: Sequence[Path]) -> None:
        """Take over the mean of several adapters. Raises ValueError where they do not fit together."""
        self._take_over(averaged(paths))

    def start_from(self, path: Path) -> None:
        """Take over the adapter and heads of an earlier training. Raises RuntimeError where shapes differ."""
        tensors = averaged([path])
        tensors["operation.weight"] /= LOGIT_SCALE  # the final head is fitted without the scale
        tensors["operation.bias"] /= LOGIT_SCALE
        self._take_over(tensors)

    def _take_over(self, tensors: Mapping[str, Tensor]) -> None:
        """Go on from these tensors, whatever rank they have."""
        self._begin(next(part.shape[0] for name, part in tensors.items() if name.endswith(".down")))
        self.tuned.load_state_dict(dict(tensors), strict=False)

    def resume(self, path: Path, facts: Mapping[str, str]) -> int:
        """Go on from a checkpoint of a run with these settings; returns the steps done, 0 where there is none."""
        if not path.exists():
            return 0
        with safe_open(path, framework="pt") as file:
            told = file.metadata()
            if {**facts, "step": told["step"]} != told:
                return 0
            step = int(told["step"])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - it is no dict
        self.tuned.load_state_dict(
            {n: part for n, part in tensors.items() if not n.startswith("optimizer.")}, strict=False
        )
        state = self.optimizer.state_dict()
        for name, part in tensors.items():
            if name.startswith("optimizer."):
                _, number, key = name.split(".")
                state["state"].setdefault(int(number), {})[key] = part
        self.optimizer.load_state_dict(state)
        self.done = step
        return step

    def finish(
        self,
        lessons: Sequence[Lesson],
        dev: Sequence[Lesson],
        path: Path,
        facts: dict[str, str],
        weights: Sequence[float] | None = None,
    ) -> None:
        """Fit the last head on all rows, set the temperature on the development rows, and write the adapter."""
        vectors, targets = self.vectors(lessons)
        head = LogisticRegression(C=INVERSE_REGULARIZATION, max_iter=1000).fit(vectors, targets, weights)
        with torch.no_grad():
            self.tuned.operation.weight.copy_(torch.from_numpy(head.coef_))
            self.tuned.operation.bias.copy_(torch.from_numpy(head.intercept_))
        known = [lesson for lesson in dev if lesson.target in self.tuned.classes]
        self.tuned.temperature = self._temperature(*self.vectors(known))
        self.tuned.ranges = input_ranges(self.tuned, self._sample(lessons))
        self.tuned.save(path, facts)

    def _sample(self, lessons: Sequence[Lesson]) -> Iterator[Tensor]:
        """The ids [position] of lessons evenly spread over all."""
        for lesson in lessons[:: max(1, len(lessons) // SAMPLED)]:
            yield torch.tensor(self._tokens(lesson)["input_ids"])

    def right(self, lessons: Sequence[Lesson]) -> list[bool]:
        """Whether each lesson's class is the likeliest; a class that nobody taught is never right."""
        known = [lesson for lesson in lessons if lesson.target in self.tuned.classes]
        vectors, targets = self.vectors(known)
        with torch.no_grad():
            chosen = self.tuned.operation(torch.from_numpy(vectors)).argmax(-1).numpy()
        found = dict(zip(map(id, known), (chosen == targets).tolist(), strict=True))
        return [found.get(id(lesson), False) for lesson in lessons]

    def vectors(self, lessons: Sequence[Lesson]) -> tuple[np.ndarray, np.ndarray]:
        """Vectors [lesson, hidden] and classes [lesson]."""
        self.tuned.eval()
        made = np.zeros((len(lessons), self.tuned.operation.in_features), dtype=np.float32)
        for places in self._groups(lessons):
            with torch.no_grad():
                made[places] = self._read([lessons[place] for place in places])[0].vectors.numpy()
        return made, np.array([self.tuned.classes.index(lesson.target) for lesson in lessons])

    def _temperature(self, vectors: np.ndarray, targets: np.ndarray) -> float:
        """The temperature that makes the development rows likeliest. Guo et al. 2017, arXiv 1706.04599."""
        with torch.no_grad():
            logits = self.tuned.operation(torch.from_numpy(vectors))
        known = torch.from_numpy(targets)
        scales: list[float] = np.geomspace(0.2, 5.0, 65).tolist()
        return min(scales, key=lambda one: float(nn.functional.cross_entropy(logits / one, known)))


def contrast(vectors: Tensor, targets: Tensor) -> Tensor:
    """Supervised contrastive loss of unit vectors [row, hidden]: rows of one class attract. Khosla et al. 2020, eq. 2."""
    near = vectors @ vectors.T / TEMPERATURE
    self_ = torch.eye(len(vectors), dtype=torch.bool)
    near = near.masked_fill(self_, -torch.inf)
    log_share = near - near.logsumexp(dim=1, keepdim=True)
    same = (targets[:, None] == targets[None, :]) & ~self_
    rows = same.any(dim=1)
    return -(log_share.masked_fill(~same, 0.0).sum(1) / same.sum(1).clamp(min=1))[rows].mean()


def span_loss(scores: Tensor, wanted: Wanted) -> Tensor:
    """What the custom text's borders cost: scores [position, 3 + 2·PAIR] at the places of the message itself."""
    own = scores[wanted.places]
    return run_loss(own, wanted.run) + inside_loss(own, wanted.run)


def _wanted(lesson: Lesson, offsets: Sequence[tuple[int, int]]) -> Wanted:
    places = [place for place, (start, end) in enumerate(offsets) if end > max(start, len(PREFIX))]
    inside = [
        number
        for number, place in enumerate(places)
        if _inside(lesson, offsets[place][0] - len(PREFIX), offsets[place][1] - len(PREFIX))
    ]
    return Wanted(places, (inside[0], inside[-1]) if inside else None)


def _inside(lesson: Lesson, start: int, end: int) -> bool:
    """Whether more than half of the token [start, end) lies in the lesson's custom text."""
    if lesson.span is None:
        return False
    covered = min(end, lesson.span[1]) - max(start, lesson.span[0])
    return covered * 2 > end - start
