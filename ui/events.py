"""What the page's events have in common: how they are wired, what they are given, and what they give back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Updates = dict[Any, Any]  # what becomes of components
Visitor = dict[str, Any]  # what a browser keeps: session, language of the page, pins and ratings
Given = Mapping[Any, Any]  # what the components hold that an event reads

# Our own progress line, no public endpoints, and values as they come: Gradio checks choices against its memory of the page, which
# a living page can outlast, and would refuse in English; the handlers check names themselves.
QUIET = {"show_progress": "hidden", "api_visibility": "private", "preprocess": False}


def held(given: Given, part: object) -> str:
    """The text or the choice in a component; "" where there is none, and for what no page of ours would send."""
    found = given.get(part)
    return found if isinstance(found, str) else ""


def sent(data: object) -> dict[str, Any]:
    """What a press brings along, from `gr.EventData`; nothing where it is not of our script's making."""
    return data if isinstance(data, dict) else {}
