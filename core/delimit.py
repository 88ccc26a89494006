"""Strangers' texts and names in prompts: nothing in them closes the marks around them, opens a turn, or leaves its line."""

from __future__ import annotations

import regex

from core.languages import shorten

LONGEST_NAME = 80  # graphemes
# two or more brackets in a row, of any width, also with invisible characters between them: the marks are <<< and >>>
_MARKS = regex.compile(r"[<＜﹤](?:\p{Cf}*[<＜﹤])+|[>＞﹥](?:\p{Cf}*[>＞﹥])+")
# what chat templates write: <|im_end|>, <start_of_turn>, </s>, [INST], <<SYS>>
_TURNS = regex.compile(r"<+\|?/?\p{Cf}*[^<>\s]{1,40}\|?>+|\[/?\p{Lu}[\p{Lu}_ ]{1,30}\]|<\||\|>")
_BRACKETS = str.maketrans("<>[]|", "‹›⟦⟧¦")
_QUOTES = str.maketrans('“”„«»「」"', "''''''''")


def material(text: str) -> str:
    """The text without anything that looks like the marks around it; line ends stay."""
    return str(_MARKS.sub("…", text))


def named(name: str) -> str:
    """A column's or label's name as words on one line, without marks of a chat template; names that people give stay as they are."""
    return str(_TURNS.sub(lambda match: match.group().translate(_BRACKETS), " ".join(name.split())))


def quotable(name: str) -> str:
    """The same, short enough and without quotes of any language, to stand between quotes."""
    return shorten(material(named(name)).translate(_QUOTES), LONGEST_NAME)
