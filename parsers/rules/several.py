"""Several operations in one utterance: which ones its parts ask for, and what each part says of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.dialogue import SAME
from parsers.notation.shapes import NONE, shape
from parsers.rules.clauses import COMMA, QUESTION, REASONS, SHOW, Part, clauses, halves
from parsers.rules.filters import ids_in
from parsers.rules.guesses import Guess, Reader
from parsers.rules.understanding import Understood
from parsers.words.lexicon import mentions

POSSIBLE, BACKED = 0.2, 0.7  # in a clause that names an operation, the reader need only hold it possible
SEVERAL = 0.5  # each part of "predict 3 and explain it" must be read at least this surely
HALF, LOOSE = 0.8, 0.93  # where no known word names both, each half must be; the second where a mere comma parts them
CAUSES = {"attribute", "influence", "rationalize"}  # ways to answer "why": a second sentence often says the same again
ANCHOR = "0: "  # a masked id: "and how sure is it?" is about the instance that the other half names


@dataclass(frozen=True)
class Asked:
    """One of several operations: its reading, and the utterance with no counts but those of its own part."""

    guess: Guess
    seen: Understood


def several(seen: Understood, whole: Guess, reader: Reader) -> list[Asked]:
    """The operations in the order in which they are asked for; empty where it is one. `whole` is the reading of all of it."""
    found = _by_words(seen, reader) or _by_halves(seen, whole, reader)
    return found if not seen.custom or all(shape(one.guess.call.operation).text for one in found) else []


def _by_words(seen: Understood, reader: Reader) -> list[Asked]:
    """One guess a clause, where all are sure and no two name the same operation; else nothing."""
    parts = clauses(seen)
    if not parts:
        return []
    read = reader.read([part.seen.masked for part in parts])
    best = [_named(part.seen, found) for part, found in zip(parts, read, strict=True)]
    sure = all(guess.probability >= SEVERAL and _combines(guess) for guess in best)
    return _asked(seen, parts, best) if sure and _differ(best) else []


def _by_halves(seen: Understood, whole: Guess, reader: Reader) -> list[Asked]:
    """Two operations on the same instance, where both halves are surely read as ones and one of them is that of the whole."""
    cuts = halves(seen) if _combines(whole) and shape(whole.call.operation).ids else []
    if not cuts:
        return []
    read = iter(reader.read([_anchored(part) for cut in cuts for part in cut]))
    pairs = [(cut, [next(read)[0] for _ in cut]) for cut in cuts]
    sure = [(cut, pair) for cut, pair in pairs if _differ(pair) and _sure(pair, whole, cut[1].after)]
    if not sure:
        return []
    cut, pair = max(sure, key=lambda found: min(guess.probability for guess in found[1]))
    return _asked(seen, cut, pair)


def _anchored(part: Part) -> str:
    """The masked half; one without a number of its own is read as about an instance."""
    return (
        part.seen.masked if any(map(str.isdigit, part.seen.masked)) or part.seen.custom else ANCHOR + part.seen.masked
    )


def _sure(pair: Sequence[Guess], whole: Guess, joint: str) -> bool:
    names = [guess.call.operation for guess in pair]
    if whole.call.operation not in names or (joint == COMMA and set(names) == REASONS):
        return False
    # "which words matter? id 12", "… Just the one that did most"
    if joint == QUESTION and (SHOW in names or set(names) <= CAUSES):
        return False
    least = LOOSE if joint in (COMMA, QUESTION) else HALF
    return all(guess.probability >= least and _combines(guess) and shape(guess.call.operation).ids for guess in pair)


def _differ(guesses: Sequence[Guess]) -> bool:
    return len(guesses) > 1 and len({guess.call.operation for guess in guesses}) == len(guesses)


def _combines(guess: Guess) -> bool:
    """Whether it works on instances or data: questions about the system itself stand alone."""
    known = shape(guess.call.operation)
    return known.name not in (NONE, SAME) and (known.ids or known.where)


def _named(part: Understood, found: Sequence[Guess]) -> Guess:
    """The best guess; where it has no word in the clause, one that has and that the reader holds possible."""
    said = {one.value for one in mentions("operations", part.request)}
    if found[0].call.operation in said:
        return found[0]
    backed = [guess for guess in found if guess.call.operation in said and guess.probability >= POSSIBLE]
    return replace(backed[0], probability=max(backed[0].probability, BACKED)) if backed else found[0]


def _asked(seen: Understood, parts: Sequence[Part], best: Sequence[Guess]) -> list[Asked]:
    return [Asked(guess, _own(seen, part, guess)) for part, guess in zip(parts, best, strict=True)]


def _own(seen: Understood, part: Part, guess: Guess) -> Understood:
    """The utterance without what other parts count: "3 similar ones and the 2 words that matter"."""
    ids = ids_in(seen, shape(guess.call.operation))
    kept = [one for one in seen.numbers if one in ids or one.is_id or part.start <= one.start < part.end]
    return replace(seen, numbers=tuple(kept))
