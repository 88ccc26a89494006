"""Several requests in one utterance: "predict 3 and explain why" in its parts, where both name an operation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from parsers.lexicon import Mention, mentions
from parsers.understanding import Understood

COMMA = "comma"
FIRST_WORDS = 28  # characters after a joint within which the next request names its operation


def clauses(seen: Understood) -> list[Understood]:
    """The parts of the request; empty where it is one. Parts start at a joint that an operation's word follows."""
    named = mentions("operations", seen.request)
    joints = sorted((joint for joint in _joints(seen.request) if _parts(joint, named)), key=lambda one: one.start)
    nearest = {
        min(one.start for one in named if one.start >= joint.end): joint for joint in joints
    }  # ", and then, why"
    cuts = _apart(seen.request, list(nearest.values()))
    if not cuts:
        return []
    starts, ends = [0, *(joint.end for joint in cuts)], [*(joint.start for joint in cuts), len(seen.text)]
    return [_part(seen, start, end) for start, end in zip(starts, ends, strict=True)]


def _joints(text: str) -> list[Mention]:
    return [found for found in mentions("joints", text) if found.value in ("and", "then")] + [
        Mention(COMMA, place, place + 1) for place, char in enumerate(text) if char in ";,，；、"
    ]


def _parts(joint: Mention, named: Sequence[Mention]) -> bool:
    """Whether operations are named on both sides, another one right after the joint."""
    before = {one.value for one in named if one.end <= joint.start}
    after = [one.value for one in named if joint.end <= one.start <= joint.end + FIRST_WORDS]
    if joint.value == COMMA and "rationalize" in before and after[:1] == ["attribute"]:
        return False  # "justify in a sentence, why …" is one request
    return bool(before) and bool(after) and after[0] not in before


def _apart(text: str, cuts: Sequence[Mention]) -> list[Mention]:
    """The cuts without those that leave a lone word between two: "predict 3 and show, which words matter"."""
    kept: list[Mention] = []
    for cut in sorted(cuts, key=lambda one: one.start):
        if not kept or len(text[kept[-1].end : cut.start].split()) != 1:
            kept.append(cut)
    return kept


def _part(seen: Understood, start: int, end: int) -> Understood:
    spans = tuple(
        replace(span, start=span.start - start, end=span.end - start)
        for span in seen.custom
        if start <= span.start and span.end <= end
    )
    return replace(
        seen, text=seen.text[start:end], request=seen.request[start:end], custom=spans, numbers=(), quoted=()
    )
