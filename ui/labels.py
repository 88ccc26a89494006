"""Words on components: each component is told once which of its properties are words, and re-labelled on a switch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import gradio as gr
from gradio.blocks import Block

from ui.words import say

Wording = Callable[[str], Any]


def word(key: str, **facts: object) -> Wording:
    """The word at `key`, in the language asked for."""
    return lambda language: say(key, language, **facts)


@dataclass
class Labels:
    """Components with words, in the order they were made."""

    components: list[Block] = field(default_factory=list)
    _wordings: list[dict[str, Wording]] = field(default_factory=list)

    def add(self, component: Block, **wordings: Wording) -> None:
        """`component` shows words in the properties named, each a function of the language."""
        self.components.append(component)
        self._wordings.append(wordings)

    def updates(self, language: str) -> list[Any]:
        """One update a component, in order."""
        made = []
        for wordings in self._wordings:
            made.append(gr.update(**{name: wording(language) for name, wording in wordings.items()}))
        return made
