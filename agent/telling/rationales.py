"""Telling a rationale: who wrote it about what, the text itself, and the heat map with the words that it names marked."""

from __future__ import annotations

from dataclasses import replace

from agent.telling.attributions import heat
from agent.telling.base import Teller, tells
from agent.words import METRICS, listed, number, percent, quoted
from core.blocks import Block, Fold, Heat, Notice, Rows, Text
from core.explanations import Rationale
from core.refinements import COMPOSED, Refinement, worse
from core.script import is_word
from models.catalog import catalog


@tells(Rationale)
def rationale(teller: Teller, made: Rationale) -> list[Block]:
    """A notice that a language model wrote it, the answer, the text, the words it names, and a heat map a field."""
    facts = {
        "label": teller.label(made.prediction.label),
        "confidence": percent(made.prediction.confidence, teller.language),
    }
    # A composed one begins with the answer
    said = [] if made.generator == COMPOSED else [teller.say("answer", **facts)]
    told: list[Block] = [*said, Text(made.text), _author(teller, made)]
    if made.refinement:
        told += _refined(teller, made.refinement)
    words = list(dict.fromkeys(quoted(token.text, teller.language) for token in made.cited))
    told.append(teller.say("cited", words=listed(words, teller.language)) if words else teller.say("uncited"))
    if made.attribution is None:
        return told
    return [*told, *(marked(teller, made, field, text) for field, text in made.prediction.instance.fields)]


def _author(teller: Teller, made: Rationale) -> Notice:
    """Who wrote it about what; a language model, or nobody."""
    if made.generator == COMPOSED:
        return Notice("note", teller.say("composed" if _goes_without(made) else "composed_alone").text)
    return Notice("note", teller.say("written", writer=title(made.generator), model=title(made.provenance.model)).text)


def _goes_without(made: Rationale) -> bool:
    """Whether a composed text says what the model answers without the words named: words of the text must be left then."""
    tokens = made.attribution.tokens if made.attribution else ()
    return bool(made.cited) and any(is_word(token.text) for token in tokens if token not in made.cited)


def _refined(teller: Teller, made: Refinement) -> list[Block]:
    """What became of the criticism, and draft, criticism, new version and checks behind a title."""
    names = [METRICS.say(f"metric.{name}.title", teller.language) for name, one, two in made.checks if worse(one, two)]
    said = teller.say(f"refined.{made.outcome}", checks=listed(names, teller.language))
    texts = [("draft", made.draft), ("criticism", made.criticism), ("again", made.again)]
    parts: list[Text | Rows] = [teller.say(f"refined.{key}_of", text=text) for key, text in texts if text]
    titles = ("", *(teller.say(f"refined.{key}").text for key in ("draft", "again")))
    cells = [
        (METRICS.say(f"metric.{name}.title", teller.language), _figure(teller, one), _figure(teller, two))
        for name, one, two in made.checks
    ]
    if cells:
        parts += [Rows(titles, tuple(cells)), teller.say("refined.less")]
    return [Notice("note", said.text), Fold(teller.say("refined.title").text, tuple(parts))]


def _figure(teller: Teller, value: float | None) -> str:
    return "–" if value is None else number(value, teller.language, 3)


def title(name: str) -> str:
    """A model's name for people."""
    return catalog()[name].title if name in catalog() else name


def marked(teller: Teller, made: Rationale, field: str, text: str) -> Heat:
    """One field's heat map; words that the text names carry a mark."""
    if made.attribution is None:
        raise ValueError("a rationale without attribution has no heat map")
    plain = heat(teller, made.attribution, field, text)
    starts = {token.start for token in made.cited if token.field == field}
    place, tokens = 0, []
    for token in plain.tokens:
        tokens.append(replace(token, marked=place in starts))
        place += len(token.text) + len(token.after)
    return replace(plain, tokens=tuple(tokens), mark=teller.say("mark").text)
