"""The filter that an utterance asks for: ids, or single filters with and, or and not between them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from core.filters import And, ById, Filter, Not, Or
from parsers.canonical_filters import flat
from parsers.driving import driven_label
from parsers.filter_atoms import Atom, atoms, of_label
from parsers.lengths import lengths
from parsers.lexicon import label_mentions, mentions
from parsers.numbers import behind_a_verb, counts_its_own, has_place, listed
from parsers.query import Shape
from parsers.said_numbers import Number
from parsers.understanding import Understood

SMALLEST_BARE = 3  # a spelled-out number below it, without an id cue, hardly ever is an id ("the two labels")
COUNT_LIKE = 20  # of two bare numbers, the small one counts and the large one names an instance
LARGE = 100  # nobody asks for more rows or words than that, so a larger number names an instance
WORDY = 14  # characters of a label filter from which on it has a cue of its own ("labelled negative")


def ids_in(seen: Understood, shape: Shape) -> list[Number]:
    """The numbers that name ids: those with a cue; else bare ones, at most a joined few where the operation also counts."""
    taken = [one.number for one in lengths(seen, shape)]
    sure = [number for number in seen.numbers if number.sure and number not in taken]
    counting = _counting(seen, shape, sure)
    free = [number for number in sure if number not in counting]
    named = [number for number in free if number.is_id]
    if not shape.ids or (seen.custom and shape.text and not shape.pairs):
        return []
    if named or (seen.custom and shape.text):
        return named
    bare = [number for number in free if not number.is_count and (not number.spelled or number.value >= SMALLEST_BARE)]
    if not {"k", "count"} & set(shape.slots):
        return bare or ([] if taken else [number for number in free if not number.spelled])
    if not bare:
        return [number for number in free if not number.spelled and has_place(seen.request, number)][:1]
    placed = [number for number in bare if _names_one(seen.request, number)]
    if placed and len(placed) < len(bare):
        return _with_listed(seen.request, bare, placed)
    return _first_list(seen.request, bare)


def _counting(seen: Understood, shape: Shape, numbers: Sequence[Number]) -> set[Number]:
    """The numbers that count what is shown: "5 reviews", "5 negative ones", "显示5条负面评论" but not "显示5条"."""
    if not shape.where or shape.text:
        return set()
    text = seen.request
    labels = {one.start for one in label_mentions(text, seen.schema)}
    free = [one for one in numbers if not one.is_id or behind_a_verb(text, one)]
    counting = {one for one in free if {one.end, one.end + 1} & labels or counts_its_own(text, one)}
    vague = {one for one in free if one.is_count} - counting
    return counting | vague if vague and atoms(seen, shape) else counting


def _names_one(text: str, number: Number) -> bool:
    """Whether a bare number stands in an instance's place, or is too large to count anything."""
    return has_place(text, number) or (number.value > LARGE and not number.spelled)


def _with_listed(text: str, bare: Sequence[Number], placed: Sequence[Number]) -> list[Number]:
    """The numbers in an instance's place and those joined to one of them in a list: "for 15 and 1420"."""
    kept = set(placed)
    pairs = list(pairwise(bare))
    for before, after in (*pairs, *reversed(pairs)):
        if {before, after} & kept and listed(text, before, after):
            kept |= {before, after}
    return [number for number in bare if number in kept]


def _first_list(text: str, bare: Sequence[Number]) -> list[Number]:
    """The first of several bare numbers with those joined to it; a large one before a small one."""
    large = [number for number in bare if number.value > COUNT_LIKE]
    apart = len(bare) == 2 and not listed(text, *bare) and not has_place(text, bare[0])
    if len(large) == 1 and apart and bare[0].value <= COUNT_LIKE:
        return large
    kept = list(bare[:1])
    for before, after in pairwise(bare):
        both = _names_one(text, before) and _names_one(text, after)
        if before is not kept[-1] or before.spelled != after.spelled or not (both or listed(text, before, after)):
            break
        kept.append(after)
    return kept


def filter_in(seen: Understood, shape: Shape) -> Filter | None:
    """The filter for an operation of this shape. Ids outweigh the rest; beside a text of one's own only a pair's id counts."""
    if seen.custom and shape.text and not shape.pairs:
        return None
    ids = list(dict.fromkeys(number.value for number in ids_in(seen, shape)))
    if ids:
        return flat(Or(tuple(map(ById, ids))))
    return _combined(seen, shape) if shape.where else None


def _combined(seen: Understood, shape: Shape) -> Filter | None:
    found = atoms(seen, shape)
    named = shape.name == "labels" or ("target" in shape.slots and driven_label(seen))
    if named or (shape.ids and shape.text and _asks_which_label(found)):
        found = [atom for atom in found if not of_label(atom.where)]
    return flat(_joined(seen.request, found)) if found else None


def _asks_which_label(found: Sequence[Atom]) -> bool:
    """ "Positive or negative?" asks for the answer, "how sure that it is positive" names it: neither narrows the data."""
    labels = [atom for atom in found if of_label(atom.where)]
    return len(labels) == len(found) and not any(atom.end - atom.start > WORDY for atom in labels)


def _joined(text: str, found: Sequence[Atom]) -> Filter:
    """Neighbours of one kind with "or" (or labels with "and", which no text can have both) first, then "and" and "or"."""
    groups: list[list[Atom]] = [[found[0]]]
    for before, atom in pairwise(found):
        alike = type(before.where) is type(atom.where) and not isinstance(atom.where, Not)
        if alike and (_or_between(text, before, atom) or of_label(atom.where)):
            groups[-1].append(atom)
        else:
            groups.append([atom])
    parts = [flat(Or(tuple(atom.where for atom in group))) for group in groups]
    alternatives: list[list[Filter]] = [[parts[0]]]
    for (before_group, group), part in zip(pairwise(groups), parts[1:], strict=True):
        if _or_between(text, before_group[-1], group[0]):
            alternatives.append([part])
        else:
            alternatives[-1].append(part)
    return Or(tuple(And(tuple(group)) for group in alternatives))


def _or_between(text: str, first: Atom, second: Atom) -> bool:
    gap = text[min(first.end, second.start) : max(first.end, second.start)]
    return any(found.value == "or" for found in mentions("joints", gap))
