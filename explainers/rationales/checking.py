"""Rationales of a data set under test: all that can be measured of each, the figures that are too dear for the chat among them."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from core.data import Dataset, Instance
from core.explanations import Attribution, Rationale
from core.faithfulness import Faithfulness
from core.progress import Progress
from core.script import is_word
from explainers.base import attribute
from explainers.edits.figures import Sentences
from explainers.edits.lexicon import training_rows
from explainers.edits.text import words_of
from explainers.metrics.rationale import judge_rationale
from explainers.metrics.rationale_base import BUDGET, Case, Told
from explainers.metrics.rationale_edits import writing
from explainers.rationale import Writer, brief_of, measured, reason
from explainers.rationales.prompt import prompt
from explainers.rationales.reader import Reader
from models.base import ExplainedModel

DRAWN = 3  # rationales of the same text by other seeds
OTHERS = 8  # rationales of other texts, to compare with
WORDS = 500  # training words that may be put into a text
Likely = Callable[[Sequence[tuple[str, str]]], list[tuple[float, ...]]]
"""For each prompt and answer the writer's log-probability, in nats, of each of the answer's tokens."""


@dataclass(frozen=True)
class Tools:
    """Who writes and who judges. `writer` writes as in the chat; `drawing` is the same model drawing its tokens, so that seeds matter.

    `dataset` lends the words that are put into texts; `budget` is the number of variants of a text for CC-SHAP.
    """

    writer: Writer
    drawing: Writer
    likely: Likely
    reader: Reader | None
    encoder: Sentences
    dataset: Dataset
    budget: int = BUDGET


def rationales(
    model: ExplainedModel, asked: Sequence[tuple[Instance, str]], writer: Writer, seed: int, progress: Progress
) -> list[Rationale]:
    """The rationale of each text in the language beside it; texts about which nothing usable is written are left out."""
    maps = ((measured(model, row, seed, progress), language) for row, language in asked)
    found = (reason(one, model.schema, writer, language, "plain", "user", seed, progress)[0] for one, language in maps)
    return [one for one in found if one]


def check(
    model: ExplainedModel,
    made: Rationale,
    every: Sequence[Rationale],
    tools: Tools,
    draws: int,
    seed: int,
    progress: Progress,
) -> Faithfulness:
    """How far a rationale holds, all metrics included; those of other texts among `every` are what it is compared with."""
    case = Case(
        model,
        made,
        told=telling(model, made, tools.likely, progress),
        again=writing(model, made, tools.writer, progress),
        drawn=_drawn(model, made, tools.drawing, progress),
        others=_others(made, every),
        reader=tools.reader,
        encoder=tools.encoder,
        words=_words(tools.dataset, made.prediction.instance.language, seed),
        budget=tools.budget,
        seed=seed,
        progress=progress,
    )
    return judge_rationale(model, made, draws, seed, progress, case)


def telling(model: ExplainedModel, made: Rationale, likely: Likely, progress: Progress) -> Told:
    """How likely the writer finds the rationale, had the text been another: it is told the same answer and that text's strongest words."""

    def told(variants: Sequence[Instance]) -> list[tuple[float, ...]]:
        briefs = (
            brief_of(_mapped(model, made, one, progress), model.schema, made.language, made.style, made.audience)
            for one in variants
        )
        return likely([(prompt(brief).text, made.text) for brief in briefs])

    return told


def _mapped(model: ExplainedModel, made: Rationale, variant: Instance, progress: Progress) -> Attribution:
    """The variant's map towards the answer that the rationale is about; without words where none is left."""
    said, seed = made.prediction, made.provenance.seed
    if is_word(variant.text):
        found = attribute(model, variant, made.provenance.method, said.label, seed=seed, progress=progress)
    else:
        found = Attribution(said, said.label, made.provenance.method, (), (), model.unit)
    return replace(found, prediction=replace(said, instance=variant))


def _drawn(model: ExplainedModel, made: Rationale, writer: Writer, progress: Progress) -> tuple[Rationale, ...]:
    """Rationales of the same map by other seeds; seeds that write nothing usable are left out."""
    if made.attribution is None:
        return ()
    asked = (made.attribution, model.schema, writer, made.language, made.style, made.audience)
    first = made.provenance.seed + 1
    found = (reason(*asked, seed, progress)[0] for seed in range(first, first + DRAWN))
    return tuple(one for one in found if one)


def _others(made: Rationale, every: Sequence[Rationale]) -> tuple[str, ...]:
    """Rationales of other texts in the same language."""
    own = made.prediction.instance.fields
    return tuple(one.text for one in every if one.language == made.language and one.prediction.instance.fields != own)[
        :OTHERS
    ]


def _words(dataset: Dataset, language: str, seed: int) -> tuple[str, ...]:
    """Training words of the language that may be put into a text, numbers left out."""
    every = {word for row in training_rows(dataset, language) for word in words_of(row.text)}
    known = sorted(word for word in every if not any(map(str.isdigit, word)))
    return tuple(random.Random(seed).sample(known, min(WORDS, len(known))))
