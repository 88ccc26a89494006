"""What the study compares and with what: precisions with sampling seeds, the judges that stay the same, and what an item may cost."""

from __future__ import annotations

from dataclasses import dataclass

from explainers.edits.figures import Sentences
from explainers.edits.fluency import Texts
from explainers.rationales.reader import Reader
from jobs.precision_study.data import Item

Row = dict[str, str | int | float | bool | list[float] | dict[str, float] | None]


@dataclass(frozen=True)
class Arm:
    """A precision and a sampling seed. `light`: only answers and likelihoods are measured."""

    precision: str
    sample: int = 0
    light: bool = False

    @property
    def name(self) -> str:
        """The precision, with the sampling seed where that is not the first."""
        return f"{self.precision} · seed {self.sample}" if self.sample else self.precision


@dataclass(frozen=True)
class Helpers:
    """Models that judge and stay the same for all precisions. `fluent` is None where no language model was asked."""

    encoder: Sentences
    reader: Reader
    fluent: Texts | None


@dataclass(frozen=True)
class Budget:
    """What an item may cost: tokens of an answer, insertions of the edit test, variants of CC-SHAP, and items with dear measures."""

    tokens: int = 40
    tried: int = 8
    variants: int = 11
    deep: int = 12


def key_of(arm: Arm, item: Item) -> str:
    """The name of a row."""
    return f"{arm.precision}/{arm.sample}/{item.name}"
