"""Do edits hold? The model is asked again, a second classifier is asked, and random words are changed to compare."""

from __future__ import annotations

import random
from collections.abc import Sequence
from statistics import fmean

from core.data import Dataset, Instance
from core.explanations import AUGMENT, COUNTERFACTUAL, Edit, Edits
from core.faithfulness import BETTER, NO_BETTER, UNCLEAR, Faithfulness, Score
from core.progress import Progress
from core.script import PIECE, is_word, unspaced
from explainers.edits.figures import Sentences, similarities
from explainers.edits.lexicon import training_rows
from explainers.edits.second import Second, second
from explainers.edits.text import Change, Move, words_of, written
from explainers.metrics.verdict import LARGE, SMALL, p_value
from models.base import ExplainedModel

STEP = "judge"
FEWEST = 10  # random changes, or no verdict could be given
EDITS, VARIANTS = "edits", "variants"  # name the sentences that tell the verdict


def judge_edits(
    model: ExplainedModel,
    edits: Edits,
    dataset: Dataset,
    encoder: Sentences | None,
    draws: int = 20,
    seed: int = 0,
    progress: Progress | None = None,
) -> Faithfulness:
    """Edits beside random ones that change as many words of the same text into words of the training rows.

    For counterfactual and adversarial edits the test is how often random ones make the model answer so; for wordings that
    keep the label, how close random ones of the same size stay to the text (cosine): where all of them change marks only, there
    are none. Rank tests as explainers.metrics.verdict has them.
    """
    progress = progress or Progress()
    about = VARIANTS if edits.kind == AUGMENT else EDITS
    if not edits.edits:
        return Faithfulness(UNCLEAR, "no_edit", (), about)
    progress(STEP, 0.0)
    rows = control(edits, dataset, max(FEWEST, draws), seed)
    own = [claimed(edits, one.label, "") for one in model.predict([edit.prediction.instance for edit in edits.edits])]
    chance = [claimed(edits, one.label, "") for one in model.predict(rows)]
    progress(STEP, 0.6)
    alike = similarities(encoder, edits.original.instance.text, [row.text for row in rows]) if encoder else []
    scores = (
        Score("flip", _share(own), tuple(map(float, chance)), 0.0, 1.0),
        *_second_scores(edits, second(dataset, edits.original.instance.language), rows),
        *_sizes(edits, alike),
    )
    progress(STEP, 1.0)
    return Faithfulness(*_verdict(edits, own, chance, alike), scores, about)


def _verdict(edits: Edits, own: Sequence[bool], chance: Sequence[bool], alike: Sequence[float]) -> tuple[str, str]:
    """The verdict and its reason."""
    if edits.kind == AUGMENT and not _sized(edits):
        return UNCLEAR, "only_marks"
    if not all(own):
        return UNCLEAR, "not_confirmed"
    p = _closeness(edits, alike) if edits.kind == AUGMENT else (1 + sum(chance)) / (1 + len(chance))
    if p <= SMALL:
        return BETTER, ""
    return (NO_BETTER, "") if p > LARGE else (UNCLEAR, "close_edits")


def _sizes(edits: Edits, alike: Sequence[float]) -> tuple[Score, ...]:
    """How much of the text changed, how much of its meaning stayed (beside the random changes), and how fluent it still is."""
    words = max(1, len(words_of(edits.original.instance.text)))
    return (
        Score("edit_share", fmean(edit.changed for edit in edits.edits) / words, best="lower"),
        Score("similarity", fmean(edit.similarity for edit in edits.edits), tuple(alike), -1.0, 1.0),
        _fluency(edits.edits),
    )


def claimed(edits: Edits, label: str, unchanged: str) -> bool:
    """Whether this answer is the one that the edits are for; `unchanged` is the answer to the text as it was, "" for the model's."""
    before = unchanged or edits.original.label
    if edits.kind == AUGMENT:
        return label == before
    return label == edits.target if edits.target else label != before


def control(edits: Edits, dataset: Dataset, draws: int, seed: int) -> list[Instance]:
    """Texts in which as many random words as an edit changed are random words of the training rows instead (where there are none
    of the language: of the text itself). The edits that are compared take turns.
    """
    instance = edits.original.instance
    source = random.Random(seed)
    learned = {word for row in training_rows(dataset, instance.language) for word in words_of(row.text)}
    known = sorted(learned or words_of(instance.text)) or ["–"]
    places = [
        (field, *match.span())
        for field, text in instance.fields
        for match in PIECE.finditer(text)
        if is_word(match.group())
    ]
    sizes = [edit.changed for edit in _sized(edits)] or [1]
    return [_random_row(instance, places, sizes[draw % len(sizes)], known, source) for draw in range(draws)]


def _sized(edits: Edits) -> list[Edit]:
    """The edits that random ones are as large as: every wording that changes words, and the first of other edits."""
    return [edit for edit in (edits.edits if edits.kind == AUGMENT else edits.edits[:1]) if edit.changed]


def _random_row(
    instance: Instance, places: Sequence[tuple[str, int, int]], count: int, known: Sequence[str], source: random.Random
) -> Instance:
    """`count` of the words replaced; as many as the text is short of stand at its end."""
    chosen = source.sample(places, min(count, len(places)))
    changes = [Change(field, start, end, source.choice(known)) for field, start, end in chosen]
    field, text = instance.fields[-1]
    gap = "" if unspaced(text) else " "
    more = "".join(gap + source.choice(known) for _ in range(count - len(chosen)))
    return written(instance, (Move((*changes, Change(field, len(text), len(text), more)), "random"),))


def _second_scores(edits: Edits, judge: Second | None, rows: Sequence[Instance]) -> tuple[Score, ...]:
    """How often the second classifier gives the label claimed: the model's new one, or, where none should change, its own old one."""
    if judge is None:
        return (Score("judge_agrees", None, reason="no_judge"), Score("judge_accuracy", None, reason="no_judge"))
    before = judge.labels_of([edits.original.instance])[0]
    wanted = [edit.prediction.label if edits.kind == COUNTERFACTUAL else before for edit in edits.edits]
    own = [edit.judge == label for edit, label in zip(edits.edits, wanted, strict=True)]
    chance = [label == wanted[0] for label in judge.labels_of(rows)]
    return (
        Score("judge_agrees", _share(own), tuple(map(float, chance)), 0.0, 1.0),
        Score("judge_accuracy", judge.right / judge.total if judge.total else None, reason="no_judge"),
    )


def _fluency(edits: Sequence[Edit]) -> Score:
    known = [edit.fluency for edit in edits if edit.fluency is not None]
    return Score("fluency", fmean(known) if known else None, best="lower", reason="" if known else "not_measured")


def _closeness(edits: Edits, alike: Sequence[float]) -> float:
    """How likely a random change stays as close to the text, each beside the mean of the random ones of its size."""
    if not alike:
        return 1.0
    sized = _sized(edits)
    usual = [fmean(alike[place :: len(sized)]) for place in range(len(sized))]
    own = fmean(edit.similarity - mean for edit, mean in zip(sized, usual, strict=True))
    return p_value(own, [cosine - usual[place % len(sized)] for place, cosine in enumerate(alike)], everything=False)


def _share(found: Sequence[bool]) -> float:
    return sum(found) / len(found)
