"""A reason put together from measured words, for readers whose language no writer at hand can write: no language model has a part in it."""

from __future__ import annotations

import torch

from core.delimit import material
from core.explanations import Attribution, Rationale, Token
from core.provenance import Provenance
from core.refinements import COMPOSED
from core.words import words_beside
from explainers.base import Note, explained_units
from explainers.metrics.variants import mask
from explainers.rationale import brief_of
from explainers.rationales.prompt import CONTRASTIVE, STEP_BY_STEP, Brief, opposing, strongest
from models.base import ExplainedModel

WORDS = words_beside(__file__)
MOST = 3  # words: the sentence stays one that can be read aloud
Word = tuple[str, float]


def composed(
    model: ExplainedModel, found: Attribution, language: str, style: str, audience: str, notes: tuple[Note, ...] = ()
) -> Rationale:
    """The answer, the strongest words of the attribution, and what the model answers without them, in fixed sentences of a language.

    Everything in it is measured; nothing says how words and answer hang together, which only a writer could make up. One model call.
    """
    brief = brief_of(found, model.schema, language, style, audience)
    chosen = strongest(found)[:MOST]
    names = {word for word, _ in chosen}
    cited = tuple(token for token in found.tokens if material(token.text) in names)
    parts = [_answer(brief), _reason(brief, chosen)]
    if cited and (chances := _without(model, found, cited)):
        parts.append(told_without(brief, chances))
    if audience == "expert" and (against := opposing(found)):
        parts.append(_say(brief, "against", words=_listed(brief, against, "weighed")))
    return Rationale(
        prediction=found.prediction,
        text=_joined(brief, parts),
        cited=cited,
        generator=COMPOSED,
        style=style,
        audience=audience,
        language=language,
        attribution=found,
        provenance=Provenance(method=found.method, seed=found.provenance.seed, notes=(*found.provenance.notes, *notes)),
    )


def _answer(brief: Brief) -> str:
    made = brief.attribution.prediction
    second = sorted(made.probabilities)[-2] if len(made.probabilities) > 1 else 0.0
    facts = {**brief.facts, "confidence": _percent(brief, made.confidence), "second": _percent(brief, second)}
    return _say(brief, "contrast" if brief.style == CONTRASTIVE else "answer", **facts)


def _reason(brief: Brief, chosen: list[Word]) -> str:
    kind = "weighed" if brief.audience == "expert" else "quote"
    return _say(brief, "words", words=_listed(brief, chosen, kind)) if chosen else _say(brief, "none")


def _without(model: ExplainedModel, found: Attribution, cited: tuple[Token, ...]) -> tuple[float, ...]:
    """The probability of each label without these words; none where no word would be left."""
    encoded = model.encode(found.prediction.instance)
    units = explained_units(encoded, found.granularity)
    gone = {(token.field, token.start, token.end) for token in cited}
    left = [place for place, unit in enumerate(units) if (unit.field, unit.start, unit.end) not in gone]
    if not any(char.isalnum() for place in left for char in units[place].text):
        return ()
    scores = model.scores(encoded, mask([frozenset(left)], units, len(encoded.tokens)), delete=True)
    return tuple(torch.softmax(scores[0].double(), -1).tolist())


def told_without(brief: Brief, chances: tuple[float, ...]) -> str:
    """What the model answers then: another label, or the same with less confidence, or with no less to be seen."""
    made = brief.attribution.prediction
    share = max(chances)
    label, shown = made.labels[chances.index(share)], _percent(brief, share)
    lower = share < made.confidence and shown != _percent(brief, made.confidence)
    key = "other" if label != made.label else "lower" if lower else "same"
    return _say(brief, f"without.{key}", label=brief.label(label), share=shown)


def _joined(brief: Brief, parts: list[str]) -> str:
    if brief.style == STEP_BY_STEP:
        return "\n".join(f"{number}. {part}" for number, part in enumerate(parts, 1))
    return str(WORDS.get("gap", brief.language)).join(parts)


def _listed(brief: Brief, found: list[Word], key: str) -> str:
    said = [_say(brief, key, text=word, score=_signed(brief, score)) for word, score in found]
    return _say(brief, "between").join(said)


def _signed(brief: Brief, score: float) -> str:
    return f"{score:+.2f}".replace("-", "−").replace(".", _say(brief, "decimal"))


def _percent(brief: Brief, share: float) -> str:
    """Never 0 or 100 for what is not quite that."""
    shown = ">99" if share >= 0.995 else "<1" if share < 0.005 else f"{100 * share:.0f}"
    return _say(brief, "percent", number=shown)


def _say(brief: Brief, key: str, **facts: str) -> str:
    return WORDS.say(key, brief.language, **facts)
