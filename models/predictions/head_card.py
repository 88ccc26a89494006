"""What is known of a trained head: on which layer of which encoder, trained on what, how well it does."""

from __future__ import annotations

from core.statistics import wilson
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
        """Wilson's 95 % interval."""
        return wilson(self.right, self.total)


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
