"""Telling a comparison of two texts: what they are called, whether answer and reasons are the same, and which words were matched."""

from __future__ import annotations

from agent.telling.base import Teller
from agent.words import number
from core.blocks import Block, Fold, Notice, Rows, Text
from core.data import Instance
from core.explanations import LANGUAGE, OTHER_ANSWER, TOO_SHORT, Comparison, Token
from core.languages import code_of, languages
from core.script import is_word
from explainers.side_by_side import order

SHOWN = 40  # matched words in the table, those that weigh most first


def called(teller: Teller, made: Comparison) -> tuple[str, str]:
    """Both texts by id, or as the reader's own; in a comparison of languages with the language."""
    one, two = (_name(teller, side.prediction.instance, made.about) for side in (made.first, made.second))
    own = made.second.prediction.instance
    if one == two and own.id is None:
        two = _said(teller, "own_second")
    return one, two


def _name(teller: Teller, row: Instance, about: str) -> str:
    name = _said(teller, "own") if row.id is None else _said(teller, "id", id=row.id)
    spoken = languages().get(code_of(row.language))
    return f"{name} ({spoken.native})" if about == LANGUAGE and row.id is not None and spoken else name


def verdicts(teller: Teller, made: Comparison, names: tuple[str, str]) -> list[Block]:
    """Is the answer the same, are the reasons, and where the second text comes from."""
    other = made.verdict == OTHER_ANSWER
    reasons = order(made)
    key = "apart" if other and reasons != TOO_SHORT else reasons
    labels = {"label": teller.label(made.first.prediction.label), "other": teller.label(made.second.prediction.label)}
    answers = Text(_said(teller, OTHER_ANSWER if other else "same_answer", first=names[0], second=names[1], **labels))
    weighed = Text(_said(teller, key, count=made.count, shared=made.shared, k=made.k))
    return [answers, weighed, *_source(teller, made, names[1])]


def _source(teller: Teller, made: Comparison, name: str) -> list[Block]:
    """How the text in the other language was found: it is the same row, or only the nearest one."""
    if made.about != LANGUAGE:
        return []
    if made.near is None:
        return [Text(_said(teller, "parallel", second=name))]
    return [Notice("note", _said(teller, "nearest", second=name, cosine=number(made.near, teller.language)))]


def matched(teller: Teller, made: Comparison, names: tuple[str, str]) -> list[Block]:
    """Which words were matched, strongest first, each with its two scores."""
    ours = dict(zip(made.first.tokens, made.first.scores, strict=True))
    theirs = dict(zip(made.second.tokens, made.second.scores, strict=True))
    ranked = sorted(made.matches, key=lambda one: -max(abs(ours[one.first]), abs(theirs[one.second])))
    cells = tuple(
        (
            one.first.text,
            number(ours[one.first], teller.language, sign=True),
            one.second.text,
            number(theirs[one.second], teller.language, sign=True),
            number(one.cosine, teller.language),
        )
        for one in ranked[:SHOWN]
    )
    weight, cosine = _said(teller, "weight"), _said(teller, "cosine")
    words = {"one": _words(made.first.tokens), "two": _words(made.second.tokens)}
    meaning = Text(_said(teller, "meaning", count=made.count, **words))
    table = [Rows((names[0], weight, names[1], weight, cosine), cells)] if cells else []
    return [Fold(_said(teller, "matched"), (*table, meaning))]


def _words(tokens: tuple[Token, ...]) -> int:
    return sum(is_word(token.text) for token in tokens)


def _said(teller: Teller, key: str, /, **facts: object) -> str:
    return teller.words.say(f"two.{key}", teller.language, **facts)
