"""Several requests in one utterance: "predict 3 and explain why" in its parts, where both name an operation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import regex

from parsers.numbers.linked import linked
from parsers.rules.label_filters import PREDICT, TOUCHING
from parsers.rules.understanding import Understood
from parsers.texts.segments import QUESTION as QUESTIONS
from parsers.texts.segments import words
from parsers.words.lexicon import Mention, label_mentions, mentions, overlap

COMMA, QUESTION, WAW = "comma", "question", "و"
SIMILAR, SHOW = "similar", "show"
REASONS = {"attribute", "rationalize"}  # two ways to answer "why"
MOST_CUTS, FEWEST_WORDS = 3, 2  # of a request that is tried in halves; after an "and" a lone "why?" will do
_QUESTION, _WAW = regex.compile(r"[?？؟]+(?=.*\w)"), regex.compile(rf"(?<!\w){WAW}(?=\p{{Arabic}}{{3}})")
_END = regex.compile(r"[.?!؟]+(?=\s)|[。？！]+")
_LIKENESS = regex.compile(r"[与和跟同]\P{P}{1,14}?(?:最?(?:接近|相似|类似|相近|相像)|差不多|一样)")
FIRST_WORDS = 28  # characters after a joint within which the next request names its operation


@dataclass(frozen=True)
class Part:
    """Characters [start, end) of an utterance, read on their own."""

    seen: Understood
    start: int
    end: int
    after: str = ""  # the kind of joint before it


def clauses(seen: Understood) -> list[Part]:
    """The parts of the request; empty where it is one. Parts start at a joint that an operation's word follows."""
    named = [one for one in mentions("operations", seen.request) if not _says_of_a_label(seen, one)]
    found = [joint for joint in (*_joints(seen), *_ends(seen.request)) if _parts(seen.request, joint, named)]
    joints = sorted(found, key=lambda one: one.start)
    # ", and then, why"
    nearest = {min(one.start for one in named if one.start >= joint.end): joint for joint in joints}
    cuts = _apart(seen.request, list(nearest.values()))
    if not cuts:
        return []
    starts, ends = [0, *(joint.end for joint in cuts)], [*(joint.start for joint in cuts), len(seen.text)]
    return [_part(seen, start, end) for start, end in zip(starts, ends, strict=True)]


def halves(seen: Understood) -> list[tuple[Part, Part]]:
    """The request cut in two at each joint that leaves a few words on both sides, for a reader to say whether both ask for something."""
    found = sorted((*_joints(seen), *_loose(seen.request)), key=lambda one: one.start)
    joints = [one for one in found if _wordy(seen, 0, one.start) and _wordy(seen, one.end, len(seen.text), one.value)]
    cuts = [one for place, one in enumerate(joints) if not place or joints[place - 1].end < one.start - 1]
    ends = [(_part(seen, 0, cut.start), _part(seen, cut.end, len(seen.text)), cut.value) for cut in cuts[:MOST_CUTS]]
    return [(first, replace(second, after=joint)) for first, second, joint in ends]


def _wordy(seen: Understood, start: int, end: int, joint: str = "") -> bool:
    part = seen.request[start:end]
    said = any(map(str.isalpha, part))  # "… and 5" asks for nothing of its own
    lone = said and (joint == "and" or (joint == COMMA and part.rstrip().endswith(QUESTIONS)))
    return words(part) >= (1 if lone else FEWEST_WORDS)


def _loose(text: str) -> list[Mention]:
    """Joints that only halves are tried at: a question's end, and the Arabic "و" before any word."""
    ends = [Mention(QUESTION, *match.span()) for match in _QUESTION.finditer(text)]
    return ends + [Mention("and", *match.span()) for match in _WAW.finditer(text)]


def _ends(text: str) -> list[Mention]:
    """Where a sentence ends, which parts requests as a comma does: "predict 45. Find similar ones."."""
    return [Mention(COMMA, *match.span()) for match in _END.finditer(text)]


