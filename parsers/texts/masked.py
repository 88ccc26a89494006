"""Utterances as the tuned reader sees them: every number is 0, every delimited text is a mark, and the way back to the characters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import regex

NUMBER = "0"
OWN_TEXT = "[…]"
# Digits, also in groups of three: "1,003", "1.040"
NUMERAL = regex.compile(r"(?<!\p{Nd})(?<!\p{Nd}[.,٬])(?![0٠०౦])\p{Nd}{1,3}(?:[.,٬]\p{Nd}{3})+(?![.,٬]?\p{Nd})|\p{Nd}+")


@dataclass(frozen=True)
class Masked:
    """Masked text; character i of it came from character `origin[i]` of the utterance (its first, where many became one)."""

    text: str
    origin: tuple[int, ...]

    def span(self, start: int, end: int, whole: str) -> tuple[int, int]:
        """The stretch [start, end) of the masked text in characters of the utterance `whole`."""
        last = self.origin[end] if end < len(self.origin) else len(whole)
        return self.origin[start], last


def masked(text: str, own: Sequence[tuple[int, int]] = ()) -> Masked:
    """Numbers become 0, since which operation is meant never depends on which number; `own` spans [start, end) become a mark."""
    parts: list[str] = []
    origin: list[int] = []
    place = 0
    for start, end, mark in _stretches(text, own):
        parts += [text[place:start], mark]
        origin += [*range(place, start), *([start] * len(mark))]
        place = end
    parts.append(text[place:])
    origin += range(place, len(text))
    return Masked("".join(parts), tuple(origin))


def _stretches(text: str, own: Sequence[tuple[int, int]]) -> list[tuple[int, int, str]]:
    """What is replaced, in order; a number inside a custom text goes with it."""
    texts = [(start, end, OWN_TEXT) for start, end in own]
    numbers = ((*match.span(), NUMBER) for match in NUMERAL.finditer(text))
    free = [one for one in numbers if not any(start <= one[0] < end for start, end, _ in texts)]
    return sorted([*texts, *free])
