"""What is known of a trained head: on which layer of which encoder, trained on what, how well it does."""

from __future__ import annotations

import math

from core.values import value


@value
class Accuracy:
    """How many of `total` rows of a language were right."""

    language: str
    right: int
    total: int

    @property
    def rate(self) -> float:
        """Share of right answers."""
        return self.right / self.total if self.total else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval. Wilson 1927, JASA 22:158."""
        n, z = max(self.total, 1), 1.959964
        middle = (self.rate + z * z / (2 * n)) / (1 + z * z / n)
        half = z / (1 + z * z / n) * math.sqrt(self.rate * (1 - self.rate) / n + z * z / (4 * n * n))
        return max(0.0, middle - half), min(1.0, middle + half)


@value
class HeadCard:
    """What a head is: on which layer of which encoder, trained on what, how well it does. `cross_validated` chose layer and strength."""

    labels: tuple[str, ...]
    layer: int
    encoder: str
    encoder_revision: str
    precision: str
    dataset: str
    dataset_revision: str
    seed: int
    strength: float
    cross_validated: float
    rows: int
    train: tuple[Accuracy, ...] = ()
    test: tuple[Accuracy, ...] = ()

    @property
    def overall(self) -> Accuracy:
        """All test rows together."""
        return Accuracy("", sum(one.right for one in self.test), sum(one.total for one in self.test))