def _joints(seen: Understood) -> list[Mention]:
    """Words that join requests, commas and the like; of the Arabic "و" that is written with the next word, the letter alone."""
    text = seen.request
    said = [found for found in mentions("joints", text) if found.value in ("and", "then")]
    words_only = [replace(one, end=one.start + 1) if text[one.start] == WAW else one for one in said]
    commas = [Mention(COMMA, place, place + 1) for place, char in enumerate(text) if char in ";,，；、"]
    found = [one for one in (*words_only, *commas) if not _of_likeness(text, one)]
    found = [one for one in found if not _sets_aside(text, one)]
    return [one for one in found if not _joins_ids(seen, one) and not _joins_labels(seen, one)]


def _sets_aside(text: str, joint: Mention) -> bool:
    """Whether it is a part of "and not": "why negative and not neutral?"."""
    return any(overlap(one, joint) and one != joint for one in mentions("contrast", text))


def _of_likeness(text: str, joint: Mention) -> bool:
    """Whether it belongs to "similar to": "new examples, similar to 12", Chinese "与第 7 条最接近"."""
    similar = [one for one in mentions("topics", text) if one.value == SIMILAR]
    comma = joint.value == COMMA and any(0 <= one.start - joint.end <= 1 for one in similar)
    return comma or _LIKENESS.match(text, joint.start) is not None


def _joins_ids(seen: Understood, joint: Mention) -> bool:
    """Whether it stands between two ids of one question: "why is 12 negative and 15 positive?"."""
    around = ((one, two) for one, two in pairwise(seen.numbers) if one.end <= joint.start and joint.end <= two.start)
    return any(not one.is_count and not two.is_count and linked(seen, one, two) for one, two in around)


def _joins_labels(seen: Understood, joint: Mention) -> bool:
    """Whether a word that says of a label which kind it is follows: "labelled negative and predicted positive"."""
    cues = [one for one in mentions("filters", seen.request) if one.value == "predicted"]
    return any(0 <= cue.start - joint.end <= 1 and _says_of_a_label(seen, cue) for cue in cues)


def _says_of_a_label(seen: Understood, word: Mention) -> bool:
    """Whether "predicted" stands right before a label, another one being named before: no order to predict."""
    labels = label_mentions(seen.request, seen.schema)
    behind = any(one.start >= word.end and TOUCHING.fullmatch(seen.request, word.end, one.start) for one in labels)
    return behind and any(one.end <= word.start for one in labels) and word.value in (PREDICT, "predicted")


def _asks_why(text: str, joint: Mention, before: set[str]) -> bool:
    """Whether the side of the joint that does not ask for sentences says no more than "why"."""
    side = text[joint.end :] if "rationalize" in before else text[: joint.start]
    return bool(mentions("why", side))


def _parts(text: str, joint: Mention, named: Sequence[Mention]) -> bool:
    """Whether operations are named on both sides, another one right after the joint."""
    before = {one.value for one in named if one.end <= joint.start}
    after = [one.value for one in named if joint.end <= one.start <= joint.end + FIRST_WORDS]
    if joint.value == COMMA and (before | {*after[:1]}) == REASONS and _asks_why(text, joint, before):
        return False  # "justify in a sentence, why …" is one request, and so is "why …, in a sentence?"
    return bool(before) and bool(after) and after[0] not in before


def _apart(text: str, cuts: Sequence[Mention]) -> list[Mention]:
    """The cuts without those that leave a lone "show" between two: "predict 3 and show, which words matter"."""
    kept: list[Mention] = []
    for cut in sorted(cuts, key=lambda one: one.start):
        between = text[kept[-1].end : cut.start] if kept else ""
        if len(between.split()) != 1 or {one.value for one in mentions("operations", between)} - {SHOW}:
            kept.append(cut)
    return kept


def _part(seen: Understood, start: int, end: int) -> Part:
    spans = tuple(
        replace(span, start=span.start - start, end=span.end - start)
        for span in seen.custom
        if start <= span.start and span.end <= end
    )
    inner = replace(
        seen, text=seen.text[start:end], request=seen.request[start:end], custom=spans, numbers=(), quoted=()
    )
    return Part(inner, start, end)
