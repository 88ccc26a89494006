"""Explanation in words."""

from __future__ import annotations

from dataclasses import replace

from core.dialogue import Request
from core.domains import Choice
from core.errors import UserError
from core.explanations import Rationale
from core.languages import languages
from core.operation import ONE_INSTANCE, Context, Slot, operation
from core.tutorials import AUDIENCES
from core.words import FALLBACK
from explainers.base import Note
from explainers.rationale import Writer, measured, reason
from explainers.rationales.compose import composed
from explainers.rationales.prompt import STYLES
from explainers.rationales.refine import refined
from models.base import PREDICT
from models.catalog import REMOTE, find

NO, YES = "no", "yes"
ANY = "multilingual"  # what a catalogue row says of a model for any language
SMALLER = "qwen-coder-0.5b"  # for machines on which the default writer does not fit; it often only repeats the text
TOO_MUCH = ("out_of_memory", "no_network", "disk_full", "fetch_failed")  # what a smaller writer may still manage


@operation(
    group="attribution",
    scope=ONE_INSTANCE,
    gives=Rationale,
    needs=frozenset({PREDICT}),
    slots=(
        Slot("audience", Choice(AUDIENCES), default="user"),
        Slot("refine", Choice((NO, YES)), default=NO),
        Slot("style", Choice(STYLES), default="plain"),
    ),
    judged_by=("masked_words", "cited_strong", "rationale_language"),
    text=True,
)
def rationalize(request: Request, context: Context) -> Rationale:
    """A reason in words, written by a language model that is told the answer and the words that weighed most."""
    model = context.model  # before the writer: it may need the same weights, or the room
    named, spoken = context.library.settings.writer, request.language
    seed, progress = request.seed, context.progress
    style, audience = str(request.slot("style") or "plain"), str(request.slot("audience") or "user")
    refine = request.slot("refine") == YES
    uncriticised: tuple[Note, ...] = (("composed_refine", ()),) if refine else ()
    if not speaks(named, spoken):
        found = measured(model, context.instances[0], seed, progress)
        return composed(model, found, spoken, style, audience, (_note("composed", named, spoken), *uncriticised))
    writer, notes = writer_of(context)
    found = measured(model, context.instances[0], seed, progress)
    made, _ = reason(found, model.schema, writer, spoken, style, audience, seed, progress)
    if made is None:
        tried = _note("composed_tried", writer.name, spoken)
        return composed(model, found, spoken, style, audience, (*notes, tried, *uncriticised))
    if refine:
        made = refined(model, made, writer, context.draws, progress)
    return replace(made, provenance=replace(made.provenance, notes=(*made.provenance.notes, *notes)))


def _note(key: str, writer: str, language: str) -> Note:
    return key, (("writer", find(writer).title), ("spoken", languages()[language].native))


def writer_of(context: Context) -> tuple[Writer, tuple[Note, ...]]:
    """The writer of the settings; where it does not fit or cannot be fetched a smaller one, with a note."""
    settings = context.library.settings
    row = find(settings.writer)
    fetched: tuple[Note, ...] = ()
    if not context.library.has(settings.writer):
        fetched = (("downloaded", (("model", row.title), ("size", str(row.download_mb)))),)
    if row.kind == REMOTE:
        fetched = (("remote", (("model", row.title), ("address", row.source.rpartition("@")[2]))),)
    try:
        return context.library.generator(settings.writer, settings.precision, context.progress), fetched
    except UserError as error:
        if error.kind not in TOO_MUCH or settings.writer == SMALLER:
            raise
    smaller = context.library.generator(SMALLER, settings.precision, context.progress)
    return smaller, (("smaller_writer", (("wanted", row.title), ("used", find(SMALLER).title))),)


def speaks(writer: str, language: str) -> bool:
    """Whether a writer's makers name the language, or none in particular.

    A writer that never learned a script spells it out in bytes: minutes for a sentence that nobody can read.
    """
    known = find(writer).languages
    return not known or ANY in known or language in known


def language_of(writer: Writer, wanted: str) -> tuple[str, tuple[Note, ...]]:
    """The language to write in: English, with a note, where the writer does not speak the one wanted."""
    if speaks(writer.name, wanted):
        return wanted, ()
    return FALLBACK, (
        ("writer_language", (("writer", find(writer.name).title), ("spoken", languages()[wanted].native))),
    )
