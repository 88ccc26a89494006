"""Counterfactuals: the smallest change of a text, found word by word, after which the model answers otherwise."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from core.data import Dataset, Instance
from core.errors import UserError, unknown
from core.explanations import COUNTERFACTUAL, Edits, Prediction
from core.progress import Progress
from core.provenance import Provenance
from explainers.base import Note, explained_units
from explainers.edits.continued import continuations, demonstrations_of
from explainers.edits.figures import Sentences, edits_of, similarities
from explainers.edits.lexicon import STEP, Lexicon, lexicon
from explainers.edits.moves import (
    clauses,
    omissions,
    sentence_moves,
    speaking_sentences,
    table_moves,
    training_moves,
)
from explainers.edits.search import JOINED, Candidate, Goal, Search, budget, diverse
from explainers.edits.second import second
from explainers.edits.tables import Table, table
from explainers.edits.text import Move
from models.base import Encoded, ExplainedModel
from models.causal import CausalClassifier
from models.generation.batch_writer import BatchWriter
from models.pieces import Unit

MARGIN = 0.02  # a flip by less would be undone by rounding
PLACES = 10  # words, most important first, that are replaced by training words
SPEAKING = 30  # short sentences of the training rows, of which those nearest to the text are tried
SENTENCES = 12  # of them for all labels together
ENOUGH = 3  # flips for every one asked for, to choose the most natural from


def counterfactual(
    model: ExplainedModel,
    instance: Instance,
    dataset: Dataset,
    encoder: Sentences,
    label: str = "",
    count: int = 1,
    seed: int = 0,
    progress: Progress | None = None,
) -> Edits:
    """Up to `count` edits, each verified to make the model answer `label` (or, without one, anything else), fewest words first.

    Beam search over word edits in the order of what they gain, then edits that are not needed are undone, the best flips first, as
    far as the budget reaches; the same request finds the same. Raises UserError: unknown_label, already_label, empty_text; Stopped.
    """
    progress = progress or Progress()
    progress(STEP, 0.0)
    original = model.predict([instance])[0]
    wanted = _wanted(model, original, label)
    encoded = model.encode(instance)
    search = Search(model, instance, goal_of(original, label), budget(model, encoded), progress)
    words, known = lexicon(model, dataset, instance.language, progress), table(instance.language)
    units = explained_units(encoded, "word")
    ranked = important(model, encoded, units, wanted[0])
    singles = [(move,) for move in _moves(instance, units, ranked, wanted, words, known, encoder)]
    found = search.begun(singles)
    if sum(one.gain > 0 for one in found) < count:
        found += _continued(model, dataset, instance, ranked, model.labels[wanted[0]], search)
    found = search.grown(found, ENOUGH * count)
    flips = list({one.prediction.instance: one for one in map(search.pruned, _flips(found))}.values())
    judge, chosen = second(dataset, instance.language), diverse(flips, count)
    closest = [] if flips else sorted(found, key=lambda one: -one.gain)[:1]
    return Edits(
        original=original,
        kind=COUNTERFACTUAL,
        edits=edits_of(instance, chosen, encoder, judge),
        target=label,
        attempt=next(iter(edits_of(instance, closest, encoder, judge)), None),
        tried=search.tried,
        provenance=Provenance(method="beam_search", seed=seed, notes=notes_of(instance, known, len(chosen), count)),
    )


def goal_of(original: Prediction, label: str) -> Goal:
    """How much more probable the wanted label is than every other; without one, any label than the old."""
    old = original.labels.index(label or original.label)

    def reached(made: Prediction) -> float:
        others = max(share for place, share in enumerate(made.probabilities) if place != old)
        gained = made.probabilities[old] - others
        return (gained if label else -gained) - MARGIN

    return reached


def _wanted(model: ExplainedModel, original: Prediction, label: str) -> list[int]:
    """Labels to look for, the most probable first. Raises UserError("unknown_label", "already_label")."""
    if label and label not in model.labels:
        raise unknown("unknown_label", label, model.labels)
    if label == original.label:
        raise UserError("already_label", label=label)
    if label:
        return [model.labels.index(label)]
    order = sorted(range(len(model.labels)), key=lambda place: -original.probabilities[place])
    return order[1 : 1 + PLACES]  # the likeliest others: each must get a place and a sentence


def _moves(
    instance: Instance,
    units: Sequence[Unit],
    ranked: Sequence[Unit],
    wanted: Sequence[int],
    words: Lexicon,
    known: Table | None,
    encoder: Sentences,
) -> list[Move]:
    """Single moves of all sources, the natural ones first; `ranked` are the words that keep the wanted label away, strongest first."""
    found = [move for move in table_moves(instance, known) if whole(move, units)] if known else []
    found += clauses(instance)
    each = SENTENCES // len(wanted)
    for label in wanted:
        found += sentence_moves(instance, _near(instance, speaking_sentences(words, label, SPEAKING), encoder)[:each])
    found += omissions(ranked[:PLACES], instance, known)
    for label in wanted:
        found += training_moves(ranked[: PLACES // len(wanted)], units, words, label)
    return found


def _continued(
    model: ExplainedModel, dataset: Dataset, instance: Instance, ranked: Sequence[Unit], label: str, search: Search
) -> list[Candidate]:
    """What the explained model itself writes behind beginnings of the text, where it can write; asked like all others."""
    if not isinstance(model, CausalClassifier):
        return []
    prompt = demonstrations_of(dataset, instance, label)
    return search.ask(continuations(BatchWriter(model.writer), prompt, instance, ranked), JOINED)


def _near(instance: Instance, sentences: Sequence[str], encoder: Sentences) -> list[str]:
    """Sentences by how near they are to the text."""
    ranked = sorted(zip(similarities(encoder, instance.text, sentences), sentences, strict=True), reverse=True)
    return [sentence for _, sentence in ranked]


def whole(move: Move, units: Sequence[Unit]) -> bool:
    """Whether a replaced single sign is a word by itself, and no part of one (as the model's tokens part a text without spaces)."""
    change = move.changes[0]
    return change.end - change.start > 1 or any(
        (unit.field, unit.start, unit.end) == (change.field, change.start, change.end) for unit in units
    )


def important(
    model: ExplainedModel, encoded: Encoded, units: Sequence[Unit], label: int, least: bool = False
) -> list[Unit]:
    """Words by how much a label gains (with `least`: loses) when they are masked, most first; punctuation is left out."""
    keep = torch.ones(len(units) + 1, len(encoded.tokens), dtype=torch.bool)
    for row, unit in enumerate(units):
        keep[row, list(unit.members)] = False
    scores = model.scores(encoded, keep).float().log_softmax(-1)[:, label]
    gains = (scores[:-1] - scores[-1]).tolist()
    ranked = sorted(zip(gains, units, strict=True), key=lambda pair: pair[0] if least else -pair[0])
    return [unit for _, unit in ranked if any(char.isalnum() for char in unit.text)]


def _flips(found: Sequence[Candidate]) -> list[Candidate]:
    return sorted((one for one in found if one.gain > 0), key=lambda one: one.rank)[:12]


def notes_of(instance: Instance, known: Table | None, found: int, wanted: int) -> tuple[Note, ...]:
    """What must be said aloud: that there are no words for the language, and that there are fewer edits than were asked for."""
    lacking: tuple[Note, ...] = () if known else (("no_table", (("language", instance.language or "?"),)),)
    fewer: tuple[Note, ...] = (("fewer_edits", (("found", str(found)), ("wanted", str(wanted)))),)
    return (*lacking, *fewer) if 0 < found < wanted else lacking
