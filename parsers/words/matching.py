"""Words of the lexicon as patterns: whole words in scripts with spaces, anywhere in Han, Kana and Thai, `*` for any ending."""

from __future__ import annotations

from collections.abc import Iterable

import regex

_NO_SPACES = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}]")
_LATIN = regex.compile(r"[\p{Latin}\p{Nd}]")
_WORDLIKE = regex.compile(r"(?V1)[[\p{L}\p{M}\p{N}]--[ºª]]")
_EDGE = r"[\p{L}\p{M}\p{N}_]"
_LATIN_EDGE = r"[\p{Latin}\p{Mn}_0-9]"  # "LIME解释", "LIMEతో": a word ends where the script changes
_ARABIC = regex.compile(r"\p{Arabic}{3}")
_CLITICS = (
    r"[وف]?(?:لل|[بكل]?(?:ال)?)"  # "and", "so", "with", "like", "for" and "the" are written together with the word
)
_SPACE = r"[\s\-]+"
_ENDING = r"[\p{L}\p{M}]*"


def pattern_of(cues: Iterable[str], before: str = "", after: str = "") -> regex.Pattern[str]:
    """One pattern for all cues, longest first; `before` and `after` are patterns that must stand beside the cue."""
    known = sorted(set(cues), key=lambda cue: (-len(cue), cue))
    return regex.compile(f"{before}(?:{'|'.join(map(one, known))}){after}", regex.IGNORECASE)


def one(cue: str) -> str:
    """The pattern of one cue; a star within it stands for the rest of a word, or for a whole word.

    An Arabic word of three letters and more may have the small words before it that are written together with it.
    """
    words = [_word(word) for word in cue.split()]
    stem = cue.rstrip("*")
    left = f"(?<!{_edge(stem[:1])})" if _edge(stem[:1]) else ""
    right = f"(?!{_edge(stem[-1:])})" if _edge(stem[-1:]) else ""
    return left + (_CLITICS if _ARABIC.match(stem) else "") + _SPACE.join(words) + right


def _word(word: str) -> str:
    if word == "*":
        return r"\S+"
    return _ENDING.join(regex.escape(part, special_only=True) for part in word.split("*"))


def _edge(char: str) -> str:
    """What must not stand beside this character for a word to start or end there; "" where scripts need no border."""
    if not char or not _WORDLIKE.match(char) or _NO_SPACES.match(char):
        return ""
    return _LATIN_EDGE if _LATIN.match(char) else _EDGE
