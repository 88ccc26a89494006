"""The filter that an utterance asks for: ids, or single filters with and, or and not between them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import regex

from core.filters import And, ById, Filter, Not, Or
from parsers.notation.canonical_filters import flat
from parsers.notation.shapes import Shape
from parsers.numbers.excluded import left_out
from parsers.numbers.joined import listed, ranged
from parsers.numbers.linked import linked
from parsers.numbers.numerals import Number
from parsers.numbers.roles import behind_a_verb, behind_its_noun, counts_its_own, has_place
from parsers.rules.filter_atoms import Atom, alike, atoms, either_or, exclusive, of_label
from parsers.rules.label_words import driven_label
from parsers.rules.lengths import lengths
from parsers.rules.understanding import Understood
from parsers.words.lexicon import label_mentions, mentions

SMALLEST_BARE = 3  # a spelled-out number below it, without an id cue, hardly ever is an id ("the two labels")
COUNT_LIKE = 20  # of two bare numbers, the small one counts and the large one names an instance
LARGE = 100  # nobody asks for more rows or words than that, so a larger number names an instance
WORDY = 14  # characters of a label filter from which on it has a cue of its own ("labelled negative")
_FIRST = regex.compile(r"前\s?$")


def ids_in(seen: Understood, shape: Shape) -> list[Number]:
    """The numbers that name ids: those with a cue; else bare ones, at most a joined few where the operation also counts."""
    taken, out = [one.number for one in lengths(seen, shape)], left_out(seen, shape)
    sure = [number for number in seen.numbers if number.sure and number not in taken]
    aside = {number.value for number in out}  # those of a range stand elsewhere: "ids 3 to 6 except 5"
    others = [number for number in sure if number not in out and not (number.is_id and number.value in aside)]
    sure = others if any(number.is_id or _bare(number) for number in others) else sure
    shown = counting(seen, shape, sure)
    free = [number for number in sure if number not in shown]
    named = [number for number in free if number.is_id]
    if not shape.ids or (seen.custom and shape.text and not shape.pairs):
        return []
    if named or (seen.custom and shape.text):
        return named
    bare = [number for number in free if _bare(number)]
    if not {"k", "count"} & set(shape.slots):
        return bare or ([] if taken else [one for one in free if not one.spelled and not _first_so_many(seen, one)])
    if not bare:
        return [number for number in free if not number.spelled and has_place(seen.request, number)][:1]
    placed = [number for number in bare if _names_one(seen.request, number)]
    if placed and len(placed) < len(bare):
        return _with_listed(seen, bare, placed)
    return _first_list(seen, bare)


def _first_so_many(seen: Understood, number: Number) -> bool:
    """Whether it counts from the start: "前10条"; "第10条" is the tenth."""
    return _FIRST.search(seen.request, max(0, number.start - 2), number.start) is not None


def _bare(number: Number) -> bool:
    return not number.is_count and (not number.spelled or number.value >= SMALLEST_BARE)


def counting(seen: Understood, shape: Shape, numbers: Sequence[Number]) -> set[Number]:
    """The numbers that count what is shown: "5 reviews", "5 negative ones", "显示5条负面评论" but not "显示5条" or "77中性"."""
    if not shape.where or shape.text:
        return set()
    text = seen.request
    orders = mentions("orders", text)
    labels = {one.start for one in (*label_mentions(text, seen.schema), *orders)}
    free = [one for one in numbers if not one.is_id or behind_a_verb(text, one) or behind_its_noun(text, one)]
    rows = mentions("instances", text)
    counting = {
        one for one in free if one.end + 1 in labels or (rows and one.end in labels) or counts_its_own(text, one)
    }
    counting |= {one for one in numbers if any(0 <= one.start - order.end <= 1 for order in orders)}  # "最长的3条评论"
    parts = {one.start for one in mentions("partitives", text)}
    counting |= {one for one in free if one.end + 1 in parts or _first_so_many(seen, one)}
    counting |= {low for low, high in pairwise(free) if high in counting and _about(text, low, high)}
    vague = {one for one in free if one.is_count} - counting
    return counting | vague if vague and atoms(seen, shape) else counting


def _about(text: str, low: Number, high: Number) -> bool:
    """Whether two numbers say about how many: "2 or 3 negative ones", "2-3 reviews"."""
    joints = mentions("joints", text[low.end : high.start])
    return ranged(text, low, high) or (listed(text, low, high) and any(one.value == "or" for one in joints))


def _names_one(text: str, number: Number) -> bool:
    """Whether a bare number stands in an instance's place, or is too large to count anything."""
    return has_place(text, number) or (number.value > LARGE and not number.spelled)


def _with_listed(seen: Understood, bare: Sequence[Number], placed: Sequence[Number]) -> list[Number]:
    """The numbers in an instance's place and those joined to one of them in a list: "for 15 and 1420"."""
    kept = set(placed)
    pairs = list(pairwise(bare))
    for before, after in (*pairs, *reversed(pairs)):
        if {before, after} & kept and linked(seen, before, after):
            kept |= {before, after}
    return [number for number in bare if number in kept]


def _first_list(seen: Understood, bare: Sequence[Number]) -> list[Number]:
    """The first of several bare numbers with those joined to it; a large one before a small one."""
    text = seen.request
    large = [number for number in bare if number.value > COUNT_LIKE]
    apart = len(bare) == 2 and not linked(seen, *bare) and not has_place(text, bare[0])
    if len(large) == 1 and apart and bare[0].value <= COUNT_LIKE:
        return large
    kept = list(bare[:1])
    for before, after in pairwise(bare):
        both = _names_one(text, before) and _names_one(text, after)
        if before is not kept[-1] or before.spelled != after.spelled or not (both or linked(seen, before, after)):
            break
        kept.append(after)
    return kept


def filter_in(seen: Understood, shape: Shape) -> Filter | None:
    """The filter for an operation of this shape. Ids outweigh the rest; beside a custom text only a pair's id counts."""
    if seen.custom and shape.text and not shape.pairs:
        return None
    kept, out = ids_in(seen, shape), [one for one in left_out(seen, shape) if one.is_id or shape.ids]
    narrowed = shape.where and not shape.text  # the data, and by nothing else
    if kept and not (narrowed and set(kept) <= set(out)):
        return _any_of(kept)
    rest = _combined(seen, shape) if shape.where else None
    if not out or not narrowed:
        return rest
    others = Not(_any_of(out))
    return flat(And((rest, others))) if rest else others


def _any_of(ids: Sequence[Number]) -> Filter:
    return flat(Or(tuple(map(ById, dict.fromkeys(number.value for number in ids)))))


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
    """Neighbours of one kind with "or" (or labels with "and", which no text can have both) first, then "and" and "or".

    Neighbours of one kind that are both denied are left out both: "not positive or negative".
    """
    groups = [[found[0]]]
    apart: list[bool] = []  # of every group but the first, whether it is another alternative
    for (before, atom), either in zip(pairwise(found), either_or(text, found), strict=True):
        same = type(before.where) is type(atom.where) and alike(before, atom)
        denied = isinstance(atom.where, Not)
        if same and not denied and (either or exclusive(atom.where)):
            groups[-1].append(atom)
        else:
            groups.append([atom])
            apart.append(either and not (same and denied))
    parts = [flat(Or(tuple(atom.where for atom in group))) for group in groups]
    alternatives: list[list[Filter]] = [[parts[0]]]
    for part, other in zip(parts[1:], apart, strict=True):
        if other:
            alternatives.append([part])
        else:
            alternatives[-1].append(part)
    return Or(tuple(And(tuple(group)) for group in alternatives))
