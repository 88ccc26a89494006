"""Telling an attribution: the strongest words in a sentence, then a heat map a field."""

from __future__ import annotations

from collections.abc import Sequence

from agent.telling.base import Teller, tells, word
from agent.words import listed, number, percent, quoted, say
from core.blocks import Block, Heat, HeatToken, Text
from core.explanations import Attribution, Token
from core.script import is_word

NAMED = 3  # words that the sentence above a heat map names
DIGITS = 3  # of a score, which may be small


@tells(Attribution)
def attribution(teller: Teller, made: Attribution) -> list[Block]:
    """What the strongest words do in a sentence or two, then a heat map a field."""
    facts = {
        "label": teller.label(made.prediction.label),
        "confidence": percent(made.prediction.confidence, teller.language),
        "target": teller.label(made.target),
        "contrast": teller.label(made.contrast),
    }
    ranked = sorted(zip(made.scores, made.tokens, strict=True), key=lambda pair: -pair[0])
    strongest = _named(ranked, made.top or NAMED, teller.language)
    facts |= {"words": listed(strongest, teller.language), "written": made.written}
    sentences = [teller.say(key, **facts) for key in _keys(made, bool(strongest))]
    heats: list[Block] = [heat(teller, made, field, text) for field, text in made.prediction.instance.fields]
    limit = [Text(say("heat.top", teller.language, count=made.top))] if made.top else []
    return [*sentences, *heats, *limit]


def _named(ranked: Sequence[tuple[float, Token]], count: int, language: str) -> list[str]:
    """The `count` words with the highest scores above zero, in quotes; one that stands there twice is named once."""
    chosen = [pair for pair in ranked if is_word(pair[1].text)][:count]
    words = {token.text.casefold(): token.text for score, token in chosen if score > 0}
    return [quoted(text, language) for text in words.values()]


def _keys(made: Attribution, found: bool) -> list[str]:
    """The sentences for this kind of target and score; `found` says whether there is a word to name.

    Unsigned scores speak neither for nor against an answer, so the answer and what was measured stand apart.
    """
    if not found:
        return ["none_written" if made.written else "none_contrast" if made.contrast else "none"]
    if not made.signed:
        return ["writes" if made.written else "called", _measured(made)]
    if made.written:
        return ["written" if made.target.casefold() in made.written.casefold() else "forced"]
    return ["contrast" if made.contrast else "target" if made.target != made.prediction.label else "answer"]


def _measured(made: Attribution) -> str:
    """The sentence for unsigned scores: gradients are those of the target, attention and mixing know no target."""
    contrast = "_contrast" if made.unit == "gradient" and made.contrast else ""
    return f"unsigned_{made.unit}{contrast}"


def heat(teller: Teller, made: Attribution, field: str, text: str) -> Heat:
    """One field's words, coloured by score; the text between them is kept as it is."""
    own = [pair for pair in zip(made.tokens, made.scores, strict=True) if pair[0].field == field]
    chosen = _top(made)
    many = len(made.prediction.instance.fields) > 1
    return Heat(
        tokens=tuple(_heat_tokens(text, own, chosen, teller.language)),
        unit=say(f"unit.{made.unit}", teller.language),
        legend=_legend(teller, made),
        label=word("column", field, teller.language) if many else "",
    )


def _legend(teller: Teller, made: Attribution) -> tuple[str, str]:
    """What the two colours mean."""
    if not made.signed:
        return say(f"unsigned.{made.unit}", teller.language), ""
    against = made.contrast or made.target
    opposes = "supports" if made.contrast else "opposes"
    return (
        say("heat.supports", teller.language, label=teller.label(made.target)),
        say(f"heat.{opposes}", teller.language, label=teller.label(against)),
    )


def _top(made: Attribution) -> set[Token]:
    """The units that are coloured: all, or the `top` words with the largest scores (punctuation is no word)."""
    if not made.top:
        return set(made.tokens)
    ranked = sorted(zip(made.scores, made.tokens, strict=True), key=lambda pair: -abs(pair[0]))
    return set([token for _, token in ranked if is_word(token.text)][: made.top])


def _heat_tokens(text: str, own: list[tuple[Token, float]], chosen: set[Token], language: str) -> list[HeatToken]:
    """The units with the text between them; the text before the first and what no unit covers is shown without colour."""
    made = []
    place = 0
    for index, (token, score) in enumerate(own):
        if token.start > place:
            made.append(HeatToken(text[place : token.start], "", 0.0, shown=False))
        following = own[index + 1][0].start if index + 1 < len(own) else len(text)
        after = text[token.end : following] if text[token.end : following].isspace() else ""
        said = number(score, language, DIGITS, sign=True)
        made.append(HeatToken(text[token.start : token.end], after, score, shown=token in chosen, said=said))
        place = token.end + len(after)
    if place < len(text):
        made.append(HeatToken(text[place:], "", 0.0, shown=False))
    return made
