"""Rationales: a language model writes why another model answered as it did, told the answer and its strongest words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Protocol

from core.data import Instance, Schema
from core.errors import UserError
from core.explanations import Attribution, Rationale, Token
from core.languages import graphemes, languages
from core.progress import Progress
from core.provenance import Provenance
from core.words import FALLBACK
from explainers.base import Note, attribute
from explainers.rationales.cited import cited
from explainers.rationales.clean import enough, kept, own, useless
from explainers.rationales.prompt import LONGEST, STEP_BY_STEP, Brief, Prompt, prompt
from explainers.rationales.spoken import spoken
from models.base import ExplainedModel

STEP = "generate"  # the key under `step` that writing reports its progress with
TOKENS = 80  # two sentences; a writer that has said them is stopped before
SPELLED = 3  # times as many where the writer spells a script out in small pieces
SPELLED_IN = frozenset({"te", "hi", "bn", "ta", "th"})
METHODS = {"logit": "integrated_gradients", "log_probability": "occlusion"}  # by the unit of the model's scores
REWRITTEN = "rewritten"  # the note that a draft was written without the text
LANGUAGE, UNCITED = "language", "uncited"  # what else is wrong with an answer, beside explainers.rationales.clean


class Writer(Protocol):
    """A model that writes: models.generation.generator.CausalGenerator."""

    @property
    def name(self) -> str: ...
    def stream(
        self, prompt: str, tokens: int, seed: int = 0, stop: Callable[[], bool] = ..., opening: str = ""
    ) -> Iterator[str]:
        """The answer in parts; `opening` is how it begins, and is not written again."""
        ...


@dataclass(frozen=True)
class Draft:
    """An answer of the writer, tidy, and what is wrong with it ("" where nothing is)."""

    text: str
    own: str
    """The answer without the opening that was put into the writer's mouth."""
    wrong: str


def rationalize(
    model: ExplainedModel,
    instance: Instance,
    writer: Writer,
    language: str,
    style: str = "plain",
    audience: str = "user",
    seed: int = 0,
    progress: Progress | None = None,
) -> Rationale:
    """Why the model answered so, in words of `writer`, who is told the answer and the strongest words of an attribution.

    A language that fails twice is given up for English, with a note. Raises UserError("no_rationale") where nothing usable comes,
    and what `attribute` raises; Stopped.
    """
    progress = progress or Progress()
    found = measured(model, instance, seed, progress)
    made, wrong = reason(found, model.schema, writer, language, style, audience, seed, progress)
    if wrong == LANGUAGE and language != FALLBACK:
        made, wrong = reason(found, model.schema, writer, FALLBACK, style, audience, seed, progress)
        note = ("rationale_language", (("spoken", languages()[language].native),))
        made = made and replace(made, provenance=replace(made.provenance, notes=(*made.provenance.notes, note)))
    if made is None:
        raise UserError("no_rationale", writer=writer.name)
    return made


def measured(model: ExplainedModel, instance: Instance, seed: int, progress: Progress) -> Attribution:
    """The attribution whose words a rationale is about."""
    return attribute(model, instance, METHODS[model.unit], seed=seed, progress=progress, fallback=True)


def reason(
    found: Attribution,
    schema: Schema,
    writer: Writer,
    language: str,
    style: str,
    audience: str,
    seed: int,
    progress: Progress,
) -> tuple[Rationale | None, str]:
    """The rationale of an attribution in one language; where nothing usable comes none, and what was wrong with the last draft.

    What is empty, echoes the prompt, names no word or is in another language is written once more without the text and with
    stricter words. Greedy: the same request, the same text. Raises Stopped.
    """
    brief = brief_of(found, schema, language, style, audience)
    made, notes = _written(writer, brief, seed, progress)
    if made.wrong not in ("", UNCITED):
        return None, made.wrong
    every = (*found.provenance.notes, *_cut(found.prediction.instance), *notes)
    return Rationale(
        prediction=found.prediction,
        text=made.text,
        cited=named(made.own, found, brief.labels),
        generator=writer.name,
        style=style,
        audience=audience,
        language=language,
        attribution=found,
        provenance=Provenance(method=found.method, seed=seed, notes=every),
    ), ""


def named(said: str, found: Attribution, labels: tuple[tuple[str, str], ...]) -> tuple[Token, ...]:
    """The words of the text that an answer names."""
    every = [word for pair in labels for word in pair]
    return cited(said, found.tokens, found.prediction.instance, every)


def brief_of(found: Attribution, schema: Schema, language: str, style: str, audience: str) -> Brief:
    """What is to be written, with the labels as people of the language say them."""
    labels = tuple((label, schema.label_in(label, language)) for label in found.prediction.labels)
    return Brief(found, style, audience, language, labels)


def _written(writer: Writer, brief: Brief, seed: int, progress: Progress) -> tuple[Draft, tuple[Note, ...]]:
    """The first draft, or where something is wrong with it the second, with a note."""
    first = draft(writer, brief, False, seed, progress)
    if not first.wrong:
        return first, ()
    second = draft(writer, brief, True, seed, progress)
    if second.wrong and first.wrong == UNCITED:
        return first, ()
    return second, ((REWRITTEN, ()),)


def draft(writer: Writer, brief: Brief, strict: bool, seed: int, progress: Progress) -> Draft:
    """One explanation by the writer."""
    return answer(writer, brief, prompt(brief, strict), seed, progress)


def answer(writer: Writer, brief: Brief, asked: Prompt, seed: int, progress: Progress) -> Draft:
    """What the writer answers to a prompt, stopped as soon as it has said what was asked for."""
    stepwise = brief.style == STEP_BY_STEP
    limit = TOKENS * (SPELLED if brief.language in SPELLED_IN else 1)
    said, count = "", 0
    progress(STEP, 0.0)
    for written in writer.stream(asked.text, limit, seed, opening=asked.opening):
        said, count = said + written, count + 1
        progress(STEP, count / limit)
        if enough(said, asked.opening, stepwise):
            break
    text = kept(said, asked.opening, stepwise)
    part = own(text, asked.opening)
    return Draft(text, part, flaw(part, asked.text, brief))


def flaw(part: str, asked: str, brief: Brief) -> str:
    """What is wrong with the writer's part of an answer to the prompt `asked`; "" for nothing."""
    if found := useless(part, asked):
        return found
    if spoken(part, brief.language) is False:
        return LANGUAGE
    return "" if named(part, brief.attribution, brief.labels) else UNCITED


def _cut(instance: Instance) -> tuple[Note, ...]:
    """Said where the writer did not read the whole text."""
    long = any(len(graphemes(text)) > LONGEST for _, text in instance.fields)
    return (("writer_cut", (("count", str(LONGEST)),)),) if long else ()
