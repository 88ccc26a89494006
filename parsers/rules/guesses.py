"""What a reader says: which operation a masked request asks for, and how surely."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from core.dialogue import Call

TIED = 0.4  # share of the first guess's probability that the second needs
DOUBTED = 0.85  # below it, "… positive or negative?" is no wish to change anything, and "run LIME on 12" no follow-up
UNSURE = 0.65  # a reading below it gives way to the one operation that the words name


@dataclass(frozen=True)
class Guess:
    """One reading: the operation with the slots that the kind of question decides, and its probability 0 to 1."""

    call: Call
    probability: float


def merged(guesses: Sequence[Guess]) -> Sequence[Guess]:
    """The guesses, with the first two as one where they are kinds of one operation between which the reader cannot tell: words will."""
    if len(guesses) < 2 or guesses[0].call.operation != guesses[1].call.operation:
        return guesses
    if guesses[1].probability < TIED * guesses[0].probability:
        return guesses
    both = Guess(Call(guesses[0].call.operation), guesses[0].probability + guesses[1].probability)
    return [both, *guesses[2:]]


class Reader(Protocol):
    """Says which operation masked requests ask for."""

    def read(self, requests: Sequence[str]) -> list[list[Guess]]:
        """Guesses for each request, best first, at least one, each operation once."""
        ...
