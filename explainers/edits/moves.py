"""Moves for counterfactuals: opposites, negation, words of the training rows, whole sentences in, words and clauses out."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import regex

from core.data import Instance
from core.script import PIECE, Span, begins_word, ends, ends_in_word, folded, sentences, unspaced
from explainers.edits.lexicon import Lexicon, Word
from explainers.edits.tables import Pairs, Table
from explainers.edits.text import Change, Move, like, words_of
from models.pieces import Unit

OPPOSITE, NEGATION, OMISSION, CLAUSE, TRAINING, SENTENCE = (
    "opposite",
    "negation",
    "omission",
    "clause",
    "training",
    "sentence",
)
COST = {OPPOSITE: 0.0, NEGATION: 0.3, OMISSION: 2.4, CLAUSE: 0.3, TRAINING: 3.2, SENTENCE: 0.6}
PHRASE = 5  # words (signs) of the longest phrase in a table
CUTS, SWAPPED = 3, 4  # last sentences that one may stand in for, and sentences that are tried there
OFFERED = 6  # training words for one place
FITTING = 1.0  # a training word needs a neighbour in common, or as much of an ending
# Not in "1,200", "10:30" or ":)"
_COMMA = regex.compile(r"(?:(?<!\p{N})[,;:]|[,;:](?!\p{N}))(?![\p{P}\p{S}])|[，；、]")
_ARTICLE = regex.compile(r"(?i)(?<![\p{L}\p{M}\p{N}'’])(an?)(\s+)$")
_VOWEL = regex.compile(r"(?i)(?!eu|one\b|uni[^nm]|use)[aeiou]|hono|hour|heir|hones")  # as it is spoken
_END = regex.compile(r"[.!?。！？।…\s\p{So}]*$")


def table_moves(instance: Instance, table: Table) -> list[Move]:
    """Every word or phrase that the table knows, replaced by each of its opposites, or negated."""
    negated = {folded(other) for others in table.negations.values() for other in others}
    known = {*table.opposites, *table.negations, *negated}
    opposite = replaced(instance, table.opposites, OPPOSITE, known)
    return list(dict.fromkeys([*opposite, *replaced(instance, table.negations, NEGATION, known)]))


def replaced(instance: Instance, pairs: Pairs, source: str, known: Collection[str] = ()) -> Iterator[Move]:
    """One move for every phrase of `pairs`, unless it is part of a longer one of them or of those `known`, and each replacement."""
    for field, text in instance.fields:
        named = {(start, end): folded(text[start:end]) for start, end in phrases(text)}
        for start, end in _longest([span for span, phrase in named.items() if phrase in pairs or phrase in known]):
            for other in pairs.get(named[start, end], ()):
                change = Change(field, start, end, like(other, text[start:end]))
                change = _agreeing(change, text) if instance.language == "en" else change
                yield Move((change,), source, COST.get(source, 0.0))


def _agreeing(change: Change, text: str) -> Change:
    """The change with the English article before it, where that must become "a" or "an"."""
    article = _ARTICLE.search(text, 0, change.start)
    wanted = "an" if _VOWEL.match(change.text) else "a"
    if article is None or article.group(1).casefold() == wanted:
        return change
    written = like(wanted, article.group(1)) + article.group(2) + change.text
    return Change(change.field, article.start(1), change.end, written)


def phrases(text: str) -> Iterator[tuple[int, int]]:
    """Spans of one to PHRASE words."""
    spans = [match.span() for match in PIECE.finditer(text) if any(char.isalnum() for char in match.group())]
    for first, (start, _) in enumerate(spans):
        for _, end in spans[first : first + PHRASE]:
            yield start, end


def _longest(spans: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Those that no other one contains; they come in order of start, then of end."""
    reached = 0
    for start, end in dict(spans).items():  # the longest of one start
        if end > reached:
            yield start, end
            reached = end


def omissions(units: Sequence[Unit], instance: Instance, table: Table | None) -> list[Move]:
    """Each word left out; a word of emphasis or negation is missed least."""
    texts = dict(instance.fields)
    light = {folded(word) for word in (*table.intensifiers, *table.drop)} if table else set()
    return [
        Move(
            (cut(unit.field, texts[unit.field], unit.start, unit.end),),
            OMISSION,
            COST[NEGATION] if folded(unit.text) in light else COST[OMISSION],
        )
        for unit in units
    ]


def clauses(instance: Instance) -> list[Move]:
    """Each clause left out where another stays."""
    found = []
    for field, text in instance.fields:
        spans = list(_clauses(text))
        for number, (start, end) in enumerate(spans if len(spans) > 1 else []):
            last = number == len(spans) - 1
            found.append(Move((_without(field, text, start, end, last),), CLAUSE, COST[CLAUSE]))
    return found


