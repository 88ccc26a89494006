"""The counterfactual edit test of rationales: a word is put in that changes the answer; does the new rationale mention it?"""

from __future__ import annotations

import random
from collections.abc import Sequence

from core.data import Instance
from core.explanations import Prediction, Rationale, Token
from core.faithfulness import Score
from core.progress import Progress
from core.script import PIECE, is_word, unspaced
from explainers.edits.text import Change, Move, written
from explainers.metrics.rationale_base import Again, Case, rationale_metric
from explainers.rationale import Writer, measured, reason
from models.base import ExplainedModel

STEP = "judge"
CHUNK = 16
Insertion = tuple[Instance, str, int, int]  # the changed text, the field, and the characters that were put in


@rationale_metric
def edit_test(case: Case) -> Score:
    """Share of answer-changing insertions that the rationale of the changed text names, 0 to 1, higher is better.

    Beside it, for each, the share of all its words that this rationale names: one that names everything proves nothing. No
    value and the reason "not_testable" where none of the insertions tried changes the answer. Where the writer writes nothing usable
    about the changed text, nothing is named. Atanasova et al. 2023, arXiv 2305.18029, section 2.1. Each new rationale takes the
    writer's whole time again.
    """
    if case.again is None:
        return Score("edit_test", None, low=0.0, high=1.0, reason="writer_unknown")
    found = flips(case.model, case.made.prediction, case.words, case.seed, case.progress, case.tried)[: case.asked]
    if not found:
        return Score("edit_test", None, low=0.0, high=1.0, reason="not_testable")
    made = case.again([one[0] for one in found])
    named = [again is not None and mentions(again.cited, one) for again, one in zip(made, found, strict=True)]
    return Score("edit_test", sum(named) / len(named), tuple(map(_share, made)), 0.0, 1.0)


def writing(model: ExplainedModel, made: Rationale, writer: Writer, progress: Progress | None = None) -> Again:
    """How a writer explains other texts: asked as for `made`."""
    seed, heard = made.provenance.seed, progress or Progress()
    asked = (writer, made.language, made.style, made.audience, seed, heard)

    def again(rows: Sequence[Instance]) -> list[Rationale | None]:
        return [reason(measured(model, row, seed, heard), model.schema, *asked)[0] for row in rows]

    return again


def flips(
    model: ExplainedModel, before: Prediction, words: Sequence[str], seed: int, progress: Progress, tried: int
) -> list[Insertion]:
    """Insertions after which the model answers otherwise, in the order they were drawn."""
    source, kept = random.Random(seed), []
    drawn = [_inserted(before.instance, word, source) for word in _sample(words, source, tried)]
    for start in range(0, len(drawn), CHUNK):
        progress(STEP, start / len(drawn))
        part = drawn[start : start + CHUNK]
        answers = model.predict([one[0] for one in part])
        kept += [one for one, said in zip(part, answers, strict=True) if said.label != before.label]
    return kept


def _sample(words: Sequence[str], source: random.Random, tried: int) -> list[str]:
    known = sorted(set(words))
    return [source.choice(known) for _ in range(tried)] if known else []


def _inserted(instance: Instance, word: str, source: random.Random) -> Insertion:
    """The instance with the word before one of its words."""
    field, text = source.choice(instance.fields)
    starts = [match.start() for match in PIECE.finditer(text) if is_word(match.group())] or [0]
    start = source.choice(starts)
    put = word if unspaced(text) else f"{word} "
    changed = written(instance, (Move((Change(field, start, start, put),), "inserted"),))
    return changed, field, start, start + len(word)


def mentions(cited: Sequence[Token], found: Insertion) -> bool:
    """Whether the words that a rationale names are, or touch, the word put in."""
    _, field, start, end = found
    return any(token.field == field and token.start < end and start < token.end for token in cited)


def _share(again: Rationale | None) -> float:
    """Share of the words of the text that a rationale names."""
    if again is None or again.attribution is None:
        return 0.0
    words = [token for token in again.attribution.tokens if is_word(token.text)]
    return len(again.cited) / len(words) if words else 0.0
