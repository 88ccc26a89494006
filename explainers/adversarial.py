"""Adversarial examples: slips and synonyms that a reader passes over and that make the model answer otherwise."""

from __future__ import annotations

from collections.abc import Sequence

from core.data import Dataset, Instance
from core.explanations import ADVERSARIAL, Edits
from core.progress import Progress
from core.provenance import Provenance
from explainers.base import explained_units
from explainers.counterfactual import goal_of, important, notes_of
from explainers.edits.figures import Sentences, edits_of, similarities
from explainers.edits.lexicon import STEP
from explainers.edits.rewording import marks, synonyms
from explainers.edits.search import Candidate, Search, budget, diverse
from explainers.edits.second import second
from explainers.edits.slips import typos
from explainers.edits.tables import Table, table
from explainers.edits.text import Move, words_of
from models.base import Encoded, ExplainedModel
from models.pieces import Unit

BOUND = 0.9  # cosine of sentence vectors that an edit keeps; e5-small puts unrelated texts near .8
SHARE = 0.3  # of the words may change, and one always
ENOUGH = 6  # flips to choose from
PLACES = 12  # words, most important first, that may be misspelt


def adversarial(
    model: ExplainedModel,
    instance: Instance,
    dataset: Dataset,
    encoder: Sentences,
    count: int = 1,
    seed: int = 0,
    progress: Progress | None = None,
) -> Edits:
    """Up to `count` edits that a reader would label as before and the model does not, each asked again; fewest words first.

    Small by construction (one slip or synonym a word, at most SHARE of the words) and by similarity (BOUND), after
    Jin et al. 2020, arXiv 1907.11932. Raises UserError("empty_text"); Stopped.
    """
    progress = progress or Progress()
    progress(STEP, 0.0)
    original = model.predict([instance])[0]
    old = original.labels.index(original.label)
    encoded, known = model.encode(instance), table(instance.language)
    search = Search(model, instance, goal_of(original, ""), budget(model, encoded), progress)
    tried = search.grown(search.begun([(move,) for move in _moves(model, encoded, old, known, seed)]), ENOUGH * count)
    small = [one for one in tried if one.changed <= max(1, SHARE * len(words_of(instance.text)))]
    found = map(search.pruned, (one for one in small if one.gain > 0))
    flips = _alike(list({one.prediction.instance: one for one in found}.values()), instance, encoder)
    kept = [one for one, cosine in flips if cosine >= BOUND]
    judge, chosen = second(dataset, instance.language), diverse(kept, count)
    closest = [] if kept else _closest(flips, small)
    return Edits(
        original=original,
        kind=ADVERSARIAL,
        edits=edits_of(instance, chosen, encoder, judge),
        attempt=next(iter(edits_of(instance, closest, encoder, judge)), None),
        tried=search.tried,
        provenance=Provenance(method="beam_search", seed=seed, notes=notes_of(instance, known, len(chosen), count)),
    )


def _moves(model: ExplainedModel, encoded: Encoded, old: int, known: Table | None, seed: int) -> list[Move]:
    """Synonyms and other marks anywhere, slips in the words that speak most for the old label."""
    instance = encoded.instance
    ranked = important(model, encoded, explained_units(encoded, "word"), old, least=True)[:PLACES]
    slips = [move for move in typos(instance, known, seed) if _inside(move, ranked)]
    return [*(synonyms(instance, known) if known else []), *marks(instance), *slips]


def _inside(move: Move, units: Sequence[Unit]) -> bool:
    change = move.changes[0]
    return any(unit.field == change.field and unit.start < change.end and change.start < unit.end for unit in units)


def _alike(flips: Sequence[Candidate], instance: Instance, encoder: Sentences) -> list[tuple[Candidate, float]]:
    """Each with how far its text means the same, as far as sentence vectors tell."""
    found = similarities(encoder, instance.text, [one.prediction.instance.text for one in flips])
    return list(zip(flips, found, strict=True))


def _closest(flips: Sequence[tuple[Candidate, float]], small: Sequence[Candidate]) -> list[Candidate]:
    """The flip that keeps most of the meaning; where nothing flips, the change that gains most."""
    if flips:
        return [max(flips, key=lambda pair: pair[1])[0]]
    return sorted(small, key=lambda one: -one.gain)[:1]
