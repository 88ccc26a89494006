"""The words around a word to look for: articles and denials before it, and the words that a joint adds to it."""

from __future__ import annotations

import regex

from parsers.rules.understanding import Understood
from parsers.words.lexicon import Mention, mentions

LEADS = "word_leads"
JOINTS = ("and", "or", "not", "nor")  # between words to look for: "battery but not screen"
BACK = 40  # characters before a cue in which its word stands
_SPACE = regex.compile(r"[\s:]*")
_COMMA = regex.compile(r"\s*[,/]\s+|\s+")
_ENDS = regex.compile(r"\s*(?:$|[,.;:?!،؛؟।)\]])")
_HAN_WORD = r"(\p{Han}{1,6}?|[\p{Latin}]+)(?=的|又|了|或|和|与|、|，|,|。|？|\?|$|这|\s|一词|且|但)"
_HAN_TOKEN = regex.compile(rf"\s*(?:了|过(?![期敏滤热程去度]))?{_HAN_WORD}")  # "提到过电池", not "提到过期"
_HAN_NEXT = regex.compile(rf"\s*(?:或者?|和|与|以及|、)\s*{_HAN_WORD}")
WORD = regex.compile(r"([\p{L}\p{M}\p{N}\u200c\u200d'’\-]+)")
BEFORE = regex.compile(r"([\p{L}\p{M}\p{N}\u200c\u200d'’\-]+)\s*$")
NOUN_BEFORE = regex.compile(r"(?<![\p{L}\p{M}'’\-])(\p{Lu}[\p{L}'’\-]+)\s*$")  # a German one has a capital letter


def word_behind(seen: Understood, place: int) -> regex.Match[str] | None:
    """The word behind this place, small words such as articles between them left out."""
    if is_han(seen.request, place - 1):
        return _HAN_TOKEN.match(seen.request, place)
    leads = {one.start: one.end for one in leads_in(seen)}
    place = spaced(seen.request, place)
    while place in leads:
        place = spaced(seen.request, leads[place])
    return WORD.match(seen.request, place)


def joined_behind(seen: Understood, end: int) -> regex.Match[str] | None:
    """The word joined to the one that ends here, by a word or a comma."""
    if is_han(seen.request, end - 1):
        return _HAN_NEXT.match(seen.request, end)
    comma = _COMMA.match(seen.request, end)
    parted = comma.end() if comma and comma.group().strip() else None
    place = joint_behind(seen, end) or parted
    return word_behind(seen, place) if place else None


def joined_before(seen: Understood, start: int) -> regex.Match[str] | None:
    """The word joined to the one that starts here: "Akku oder das |Display|"."""
    place = start
    leads = [one for one in mentions(LEADS, seen.request) if one.end < start]
    for lead in reversed(leads):
        place = lead.start if not seen.request[lead.end : place].strip() else place
    joints = [one for one in joints_in(seen) if one.end < place and not seen.request[one.end : place].strip()]
    if not joints:
        return None
    pattern = NOUN_BEFORE if seen.language == "de" else BEFORE
    return pattern.search(seen.request, max(0, start - BACK), joints[0].start)


def joint_behind(seen: Understood, end: int) -> int | None:
    """Where the joints behind this place end, or None where none stands there: "battery, |but not| screen"."""
    comma = _COMMA.match(seen.request, end)
    place = start = comma.end() if comma else end
    joints = {one.start: one.end for one in joints_in(seen)}
    while place in joints:
        place = spaced(seen.request, joints[place])
    return place if place > start else None


def joints_in(seen: Understood) -> list[Mention]:
    """The words that join words to look for or deny one; a value with a language holds in that one only."""
    said = mentions("joints", seen.request)
    return [one for one in said if one.value.removesuffix(f"_{seen.language}") in JOINTS]


def lead_to(seen: Understood, start: int) -> Mention | None:
    """The small word or the denial that leads to this place."""
    return next((one for one in leads_in(seen) if one.end <= start and not seen.request[one.end : start].strip()), None)


def leads_in(seen: Understood) -> list[Mention]:
    """The small words and denials that may stand before a word to look for: "the", "keinen", "ni la"."""
    return [*mentions(LEADS, seen.request), *(one for one in joints_in(seen) if one.value.startswith("no"))]


def closes(seen: Understood, end: int) -> bool:
    """Whether a clause or the part of a list ends here."""
    return _ENDS.match(seen.request, end) is not None or joint_behind(seen, end) is not None


def spaced(text: str, place: int) -> int:
    """The place behind spaces and colons that stand here."""
    found = _SPACE.match(text, place)
    return found.end() if found else place


def is_han(text: str, place: int) -> bool:
    """Whether a Han sign stands here."""
    return regex.match(r"\p{Han}", text[place : place + 1]) is not None
