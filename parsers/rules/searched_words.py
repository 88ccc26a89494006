"""Words to look for: "that mention battery", "mit dem Wort „Akku“", "含有“电池”的"."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import regex

from parsers.notation.shapes import Shape
from parsers.rules.understanding import Understood
from parsers.texts.custom_text import FILTER_WORDS
from parsers.texts.quotes import Pair
from parsers.texts.segments import words
from parsers.words.lexicon import Mention, label_mentions, mentions
from parsers.words.number_words import cues as number_cues

ARTICLES = (  # and what else may stand before the word: "mention their battery", "mention no battery", "du retard"
    r"(?:(?:the|an?|any|their|its|his|her|our|my|your|both|n?either|no|das|die|der|den|eine?[nmrs]?|keine?[nmrs]?"
    r"|el|la|los|las|una?|sus?|ning[uú]na?|le|les|du|des|de|une|aucune?|ni|ни"
    r"|words?|terms?|wörter|begriffe|palabras?|términos?|слова?|термины|mots?|termes?)\s+|[dl]['’]){0,3}"
)
JOINTS = "n?or|oder|ni|ни|and|und|o|y|или|и|ou|et|లేదా|veya|ya da|या|أو"
_TOKEN = regex.compile(rf"[\s:]*{ARTICLES}([\p{{L}}\p{{M}}\p{{N}}\u200c\u200d'’\-]+)", regex.IGNORECASE)
DENIED = "(?:but|and) not|aber nicht|und nicht|(?:pero|y) no|(?:но|а|и) не|(?:mais|et) pas"
_NEXT = regex.compile(
    rf"\s*(?:(?:,\s*)?(?:{DENIED}|{JOINTS})|,|/)\s+{ARTICLES}([\p{{L}}\p{{M}}'’\-]+)", regex.IGNORECASE
)
_HAN_WORD = r"(\p{Han}{1,6}?|[\p{Latin}]+)(?=的|又|了|或|和|与|、|，|,|。|？|\?|$|这|\s|一词|且|但)"
_HAN_TOKEN = regex.compile(rf"\s*(?:了|过(?![期敏滤热程去度]))?{_HAN_WORD}")  # "提到过电池", not "提到过期"
_HAN_NEXT = regex.compile(rf"\s*(?:或者?|和|与|以及|、)\s*{_HAN_WORD}")
_BEFORE = regex.compile(r"([\p{L}\p{M}\p{N}\u200c\u200d'’\-]+)\s*$")
_LISTED_BEFORE = regex.compile(r"([\p{L}\p{M}\u200c\u200d'’\-]+)\s+(?:లేదా|veya|ya da|या)\s+$", regex.IGNORECASE)
_ARTICLE, _NOUN = r"(?:die|der|das|den|dem|eine?[nmrs]?|keine?[nmrs]?)\s+", r"\p{Lu}[\p{L}'’\-]+"
_NOUN_LISTED = regex.compile(rf"({_NOUN})\s+(?:oder|und|noch)\s+(?:{_ARTICLE})?$")
_NOUN_BEFORE = regex.compile(  # of a relative clause: "…, die den Akku erwähnen", not "die Kennzahl nennen"
    rf"(?:(?:,|\b(?:die|denen|welche))\s+(?:weder\s+(?:{_ARTICLE})?|{_ARTICLE})|,\s*(?:die|welche)\s+)"
    rf"(?:{_NOUN}\s+(?:oder|und|noch)\s+(?:{_ARTICLE})?)*({_NOUN})\s+(?:nicht\s+)?$"
)
_VERB_FIRST = regex.compile(r"[\p{Latin}\p{Cyrillic}]")
_CLAUSE_ENDS = regex.compile(r"\s*(?:$|[\p{P}]|(?:und|oder|bitte)\b)")
_GAP = regex.compile(r"[\s:=(\"'“”„«»‘’「」`]*")
_JOINED = regex.compile(r"[^\p{L}]*(?:[\p{L}\p{M}]{1,6}[^\p{L}]+)?|[^\p{L}]*[或和与、]+[^\p{L}]*")


@dataclass(frozen=True)
class Searched:
    """A word to look for, at `core`, and the stretch [start, end) that asks for it."""

    value: str
    start: int
    end: int
    core: int


def searched(seen: Understood, shape: Shape) -> list[Searched]:
    """Quoted words beside "contains" and their like, bare words where nothing is quoted."""
    quoted = list(_quoted(seen, shape))
    if shape.name == "keywords":  # "which words appear most often": the words are what is asked for
        return quoted
    bare: dict[int, Searched] = {}
    for one in (one for cue in _cues(seen) if _alone(seen, cue) for one in _bare(seen, cue)):
        bare.setdefault(one.core, one)
    return quoted or list(bare.values()) or list(_within(seen))


def _cues(seen: Understood) -> list[Mention]:
    return [one for one in mentions("filters", seen.request) if one.value.startswith("includes")]


def _alone(seen: Understood, cue: Mention) -> bool:
    """Whether the cue needs no quotation marks; words before a cue are searched only where verbs come last."""
    if cue.value != "includes_after":
        return cue.value == "includes"
    last = seen.language == "tr" or (seen.language == "de" and _CLAUSE_ENDS.match(seen.request, cue.end) is not None)
    return last or _VERB_FIRST.match(seen.request, cue.start) is None


def _quoted(seen: Understood, shape: Shape) -> Iterator[Searched]:
    """Short quotations with a cue or after another one; any, where the operation takes no custom text."""
    previous: Pair | None = None
    for pair in seen.quoted:
        inner = seen.text[pair.start : pair.end]
        if not inner.strip() or words(inner) > FILTER_WORDS * 3 or _named(inner, seen):
            continue
        beside = [cue for cue in _cues(seen) if _touches(seen.request, pair, cue)]
        joined = previous is not None and _JOINED.fullmatch(seen.request, previous.end, pair.start)
        if beside or joined or not shape.text or _chained(seen, pair):
            start, end = (
                min((pair.start, *(one.start for one in beside))),
                max((pair.end, *(one.end for one in beside))),
            )
            yield Searched(inner, start, end, pair.start)
            previous = pair


def _chained(seen: Understood, pair: Pair) -> bool:
    """Whether a quotation after this one has a cue that holds for both: "«bus» or «train» అని ఉన్న"."""
    later = [
        one for one in seen.quoted if one.start > pair.end and _JOINED.fullmatch(seen.request, pair.end, one.start)
    ]
    return any(_touches(seen.request, one, cue) for one in later for cue in _cues(seen))


def _named(inner: str, seen: Understood) -> bool:
    """A quoted label or method is no word to look for."""
    found = (*label_mentions(inner, seen.schema), *mentions("methods", inner))
    return any(one.start == 0 and one.end == len(inner) for one in found)


def _bare(seen: Understood, cue: Mention) -> Iterator[Searched]:
    """The word after "mention", or before "అని ఉన్న", and words joined to it."""
    behind = cue.value == "includes"
    match = _after(seen, cue) if behind else _before(seen, cue)
    first, last = cue.start, cue.end
    while match is not None and _is_token(match.group(1), match.start(1), seen):
        start, end = match.span(1)
        yield Searched(match.group(1), min(first, start), max(last, end), start)
        first, last = (len(seen.request), last) if behind else (start, 0)
        match = _next(seen, end) if behind else _listed_before(seen, start)


def _after(seen: Understood, cue: Mention) -> regex.Match[str] | None:
    return (_HAN_TOKEN if _is_han(seen.request, cue.end - 1) else _TOKEN).match(seen.request, cue.end)


def _before(seen: Understood, cue: Mention) -> regex.Match[str] | None:
    """The word that ends before the cue and begins behind the cue before it: "包含|电池|这个词"; in German a relative clause's noun."""
    if seen.language == "de":
        return _NOUN_BEFORE.search(seen.request, 0, cue.start)
    ends = [one.end for one in _cues(seen) if one.end <= cue.start and one.value != "includes_after_weak"]
    return _BEFORE.search(seen.request, max([0, cue.start - 40, *ends]), cue.start)


