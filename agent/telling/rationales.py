"""Telling a rationale: who wrote it about what, the text itself, and the heat map with the words that it names marked."""

from __future__ import annotations

from dataclasses import replace

from agent.telling.attributions import heat
from agent.telling.base import Teller, tells
from agent.words import listed, percent, say
from core.blocks import Block, Heat, Notice, Text
from core.explanations import Rationale
from models.catalog import catalog


@tells(Rationale)
def rationale(teller: Teller, made: Rationale) -> list[Block]:
    """A notice that a language model wrote it, the answer, the text, the words it names, and a heat map a field."""
    facts = {
        "label": teller.label(made.prediction.label),
        "confidence": percent(made.prediction.confidence, teller.language),
    }
    told: list[Block] = [teller.say("answer", **facts), Text(made.text)]
    told.append(
        Notice("note", teller.say("written", writer=title(made.generator), model=title(made.provenance.model)).text)
    )
    words = list(dict.fromkeys(say("format.quote", teller.language, text=token.text) for token in made.cited))
    told.append(teller.say("cited", words=listed(words, teller.language)) if words else teller.say("uncited"))
    if made.attribution is None:
        return told
    return [*told, *(marked(teller, made, field, text) for field, text in made.prediction.instance.fields)]


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
