"""The switch of agent mode: which chat model plans, and whether the next message is planned or asked as it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from ui.events import QUIET, Given, Updates, held
from ui.layout import Layout


@dataclass(frozen=True)
class Planning:
    """The events of the switch, for whichever visitor."""

    layout: Layout

    @property
    def inputs(self) -> list[Any]:
        """What a question must know to be planned."""
        return [self.layout.composer.several, self.layout.settled.planner]

    def wire(self) -> None:
        """Join events and components."""
        part = self.layout
        part.settled.planner.input(self.choose, part.settled.planner, part.composer.several, **QUIET)

    def choose(self, name: str) -> Updates:
        """A model was picked, which turns the switch on; or none, which takes the switch away."""
        return {self.layout.composer.several: gr.update(visible=bool(name), value=bool(name))}

    def planner(self, given: Given) -> str:
        """The model that plans the next message; "" where it is asked as it is."""
        return held(given, self.layout.settled.planner) if given.get(self.layout.composer.several) is True else ""
