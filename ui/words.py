"""The interface's words, in every complete language."""

from __future__ import annotations

from core.words import words_beside

WORDS = words_beside(__file__)


def say(key: str, language: str, **facts: object) -> str:
    """The interface's word or sentence at `key`."""
    return WORDS.say(key, language, **facts)


def say_or(key: str, language: str, otherwise: str) -> str:
    """The same for names that need not have a word: a field of a user's own data, say."""
    try:
        return WORDS.say(key, language)
    except KeyError:
        return otherwise
