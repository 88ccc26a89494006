"""A heat map as HTML: signed scores as background, underline and weight, with the number on hover, touch or focus."""

from __future__ import annotations

from collections.abc import Sequence

from core.blocks import Heat, HeatToken
from ui.markup import Markup, hidden, join, tag

REACHED = 5  # words that the Tab key stops at: the strongest; all others show their number on hover and touch
STRONG = 0.6  # from this share of the largest score on a word is set in bold, so that the map reads without colour
FAINT = 0.02  # below this share a colour could not be seen; the word stays plain


def heat(block: Heat) -> Markup:
    """The map over its text, a legend in words with both colours, and the strongest words as text for screen readers."""
    top = max((abs(token.score) for token in block.tokens if token.shown), default=0.0)
    return tag(
        "figure",
        tag("figcaption", block.title, class_="block-title") if block.title else None,
        tag("div", block.label, class_="heat-field") if block.label else None,
        tag("p", _tokens(block.tokens, top), class_="heat-text", dir="auto"),
        _legend(block) if top > 0 else None,
        hidden(block.plain),
        class_="heat",
    )


def _tokens(tokens: Sequence[HeatToken], top: float) -> Markup:
    ranked = sorted((number for number, token in enumerate(tokens) if token.shown), key=lambda n: -abs(tokens[n].score))
    reached = frozenset(ranked[:REACHED])
    return join(*(_token(token, top, number in reached) for number, token in enumerate(tokens)))


def _token(token: HeatToken, top: float, reached: bool) -> Markup:
    """The word with its colour, then what stands between it and the next word."""
    share = abs(token.score) / top if token.shown and top > 0 else 0.0
    if share < FAINT:
        return join(tag("span", token.text, class_="marked") if token.marked else token.text, token.after)
    sign = "pos" if token.score > 0 else "neg"
    word = tag(
        "span",
        token.text,
        class_=_classes(token, sign, share),
        style=f"--h:{share:.3f}",
        data_tip=token.figure,
        tabindex=0 if reached else -1,
    )
    return join(word, token.after)


def _classes(token: HeatToken, sign: str, share: float) -> str:
    given = {"strong": share >= STRONG, "joined": not token.after, "marked": token.marked}
    return " ".join(["tok", sign, *(name for name, holds in given.items() if holds)])


def _legend(block: Heat) -> Markup:
    positive, negative = block.legend
    has = {token.score > 0 for token in block.tokens if token.shown and token.score != 0}
    return tag(
        "div",
        _key("pos", positive) if True in has else None,
        _key("neg", negative) if False in has else None,
        _key("marked", block.mark) if block.mark and any(token.marked for token in block.tokens) else None,
        tag("span", block.unit, class_="unit", dir="auto") if block.unit else None,
        class_="legend",
        aria_hidden="true",
    )


def _key(sign: str, said: str) -> Markup:
    return tag("span", tag("span", class_=f"swatch {sign}"), tag("bdi", said), class_="key")