def _next(seen: Understood, end: int) -> regex.Match[str] | None:
    return (_HAN_NEXT if _is_han(seen.request, end - 1) else _NEXT).match(seen.request, end)


def _listed_before(seen: Understood, start: int) -> regex.Match[str] | None:
    pattern = _NOUN_LISTED if seen.language == "de" else _LISTED_BEFORE
    return pattern.search(seen.request, max(0, start - 40), start)


def _is_han(text: str, place: int) -> bool:
    return regex.match(r"\p{Han}", text[place : place + 1]) is not None


def _within(seen: Understood) -> Iterator[Searched]:
    """ "With ok in the text": a small word before it and "in it" after it."""
    starts = [one for one in _cues(seen) if one.value == "includes_weak"]
    ends = [one for one in _cues(seen) if one.value.startswith("includes_after")]
    for first in starts:
        match = _TOKEN.match(seen.request, first.end)
        last = next((one for one in ends if match and 0 <= one.start - match.end() <= 2), None)
        if match and last and _is_token(match.group(1), match.start(1), seen):
            yield Searched(match.group(1), first.start, last.end, match.start(1))


def _is_token(token: str, start: int, seen: Understood) -> bool:
    """Whether this can be a word to look for: no number, label, unit, small word or word for an instance."""
    if any(number.start < start + len(token) and start < number.end for number in seen.numbers) or token.isdigit():
        return False
    phrases = (*mentions("data", seen.request), *mentions("lengths", seen.request))
    if any(one.start <= start < one.end for one in phrases):
        return False
    sections = ("lengths", "units", "joints", "filters", "stop", "polite", "data", "contrast")
    taken = [found for section in sections for found in mentions(section, token)] + [
        *label_mentions(token, seen.schema)
    ]
    return not any(found.end - found.start == len(token) for found in taken) and token.lower() not in number_cues(
        "id_before"
    )


def _touches(text: str, pair: Pair, cue: Mention) -> bool:
    start, end = (pair.end, cue.start) if cue.value.startswith("includes_after") else (cue.end, pair.start)
    return start <= end and _GAP.fullmatch(text, start, end) is not None
