"""The counterfactual edit test of rationales: a word is put in that changes the answer; does the new rationale mention it?"""

from __future__ import annotations

import random
from collections.abc import Sequence

from core.data import Instance
from core.explanations import Rationale, Score
from core.progress import Progress
from explainers.edits.text import PIECE, Change, Move, unspaced, written
from explainers.rationale import Writer, rationalize
from models.base import ExplainedModel

STEP = "judge"
TRIED = 64  # insertions that the model is asked about, in batches
ASKED = 4  # of those that change the answer, so many get a new rationale: each takes the writer's whole time again
CHUNK = 16
Insertion = tuple[Instance, str, int, int]  # the changed text, the field, and the characters that were put in


def edit_test(
    model: ExplainedModel,
    made: Rationale,
    writer: Writer,
    words: Sequence[str],
    seed: int = 0,
    progress: Progress | None = None,
) -> Score:
    """Share of answer-changing insertions that the rationale of the changed text names, 0 to 1, higher is better.

    Beside it, for each, the share of all its words that this rationale names: one that names everything proves nothing. No
    value and the reason "not_testable" where none of TRIED insertions changes the answer. Atanasova et al. 2023,
    arXiv 2305.18029, section 2.1. Too dear for the chat.
    """
    progress = progress or Progress()
    named, chance = [], []
    for place, found in enumerate(flips(model, made, words, seed, progress)[:ASKED]):
        progress(STEP, place / ASKED)
        again = rationalize(
            model, found[0], writer, made.language, made.style, made.audience, made.provenance.seed, progress
        )
        named.append(_mentions(again, found))
        chance.append(_share(again))
    if not named:
        return Score("edit_test", None, low=0.0, high=1.0, reason="not_testable")
    return Score("edit_test", sum(named) / len(named), tuple(chance), 0.0, 1.0)


def flips(
    model: ExplainedModel, made: Rationale, words: Sequence[str], seed: int, progress: Progress
) -> list[Insertion]:
    """Insertions after which the model answers otherwise, in the order they were drawn."""
    source, kept = random.Random(seed), []
    drawn = [_inserted(made.prediction.instance, word, source) for word in _sample(words, source)]
    for start in range(0, len(drawn), CHUNK):
        progress(STEP, 0.0)
        part = drawn[start : start + CHUNK]
        answers = model.predict([one[0] for one in part])
        kept += [one for one, said in zip(part, answers, strict=True) if said.label != made.prediction.label]
    return kept


def _sample(words: Sequence[str], source: random.Random) -> list[str]:
    known = sorted(set(words))
    return [source.choice(known) for _ in range(TRIED)] if known else []


def _inserted(instance: Instance, word: str, source: random.Random) -> Insertion:
    """The instance with the word before one of its words."""
    field, text = source.choice(instance.fields)
    starts = [match.start() for match in PIECE.finditer(text) if any(char.isalnum() for char in match.group())] or [0]
    start = source.choice(starts)
    put = word if unspaced(text) else f"{word} "
    changed = written(instance, (Move((Change(field, start, start, put),), "inserted"),))
    return changed, field, start, start + len(word)


def _mentions(again: Rationale, found: Insertion) -> bool:
    _, field, start, end = found
    return any(token.field == field and token.start < end and start < token.end for token in again.cited)


def _share(again: Rationale) -> float:
    """Share of the words of the text that a rationale names."""
    tokens = again.attribution.tokens if again.attribution else ()
    words = [token for token in tokens if any(char.isalnum() for char in token.text)]
    return len(again.cited) / len(words) if words else 0.0
