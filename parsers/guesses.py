"""What a reader says: which operation a masked request asks for, and how surely."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from core.dialogue import Call


@dataclass(frozen=True)
class Guess:
    """One reading: the operation with the slots that the kind of question decides, and its probability 0 to 1."""

    call: Call
    probability: float


class Reader(Protocol):
    """Says which operation masked requests ask for."""

    def read(self, requests: Sequence[str]) -> list[list[Guess]]:
        """Guesses for each request, best first, at least one, each operation once."""
        ...
