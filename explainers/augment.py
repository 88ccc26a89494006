"""Augmentation: new wordings of a text that keep its label, each asked again."""

from __future__ import annotations

import random
from collections.abc import Sequence

from core.data import Dataset, Instance
from core.explanations import AUGMENT, Edits, Prediction
from core.progress import Progress
from core.provenance import Provenance
from explainers.counterfactual import notes_of
from explainers.edits.figures import Sentences, edits_of, similarities
from explainers.edits.lexicon import STEP
from explainers.edits.rewording import emphasis, frames, marks, reorderings, synonyms
from explainers.edits.search import Candidate, Goal, Search, budget
from explainers.edits.second import second
from explainers.edits.slips import typos
from explainers.edits.tables import Table, table
from explainers.edits.text import Draft, Move, clash
from models.base import ExplainedModel

BOUND = 0.9  # cosine of sentence vectors that a variant keeps
KEPT = 0.8  # of the label's probability
DRAWN = 60  # drafts of one to three moves that are asked


def augment(
    model: ExplainedModel,
    instance: Instance,
    dataset: Dataset,
    encoder: Sentences,
    count: int = 3,
    seed: int = 0,
    progress: Progress | None = None,
) -> Edits:
    """Up to `count` variants that the model labels as before and about as surely, of different kinds; the most alike first.

    Moves after Wei and Zou 2019, arXiv 1901.11196, without their random words. Raises UserError("empty_text"); Stopped.
    """
    progress = progress or Progress()
    progress(STEP, 0.0)
    original = model.predict([instance])[0]
    known = table(instance.language)
    limit = budget(model, model.encode(instance))
    search = Search(model, instance, keeps(original), limit, progress)
    asked = search.ask(drafts(_moves(instance, known, seed), seed)[:limit])
    kept = list({one.prediction.instance: one for one in asked if one.gain > 0}.values())
    alike = similarities(encoder, instance.text, [one.prediction.instance.text for one in kept])
    chosen = _varied([(cosine, one) for cosine, one in zip(alike, kept, strict=True) if cosine >= BOUND], count)
    return Edits(
        original=original,
        kind=AUGMENT,
        edits=edits_of(instance, chosen, encoder, second(dataset, instance.language)),
        tried=search.tried,
        provenance=Provenance(method="rewording", seed=seed, notes=notes_of(instance, known, len(chosen), count)),
    )


def keeps(original: Prediction) -> Goal:
    """How far the label keeps its probability, and its place before all others."""
    place = original.labels.index(original.label)

    def kept(made: Prediction) -> float:
        return made.probabilities[place] - KEPT * original.confidence if made.label == original.label else -1.0

    return kept


def _moves(instance: Instance, known: Table | None, seed: int) -> list[Move]:
    """Everything that leaves the meaning alone, and slips."""
    found = [*marks(instance), *reorderings(instance), *typos(instance, known, seed)]
    if known:
        found += [*synonyms(instance, known), *emphasis(instance, known), *frames(instance, known)]
    return found


def drafts(moves: Sequence[Move], seed: int) -> list[Draft]:
    """DRAWN drafts: one move of each of one to three kinds, kinds drawn evenly however many moves they have."""
    source = random.Random(seed)
    kinds = {
        kind: [move for move in moves if move.source == kind] for kind in dict.fromkeys(move.source for move in moves)
    }
    found: dict[Draft, None] = {}
    for _ in range(3 * DRAWN if kinds else 0):
        draft: Draft = ()
        for kind in source.sample(sorted(kinds), min(len(kinds), source.randint(1, 3))):
            move = source.choice(kinds[kind])
            draft = draft if any(clash(move, other) for other in draft) else (*draft, move)
        found[draft] = None
    return list(found)[:DRAWN]


def _varied(kept: Sequence[tuple[float, Candidate]], count: int) -> list[Candidate]:
    """The best `count`, each of kinds of moves that were used least so far."""
    left = sorted(kept, key=lambda pair: (-pair[0], pair[1].prediction.instance.text))
    chosen: list[tuple[float, Candidate]] = []
    used: dict[str, int] = {}
    while left and len(chosen) < count:
        best = min(left, key=lambda pair: (_worn(pair[1], used), -len(pair[1].draft), -pair[0]))
        left.remove(best)
        chosen.append(best)
        for move in best[1].draft:
            used[move.source] = used.get(move.source, 0) + 1
    return [one for _, one in sorted(chosen, key=lambda pair: -pair[0])]


def _worn(candidate: Candidate, used: dict[str, int]) -> float:
    """How often the kinds of its moves were used already, a slip counting as used once."""
    worn = [used.get(move.source, 0) + (move.source == "typo") for move in candidate.draft]
    return sum(worn) / len(worn)
