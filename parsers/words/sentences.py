"""Where one sentence ends and the next begins, and whether what it said was about something else."""

from __future__ import annotations

import regex

from parsers.words.lexicon import mentions

SAID = 3  # words beside a number from which on a sentence says something of it; "Id 12." just names what comes next
_END = regex.compile(r"(?!(?<=\b\p{L}{1,3})\.\s\p{N})[.!?…؟۔।॥]+[\"'”»)]*(?=\s)|[。！？]")  # "Nr. 12" ends nothing
_COMMA = regex.compile(r"[,;،，；]\s*$")
_WORD = regex.compile(r"\p{Han}|[\p{L}\p{M}\p{N}'’]+")


def parted(text: str, first: int, second: int) -> bool:
    """Whether a sentence, or a clause before ", but", ends between the places `first` and `second`."""
    return bool(_ends(text, first, second))


def elsewhere(text: str, start: int, end: int, place: int) -> bool:
    """Whether the stretch [start, end) stands in an earlier sentence than `place`, one that says something of its own."""
    ends = _ends(text, end, place)
    if not ends:
        return False
    begins = max(_ends(text, 0, start), default=0)
    return len(_WORD.findall(text[begins:start] + " " + text[end : ends[0]])) >= SAID


def _ends(text: str, first: int, second: int) -> list[int]:
    """Where sentences end between two places, in reading order."""
    stops = [match.start() for match in _END.finditer(text, first, max(first, second))]
    turns = [one.start for one in mentions("but", text) if first <= one.start < second]
    return sorted([*stops, *(place for place in turns if _COMMA.search(text, first, place))])
