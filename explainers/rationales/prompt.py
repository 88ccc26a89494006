"""What the writer of a rationale reads: the text as material between marks, the model's own answer, and its strongest words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.delimit import material, named, quotable
from core.explanations import Attribution
from core.languages import shorten
from core.words import words_beside

WORDS = words_beside(__file__)
PLAIN, STEP_BY_STEP, CONTRASTIVE = "plain", "step_by_step", "contrastive"
STYLES = (PLAIN, STEP_BY_STEP, CONTRASTIVE)
LONGEST = 600  # graphemes of a field that the writer reads: a prompt is read at some 30 tokens a second
NAMED, AGAINST = 5, 2  # strongest words that it is told
SHARE = 0.2  # of the strongest word's score: weaker words are not told


@dataclass(frozen=True)
class Prompt:
    """A user's turn, and how the answer begins."""

    text: str
    opening: str


@dataclass(frozen=True)
class Brief:
    """What is to be written: about which attribution, in which style, for whom, in which language."""

    attribution: Attribution
    style: str
    audience: str
    language: str
    labels: tuple[tuple[str, str], ...]
    """Each label as people of the language say it."""

    def label(self, name: str) -> str:
        """The label in words; of a visitor's own data, a stranger's words."""
        return quotable(dict(self.labels).get(name, name))

    @property
    def facts(self) -> dict[str, str]:
        """The answer, and the label that came second."""
        made = self.attribution.prediction
        order = sorted(range(len(made.labels)), key=lambda place: -made.probabilities[place])
        other = made.labels[order[1]] if len(order) > 1 else made.label
        return {"label": self.label(made.label), "other": self.label(other), "confidence": f"{made.confidence:.0%}"}


def prompt(brief: Brief, strict: bool = False) -> Prompt:
    """The prompt; a `strict` one leaves the text out (nothing in it can lead astray) and insists on the language."""
    asked = [wanted(brief), *([_say(brief, "strict")] if strict else [])]
    return Prompt("\n".join([*known(brief, strict), " ".join(asked)]), opening(brief))


def known(brief: Brief, strict: bool = False) -> list[str]:
    """What the writer is told: the text as material, the answer, the strongest words."""
    lines = [_say(brief, "bare") if strict else _say(brief, "frame", text=_material(brief))]
    lines.append(_say(brief, "answer", **brief.facts))
    return lines + [_say(brief, key, words=_listed(brief, found)) for key, found in _told(brief) if found]


def wanted(brief: Brief) -> str:
    """What it is to write, and for whom."""
    return " ".join([_say(brief, brief.style, **brief.facts), _say(brief, brief.audience)])


def opening(brief: Brief) -> str:
    """How the answer begins."""
    return _say(brief, f"opening.{brief.style}", **brief.facts)


def strongest(attribution: Attribution) -> list[tuple[str, float]]:
    """The words that speak for the answer, strongest first, each once."""
    return _ranked(attribution, 1.0)[:NAMED]


def opposing(attribution: Attribution) -> list[tuple[str, float]]:
    """The words that speak against it."""
    return _ranked(attribution, -1.0)[:AGAINST] if attribution.signed else []


def _told(brief: Brief) -> list[tuple[str, list[tuple[str, float]]]]:
    """The words that the writer is told; those against the answer only for experts, since small writers mix them up."""
    told = [("supports", strongest(brief.attribution))]
    return [*told, ("opposes", opposing(brief.attribution))] if brief.audience == "expert" else told


def _ranked(attribution: Attribution, sign: float) -> list[tuple[str, float]]:
    top = max((abs(score) for score in attribution.scores), default=0.0)
    pairs = sorted(zip(attribution.scores, attribution.tokens, strict=True), key=lambda pair: -sign * pair[0])
    found: dict[str, float] = {}
    for score, token in pairs:  # of a word that is there twice, the stronger place counts
        if sign * score > SHARE * top and any(char.isalnum() for char in token.text):
            found.setdefault(material(token.text), score)
    return list(found.items())


def _listed(brief: Brief, found: Sequence[tuple[str, float]]) -> str:
    key = "weighed" if brief.audience == "expert" else "quote"
    said = [
        _say(brief, key, text=word, **({"score": f"{score:+.2f}"} if key == "weighed" else {})) for word, score in found
    ]
    return _say(brief, "between").join(said)


def _material(brief: Brief) -> str:
    """The fields, shortened, without anything that looks like the marks around them."""
    fields = brief.attribution.prediction.instance.fields
    said = [
        f"{named(name)}: {shorten(text, LONGEST)}" if len(fields) > 1 else shorten(text, LONGEST)
        for name, text in fields
    ]
    return material("\n".join(said))


def _say(brief: Brief, key: str, **facts: str) -> str:
    return WORDS.say(key, brief.language, **facts)