def _clauses(text: str) -> Iterator[Span]:
    """Stretches with a word up to a comma, a colon or the end of a sentence, and the space behind."""
    start = 0
    for end in sorted({*ends(text), *(match.end() for match in _COMMA.finditer(text)), len(text)}):
        end += len(text[end:]) - len(text[end:].lstrip())
        if words_of(text[start:end]):
            yield start, end
        start = end


def _without(field: str, text: str, start: int, end: int, last: bool) -> Change:
    """A clause taken out; the end of the sentence moves to the clause before."""
    kept = text[start:end].rstrip()
    ending = _END.search(kept)
    closes = kept[ending.start() :] if ending else ""
    before = text[:start].rstrip()
    if closes and before and before[-1] in ",;:，；、":
        return Change(field, len(before) - 1, end, closes + (" " if not last and not unspaced(text) else ""))
    if last:
        return Change(field, len(before.rstrip(",;:，；、")), len(text), "")
    return cut(field, text, start, end)


def opens(text: str, start: int) -> bool:
    """Whether a sentence begins here."""
    before = text[:start].rstrip()
    return not before or len(before) in ends(text)


def cut(field: str, text: str, start: int, end: int) -> Change:
    """A stretch taken out with one of the spaces around it; what then opens the sentence gets its capital."""
    if not opens(text, start):
        while start > 0 and text[start - 1].isspace() and (end == len(text) or not text[end - 1].isspace()):
            start -= 1
        return Change(field, start, end, "")
    while end < len(text) and text[end].isspace():
        end += 1
    if end < len(text) and text[start].isupper() and text[end].islower():
        return Change(field, start, end + 1, text[end].upper())
    return Change(field, start, end, "")


def training_moves(units: Sequence[Unit], around: Sequence[Unit], lexicon: Lexicon, wanted: int) -> list[Move]:
    """Each of `units` replaced by training words that speak for label `wanted` and stand between such neighbours there."""
    found = []
    order = {(unit.field, unit.start): place for place, unit in enumerate(around)}
    for unit in units:
        place = order[(unit.field, unit.start)]
        left = around[place - 1].text.casefold() if place else ""
        right = around[place + 1].text.casefold() if place + 1 < len(around) else ""
        fits = [(_fit(word, unit.text, left, right), word) for word in lexicon.words if _speaks(word, wanted)]
        ranked = sorted(fits, key=lambda pair: (-pair[0] - pair[1].chances[wanted], pair[1].text))[:OFFERED]
        for fit, word in ranked:
            if fit >= FITTING and word.text.casefold() != unit.text.casefold():
                change = Change(unit.field, unit.start, unit.end, like(word.text, unit.text))
                found.append(Move((change,), TRAINING, COST[TRAINING] - 0.5 * fit))
    return found


def _speaks(word: Word, wanted: int) -> bool:
    """Whether the label is the first one for this word."""
    return word.chances[wanted] == max(word.chances)


def _fit(word: Word, old: str, left: str, right: str) -> float:
    """0 to 3: neighbours in common (sentence ends are none), the same ending, and the same kind of sign and capital."""
    if word.text[:1].isupper() != old[:1].isupper() or word.text[:1].isalpha() != old[:1].isalpha():
        return 0.0
    ending = next((size for size in (4, 3, 2) if old[-size:].casefold() == word.text[-size:].casefold()), 0)
    same = 0.25 * ending if len(old) > ending > 0 and len(word.text) > ending else 0.0
    return same + (left in word.left and begins_word(left)) + (right in word.right and begins_word(right))


def sentence_moves(instance: Instance, offered: Sequence[str]) -> list[Move]:
    """Each short sentence put at the end, or in the place of the last sentences."""
    field, text = instance.fields[-1]
    end = len(text.rstrip())
    gap = "" if unspaced(text) else " "
    stop = _stop(text[:end], gap)
    found = [Move((Change(field, end, len(text), stop + gap + one),), SENTENCE, COST[SENTENCE]) for one in offered]
    for start, _ in sentences(text)[1:][-CUTS:]:
        kept = text[:start].rstrip()
        stop = _stop(kept, gap)
        found += [
            Move((Change(field, len(kept), len(text), stop + gap + one),), SENTENCE, COST[SENTENCE])
            for one in offered[:SWAPPED]
        ]
    return found


def _stop(before: str, gap: str) -> str:
    """The stop that a sentence lacks before another one follows."""
    return "" if not ends_in_word(before) else "." if gap else "。"


def speaking_sentences(lexicon: Lexicon, wanted: int, offered: int) -> list[str]:
    """Sentences for which label `wanted` is the first one, the surest first."""
    speak = [(chances[wanted], text) for text, chances in lexicon.sentences if chances[wanted] == max(chances)]
    return [text for _, text in sorted(speak, key=lambda pair: (-pair[0], pair[1]))[:offered]]
