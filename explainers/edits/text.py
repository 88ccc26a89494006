"""A text as something to be edited: moves that replace stretches of it, the text they make, and the words they change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from core.data import Instance
from core.script import PIECE

SAME, REMOVED, ADDED = "same", "removed", "added"
LARGE = 5  # pieces of a change that swallows a single word beside it


@dataclass(frozen=True, slots=True)
class Change:
    """Characters [start, end) of a field become `text`; an insertion has start = end."""

    field: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Move:
    """Changes that only make sense together; `source` says where they come from, `cost` how unnatural they tend to be."""

    changes: tuple[Change, ...]
    source: str
    cost: float = 0.0

    @property
    def place(self) -> tuple[str, int]:
        """Where its first change begins."""
        return self.changes[0].field, self.changes[0].start


Draft = tuple[Move, ...]
Code = tuple[str, int, int, int, int]  # as difflib.SequenceMatcher.get_opcodes gives them


def clash(one: Move, other: Move) -> bool:
    """Whether two moves touch the same characters."""
    return any(_touch(a, b) for a in one.changes for b in other.changes)


def _touch(a: Change, b: Change) -> bool:
    """Insertions touch what ends or begins at their place, too."""
    inserts = a.start == a.end or b.start == b.end
    apart = a.start > b.end or b.start > a.end if inserts else a.start >= b.end or b.start >= a.end
    return a.field == b.field and not apart


def written(instance: Instance, draft: Draft) -> Instance:
    """The instance with all moves carried out, as a text of the user's own: no id, no gold label."""
    changes = [change for move in draft for change in move.changes]
    fields = tuple(
        (name, _spliced(text, [change for change in changes if change.field == name])) for name, text in instance.fields
    )
    return Instance(fields, language=instance.language)


def _spliced(text: str, changes: Iterable[Change]) -> str:
    for change in sorted(changes, key=lambda one: (-one.start, -one.end)):
        text = text[: change.start] + change.text + text[change.end :]
    return text


def pieces(text: str) -> list[str]:
    """Words, spaces and signs in order; nothing is lost."""
    return [match.group() for match in PIECE.finditer(text)]


def words_of(text: str) -> list[str]:
    """The words alone (in scripts without spaces: the signs)."""
    return [piece for piece in pieces(text) if any(char.isalnum() for char in piece)]


def parts(before: str, after: str) -> list[tuple[str, str]]:
    """What stays, goes and comes, by whole words: (kind, text) in reading order, removed before added."""
    old, new = pieces(before), pieces(after)
    found: list[tuple[str, str]] = []
    for tag, a, b, c, d in _smoothed(SequenceMatcher(None, old, new, autojunk=False).get_opcodes(), old):
        if tag == "equal":
            found.append((SAME, "".join(old[a:b])))
            continue
        found += [(REMOVED, "".join(old[a:b]))] if b > a else []
        found += [(ADDED, "".join(new[c:d]))] if d > c else []
    return found


def changes_to(field: str, before: str, after: str) -> list[Change]:
    """The changes that make one text of the other, by whole words, those side by side as one."""
    old, new = pieces(before), pieces(after)
    codes = _smoothed(SequenceMatcher(None, old, new, autojunk=False).get_opcodes(), old)
    ends = [0]
    for piece in old:
        ends.append(ends[-1] + len(piece))
    return [Change(field, ends[a], ends[b], "".join(new[c:d])) for tag, a, b, c, d in codes if tag != "equal"]


def _smoothed(codes: Sequence[Code], old: Sequence[str]) -> list[Code]:
    """Changes with nothing but a space between them are one, and so are large ones with a single word between them."""
    made: list[Code] = []
    for place, code in enumerate(codes):
        inner = code[0] == "equal" and 0 < place < len(codes) - 1 and _island(codes[place - 1 : place + 2], old)
        if made and made[-1][0] != "equal" and (inner or code[0] != "equal"):
            _, first, _, start, _ = made[-1]
            made[-1] = ("replace", first, code[2], start, code[4])
        else:
            made.append(code)
    return made


def _island(codes: Sequence[Code], old: Sequence[str]) -> bool:
    """Whether what stays between two changes is too little to show."""
    (_, a, b, c, d), (_, first, last, _, _), (_, e, f, g, h) = codes
    words = sum(any(char.isalnum() for char in piece) for piece in old[first:last])
    return (words == 0 and "".join(old[first:last]).isspace()) or (
        words <= 1 and min(b - a + d - c, f - e + h - g) >= LARGE
    )


def changed_words(before: str, after: str) -> int:
    """Words put in, taken out or replaced; a replaced word counts once."""
    old, new = words_of(before), words_of(after)
    codes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return sum(max(b - a, d - c) for tag, a, b, c, d in codes if tag != "equal")


def like(word: str, model: str) -> str:
    """`word` with a capital where `model` has one, all capitals where it has them."""
    if len(model) > 1 and model.isupper():
        return word.upper()
    return word[:1].upper() + word[1:] if model[:1].isupper() and not word[:1].isupper() else word
